"""Rubric versions with their criteria; immutable once stored."""

from __future__ import annotations

import json
from dataclasses import asdict

from app.domain.clock import utc_now
from app.domain.rubrics import Criterion, RubricVersion
from db.repos.base import Repo, dump
from db.repos.mappers import criterion_in
from db.schema import rating as t


class RubricRepo(Repo):
    """Reads and writes rubric versions."""

    def all(self) -> list[RubricVersion]:
        """Every version, by key and version."""
        ids = self._rows("SELECT id FROM rubric_version ORDER BY key, version")
        return [v for v in (self.get(row[0]) for row in ids) if v is not None]

    def get(self, version_id: str) -> RubricVersion | None:
        """One version."""
        row = self._map("SELECT * FROM rubric_version WHERE id = :i", {"i": version_id})
        if row is None:
            return None
        criteria = self._maps(
            "SELECT * FROM criterion WHERE rubric_version_id = :i ORDER BY position",
            {"i": version_id},
        )
        return RubricVersion(
            id=row["id"],
            key=row["key"],
            version=row["version"],
            title=row["title"],
            sha256=row["sha256"],
            criteria=tuple(criterion_in(c) for c in criteria),
            source=row["source"],
            extra=json.loads(row["extra"]),
        )

    def of_criterion(self, criterion_id: str) -> str | None:
        """The id of the version that a criterion belongs to."""
        found: str | None = self._value(
            "SELECT rubric_version_id FROM criterion WHERE id = :i", {"i": criterion_id}
        )
        return found

    def criterion(self, criterion_id: str) -> Criterion | None:
        """One criterion."""
        row = self._map("SELECT * FROM criterion WHERE id = :i", {"i": criterion_id})
        return None if row is None else criterion_in(row)

    def find(self, sha256: str) -> str | None:
        """The id of the version with that body."""
        found: str | None = self._value(
            "SELECT id FROM rubric_version WHERE sha256 = :s", {"s": sha256}
        )
        return found

    def newest_version(self, key: str) -> int:
        """The highest version of a rubric; 0 where there is none."""
        return int(
            self._value(
                "SELECT coalesce(max(version), 0) FROM rubric_version WHERE key = :k", {"k": key}
            )
        )

    def add(self, rubric: RubricVersion) -> None:
        """Store a version with its criteria."""
        self._insert(
            t.rubric_version,
            {
                "id": rubric.id,
                "key": rubric.key,
                "version": rubric.version,
                "title": rubric.title,
                "sha256": rubric.sha256,
                "source": rubric.source,
                "extra": dump(rubric.extra),
                "created_at": utc_now(),
            },
        )
        self._insert(
            t.criterion,
            [
                {
                    "id": c.id,
                    "rubric_version_id": rubric.id,
                    "position": at,
                    "key": c.key,
                    "title": c.title,
                    "question": c.question,
                    "scope": c.scope,
                    "scale": c.scale,
                    "na_allowed": int(c.na_allowed),
                    "higher_is_better": int(c.higher_is_better),
                    "weight": c.weight,
                    "body": dump(
                        {
                            "levels": [asdict(level) for level in c.levels],
                            "rationale_required_at": list(c.rationale_required_at),
                            "examples": list(c.examples),
                        }
                    ),
                }
                for at, c in enumerate(rubric.criteria)
            ],
        )
