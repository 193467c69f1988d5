"""The hash by which EVA compares two states of a scenario's database.

EVA-Bench 2.1, task_completion v0.1. Stored hashes depend on the version of these rules, so both
sides are always hashed anew.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

UNORDERED = frozenset(
    {
        "standby_list",
        "notifications",
        "bookings",
        "system_accounts",
        "group_memberships",
        "asset_recoveries",
    }
)
"""Lists under these keys are the same in any order; every other list is not."""

SESSION = "session"
"""Who is logged in: no part of the hash, compared apart from it."""


def normalised(value: Any, key: str = "") -> Any:
    """The value with numbers, absent values and unordered lists in one form, all the way down.

    Args:
        value: plain JSON value.
        key: the key under which it stands.
    """
    if isinstance(value, dict):
        return {k: normalised(v, k) for k, v in value.items()}
    if isinstance(value, list):
        items = [normalised(v) for v in value]
        return sorted(items, key=sort_text) if key in UNORDERED else items
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().lower() in ("none", "null"):
        return None
    return value


def sort_text(value: Any) -> str:
    """The JSON text by which unordered lists are put in order."""
    return json.dumps(value, sort_keys=True, default=str)


def db_hash(db: Any) -> str:
    """SHA-256 in hex of a database, its session left out."""
    tables = {k: v for k, v in db.items() if k != SESSION} if isinstance(db, dict) else db
    text = json.dumps(normalised(tables), sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def session_mismatches(expected: dict[str, Any], final: dict[str, Any]) -> dict[str, Any]:
    """Keys of the expected session whose final value differs; texts compare without case.

    What the final session has besides is of no account.
    """
    wanted, found = (_session(db) for db in (expected, final))
    return {
        key: {"expected": value, "actual": found.get(key)}
        for key, value in wanted.items()
        if _folded(found.get(key)) != _folded(value)
    }


def _session(db: dict[str, Any]) -> dict[str, Any]:
    session = db.get(SESSION)
    return session if isinstance(session, dict) else {}


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
