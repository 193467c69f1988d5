"""A calibration dataset's rows as they leave a workspace and come into another under their ids."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.judging import JudgeDefinition
from db.repos.base import Repo, dump
from db.schema import calibration as c
from db.schema import judging as j
from db.schema import rating as t

_CODE = re.compile(r"^CB-(\d{1,9})$")
Values = Mapping[str, Any]


class DatasetExchangeRepo(Repo):
    """Reads for the export, and writes of what was exported elsewhere. For leads alone."""

    def score_details(self, score_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Score → what is exported beside its value."""
        rows = self._maps(
            "SELECT s.id, s.na_reason, s.rationale, s.evidence, s.level_probs, s.confidence, "
            "s.flagged, s.presentation, s.duration_ms, s.supersedes_id AS supersedes "
            "FROM json_each(:ids) AS asked JOIN score s ON s.id = asked.value",
            {"ids": dump(list(score_ids))},
        )
        for row in rows:
            row["evidence"] = json.loads(row["evidence"])
            row["level_probs"] = json.loads(row["level_probs"] or "null")
            row["presentation"] = json.loads(row["presentation"] or "{}")
        return {row["id"]: row for row in rows}

    def snapshots(self) -> dict[str, tuple[str, ...]]:
        """Judge version → the models that its endpoint says answered, or was told of it."""
        found: dict[str, set[str]] = {}
        for version_id, told in self._rows("SELECT id, model_snapshot FROM judge_version"):
            found[version_id] = {name for name in told.split(", ") if name}
        for version_id, model in self._rows(
            "SELECT DISTINCT judge_version_id, model_reported FROM judge_reply "
            "WHERE model_reported <> ''"
        ):
            found[version_id].add(model)
        return {version_id: tuple(sorted(names)) for version_id, names in found.items()}

    def name_call(self, call_id: str, wanted_id: str, code: str) -> str:
        """Give a call that was just added its id and code from elsewhere; the id it has now.

        What is taken here already stays with whom it belongs to.
        """
        if self._value("SELECT 1 FROM call WHERE id = :i", {"i": wanted_id}) is None:
            self._run(
                "UPDATE call SET id = :new WHERE id = :old", {"new": wanted_id, "old": call_id}
            )
            call_id = wanted_id
        if self._value("SELECT 1 FROM call WHERE code = :c", {"c": code}) is None:
            self._run("UPDATE call SET code = :c WHERE id = :i", {"c": code, "i": call_id})
        number = _CODE.match(code)
        if number is not None:
            self._run(
                "UPDATE workspace SET next_call = max(next_call, :n)", {"n": int(number[1]) + 1}
            )
        return call_id

    def raters(self) -> dict[str, tuple[str, str]]:
        """Person's id → (name, expertise)."""
        rows = self._rows("SELECT id, name, expertise FROM rater WHERE kind = 'human'")
        return {row[0]: (row[1], row[2]) for row in rows}

    def add_person(self, rater_id: str, name: str, expertise: str) -> None:
        """A person who scored elsewhere; nobody can sign in as them."""
        self._insert(
            t.rater,
            {
                "id": rater_id, "kind": "human", "name": name, "role": "reviewer",
                "expertise": expertise, "active": 0, "created_at": utc_now(),
            },
        )  # fmt: skip

    def put_definition(self, definition: JudgeDefinition) -> str:
        """A judge's definition under its own version where that is free; its id."""
        known: str | None = self._value(
            "SELECT id FROM judge_definition WHERE sha256 = :s", {"s": definition.sha256}
        )
        if known is not None:
            return known
        taken = self._value(
            "SELECT max(version) FROM judge_definition WHERE name = :n AND EXISTS (SELECT 1 FROM "
            "judge_definition x WHERE x.name = :n AND x.version = :v)",
            {"n": definition.name, "v": definition.version},
        )
        made = new_id()
        self._insert(
            j.judge_definition,
            {
                "id": made, "name": definition.name,
                "version": definition.version if taken is None else int(taken) + 1,
                "title": definition.title, "sha256": definition.sha256,
                "body": dump(definition.body()), "origin": "edited",
                "note": "came with a calibration dataset", "created_at": utc_now(),
            },
        )  # fmt: skip
        return made

    def put_judge(self, values: Values) -> str:
        """A judge version with its rater, unless it is here; the rater."""
        known: str | None = self._value(
            "SELECT r.id FROM rater r JOIN judge_version v ON v.id = r.judge_version_id "
            "WHERE v.sha256 = :s",
            {"s": values["sha256"]},
        )
        if known is not None:
            return known
        version_id, rater_id = new_id(), new_id()
        self._insert(t.judge_version, {**values, "id": version_id})
        shown = values["model"] or "baseline"
        self._insert(
            t.rater,
            {
                "id": rater_id, "kind": "judge", "role": "reviewer",
                "name": f"{values['name']} · {shown} · {values['sha256'][:8]}",
                "judge_version_id": version_id, "created_at": values["created_at"],
            },
        )  # fmt: skip
        return rater_id

    def known_scores(self, score_ids: Sequence[str]) -> frozenset[str]:
        """Which of them are here."""
        rows = self._rows(
            "SELECT s.id FROM json_each(:ids) AS asked JOIN score s ON s.id = asked.value",
            {"ids": dump(list(score_ids))},
        )
        return frozenset(row[0] for row in rows)

    def put_scores(self, rows: Sequence[Values]) -> None:
        """Append rows under their own ids and times."""
        self._insert(t.score, rows)

    def put_assignment(self, values: Values) -> str:
        """How an item came to a rater; its id."""
        made = new_id()
        self._insert(t.assignment, {**values, "id": made})
        return made

    def put_check(self, values: Values) -> None:
        """A drift check, unless it is here."""
        drifted = values["drifted"]
        self._put(c.drift_check, {**values, "drifted": None if drifted is None else int(drifted)})

    def put_calibration(self, values: Values) -> None:
        """A correction in use, unless it is here."""
        self._put(c.calibration, values)

    def put_verdict(self, values: Values) -> None:
        """A verdict on record, unless it is here."""
        self._put(c.verdict, values)

    def _put(self, table: Table, values: Values) -> None:
        if self._value(f"SELECT 1 FROM {table.name} WHERE id = :i", {"i": values["id"]}) is None:
            packed = {k: dump(v) if k in ("body", "slice") else v for k, v in values.items()}
            self._insert(table, packed)
