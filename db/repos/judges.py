"""Judges: definitions, and the versions that bind one to a model; each version is a rater."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.judging import JudgeDefinition, JudgeVersion
from db.repos.base import Repo, dump
from db.schema import judging as t
from db.schema import rating as r

_VERSION = (
    "SELECT v.*, rater.id AS rater_id, d.body FROM judge_version v "
    "JOIN rater ON rater.judge_version_id = v.id JOIN judge_definition d ON d.id = v.definition_id "
)


class JudgeRepo(Repo):
    """Definitions and versions are immutable: reads, and additions."""

    def definitions(self) -> list[JudgeDefinition]:
        """Every version of every definition, by name and version."""
        rows = self._maps("SELECT * FROM judge_definition ORDER BY name, version")
        return [_definition(row) for row in rows]

    def definition(self, definition_id: str) -> JudgeDefinition | None:
        """One definition by its id."""
        row = self._map("SELECT * FROM judge_definition WHERE id = :i", {"i": definition_id})
        return None if row is None else _definition(row)

    def named(self, name: str, version: int | None = None) -> JudgeDefinition | None:
        """A definition by name, the newest version unless told."""
        row = self._map(
            "SELECT * FROM judge_definition WHERE name = :n AND (:v IS NULL OR version = :v) "
            "ORDER BY version DESC LIMIT 1",
            {"n": name, "v": version},
        )
        return None if row is None else _definition(row)

    def add_definition(
        self, definition: JudgeDefinition, *, rater_id: str | None = None
    ) -> JudgeDefinition:
        """Store a definition as the next version of its name; one of that body is kept as it is."""
        known = self._map(
            "SELECT * FROM judge_definition WHERE sha256 = :s", {"s": definition.sha256}
        )
        if known is not None:
            return _definition(known)
        newest = self._value(
            "SELECT coalesce(max(version), 0) FROM judge_definition WHERE name = :n",
            {"n": definition.name},
        )
        now = utc_now()
        made = replace(definition, id=new_id(), version=int(newest) + 1, created_at=now)
        self._insert(
            t.judge_definition,
            {
                "id": made.id,
                "name": made.name,
                "version": made.version,
                "title": made.title,
                "sha256": made.sha256,
                "body": dump(made.body()),
                "origin": made.origin,
                "note": made.note,
                "created_by": rater_id,
                "created_at": now,
            },
        )
        return made

    def versions(self) -> list[JudgeVersion]:
        """Every judge version that has been bound, oldest first."""
        return [_version(row) for row in self._maps(_VERSION + "ORDER BY v.created_at, v.id")]

    def version(self, version_id: str) -> JudgeVersion | None:
        """One judge version by its id."""
        row = self._map(_VERSION + "WHERE v.id = :i", {"i": version_id})
        return None if row is None else _version(row)

    def bound(self, sha256: str) -> JudgeVersion | None:
        """The judge version of that identity."""
        row = self._map(_VERSION + "WHERE v.sha256 = :s", {"s": sha256})
        return None if row is None else _version(row)

    def calls_judged(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many calls have scores, by judge version and by the definition's name."""
        joined = (
            "FROM score s JOIN rater r ON r.id = s.rater_id "
            "JOIN judge_version v ON v.id = r.judge_version_id "
            "JOIN judge_definition d ON d.id = v.definition_id "
        )
        by_version, by_name = (
            self._rows(f"SELECT {key}, count(DISTINCT s.call_id) {joined}GROUP BY {key}")
            for key in ("v.id", "d.name")
        )
        return {r[0]: r[1] for r in by_version}, {r[0]: r[1] for r in by_name}

    def bind(
        self,
        definition: JudgeDefinition,
        *,
        sha256: str,
        model: str,
        provider: str,
        params: Mapping[str, Any],
        rubric_version_id: str,
    ) -> JudgeVersion:
        """The judge version of that identity; made, with its rater, where it is new."""
        known = self.bound(sha256)
        if known is not None:
            return known
        version_id, now = new_id(), utc_now()
        self._insert(
            r.judge_version,
            {
                "id": version_id,
                "provider": provider,
                "model": model,
                "prompt_sha256": definition.prompt_sha256,
                "rubric_version_id": rubric_version_id,
                "params": dump(dict(params)),
                "modality": definition.modality,
                "definition_id": definition.id,
                "name": definition.ref,
                "sha256": sha256,
                "created_at": now,
            },
        )
        self._insert(
            r.rater,
            {
                "id": new_id(),
                "kind": "judge",
                "name": f"{definition.ref} · {model or 'baseline'} · {sha256[:8]}",
                "role": "reviewer",
                "judge_version_id": version_id,
                "created_at": now,
            },
        )
        found = self.version(version_id)
        assert found is not None, "just stored"
        return found


def _definition(row: Mapping[str, Any]) -> JudgeDefinition:
    return JudgeDefinition(
        id=row["id"],
        version=row["version"],
        origin=row["origin"],
        note=row["note"],
        created_at=row["created_at"],
        **json.loads(row["body"]),
    )


def _version(row: Mapping[str, Any]) -> JudgeVersion:
    return JudgeVersion(
        id=row["id"],
        definition_id=row["definition_id"],
        ref=row["name"],
        kind=json.loads(row["body"])["kind"],
        model=row["model"],
        params=json.loads(row["params"]),
        prompt_sha256=row["prompt_sha256"],
        rubric_version_id=row["rubric_version_id"],
        modality=row["modality"],
        sha256=row["sha256"],
        rater_id=row["rater_id"],
        created_at=row["created_at"],
    )
