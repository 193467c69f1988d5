"""Scenarios as data; the newest body of a key is the one in use."""

from __future__ import annotations

import json

from app.domain.clock import utc_now
from app.domain.new import Scenario
from db.repos.base import Repo, dump
from db.schema import calls as t


class ScenarioRepo(Repo):
    """Reads and writes scenarios."""

    def put(self, scenario: Scenario) -> bool:
        """Store a scenario; False where the same body is there."""
        if self._value(
            "SELECT 1 FROM scenario WHERE key = :k AND sha256 = :s",
            {"k": scenario.key, "s": scenario.sha256},
        ):
            return False
        self._insert(
            t.scenario,
            {
                "id": scenario.id,
                "key": scenario.key,
                "archetype": scenario.archetype,
                "title": scenario.title,
                "sha256": scenario.sha256,
                "body": dump(scenario.body),
                "created_at": utc_now(),
            },
        )
        return True

    def get(self, key: str) -> Scenario | None:
        """The newest scenario of that key."""
        row = self._map(
            "SELECT * FROM scenario WHERE key = :k ORDER BY created_at DESC, rowid DESC LIMIT 1",
            {"k": key},
        )
        if row is None:
            return None
        return Scenario(
            id=row["id"],
            key=row["key"],
            archetype=row["archetype"],
            title=row["title"],
            sha256=row["sha256"],
            body=json.loads(row["body"]),
        )

    def keys(self) -> list[str]:
        """Every key."""
        return [row[0] for row in self._rows("SELECT DISTINCT key FROM scenario ORDER BY key")]
