"""Settings of the workspace (scope empty) and of each rater (scope the rater's id), as JSON."""

from __future__ import annotations

import json
from typing import Any

from app.domain.clock import utc_now
from db.repos.base import Repo, dump


class SettingRepo(Repo):
    """Reads and writes settings."""

    def get(self, key: str, default: Any = None, *, scope: str = "") -> Any:
        """The value, or `default` where none is stored."""
        found = self._value(
            "SELECT value FROM setting WHERE scope = :s AND key = :k", {"s": scope, "k": key}
        )
        return default if found is None else json.loads(found)

    def put(self, key: str, value: Any, *, scope: str = "") -> None:
        """Store a value."""
        self._run(
            "INSERT INTO setting (scope, key, value, updated_at) VALUES (:s, :k, :v, :now) "
            "ON CONFLICT (scope, key) DO UPDATE SET value = :v, updated_at = :now",
            {"s": scope, "k": key, "v": dump(value), "now": utc_now()},
        )

    def all(self, *, scope: str = "") -> dict[str, Any]:
        """Every stored value of a scope."""
        rows = self._rows("SELECT key, value FROM setting WHERE scope = :s", {"s": scope})
        return {row[0]: json.loads(row[1]) for row in rows}
