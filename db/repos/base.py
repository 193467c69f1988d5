"""What every repository shares: a connection, and short ways to read and to write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert

Params = Mapping[str, Any]


class Repo:
    """Reads are SQL on the driver; writes go through the tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        cursor = self._connection.exec_driver_sql(sql, dict(params or {}))
        return [tuple(row) for row in cursor]

    def _row(self, sql: str, params: Params | None = None) -> tuple[Any, ...] | None:
        row = self._connection.exec_driver_sql(sql, dict(params or {})).fetchone()
        return None if row is None else tuple(row)

    def _value(self, sql: str, params: Params | None = None) -> Any:
        row = self._row(sql, params)
        return None if row is None else row[0]

    def _maps(self, sql: str, params: Params | None = None) -> list[dict[str, Any]]:
        cursor = self._connection.exec_driver_sql(sql, dict(params or {}))
        names = tuple(cursor.keys())
        return [dict(zip(names, row)) for row in cursor]

    def _map(self, sql: str, params: Params | None = None) -> dict[str, Any] | None:
        found = self._maps(sql, params)
        return found[0] if found else None

    def _run(self, sql: str, params: Params | None = None) -> int:
        return self._connection.exec_driver_sql(sql, dict(params or {})).rowcount

    def _insert(self, table: Table, values: Params | Sequence[Params]) -> None:
        many = [dict(values)] if isinstance(values, Mapping) else [dict(v) for v in values]
        if many:
            self._connection.execute(insert(table), many)


def dump(value: object) -> str:
    """JSON text as it is stored: compact, any script readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def listed(values: Sequence[Any], prefix: str = "v") -> tuple[str, dict[str, Any]]:
    """Placeholders for an IN list and their parameters."""
    params = {f"{prefix}{i}": v for i, v in enumerate(values)}
    return ", ".join(f":{name}" for name in params), params
