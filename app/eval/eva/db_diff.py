"""Where two states of a scenario's database differ: by table, record and field.

The form is EVA-Bench 2.1's (task_completion v0.1), so that a diff can be compared with a stored
one: leaves are `value_mismatch`, `type_mismatch`, `list_length_mismatch` or `list_differences`.
"""

from __future__ import annotations

from typing import Any

from app.eval.eva.db_hash import normalised

Diff = dict[str, Any]


def db_diff(expected: dict[str, Any], actual: dict[str, Any]) -> Diff:
    """Tables that are more, fewer or other than expected; empty lists where none are."""
    added, removed, common = _keys(expected, actual)
    modified: Diff = {}
    for table in common:
        found = _table_diff(expected[table], actual[table])
        if found is not None:
            modified[table] = found
    return {"tables_added": added, "tables_removed": removed, "tables_modified": modified}


def is_empty(diff: Diff) -> bool:
    """Whether nothing differs."""
    return not any(diff.values())


def _keys(
    expected: dict[str, Any], actual: dict[str, Any]
) -> tuple[list[str], list[str], list[str]]:
    """Keys only in the actual, only in the expected, and in both; each in order."""
    return (
        sorted(actual.keys() - expected.keys()),
        sorted(expected.keys() - actual.keys()),
        sorted(expected.keys() & actual.keys()),
    )


def _table_diff(expected: Any, actual: Any) -> Diff | None:
    if not isinstance(expected, dict) or not isinstance(actual, dict):
        if expected == actual:
            return None
        return {"type": "non_dict_table", "expected": expected, "actual": actual}
    return _mapping_diff(expected, actual, "records")


def _mapping_diff(expected: dict[str, Any], actual: dict[str, Any], what: str) -> Diff | None:
    """Added, removed and modified entries of two mappings; `what` names them in the result."""
    added, removed, common = _keys(expected, actual)
    modified: Diff = {}
    for key in common:
        found = _value_diff(normalised(expected[key], key), normalised(actual[key], key))
        if found is not None:
            modified[key] = found
    if not (added or removed or modified):
        return None
    return {f"{what}_added": added, f"{what}_removed": removed, f"{what}_modified": modified}


def _value_diff(expected: Any, actual: Any) -> Diff | None:
    """Difference of two normalised values; None where they are equal."""
    if expected == actual:
        return None
    if type(expected) is not type(actual):
        return {
            "type": "type_mismatch",
            "expected": expected,
            "actual": actual,
            "expected_type": type(expected).__name__,
            "actual_type": type(actual).__name__,
        }
    if isinstance(expected, dict):
        return _mapping_diff(expected, actual, "fields")
    if isinstance(expected, list):
        return _list_diff(expected, actual)
    return {"type": "value_mismatch", "expected": expected, "actual": actual}


def _list_diff(expected: list[Any], actual: list[Any]) -> Diff | None:
    if len(expected) != len(actual):
        return {
            "type": "list_length_mismatch",
            "expected": expected,
            "actual": actual,
            "expected_length": len(expected),
            "actual_length": len(actual),
        }
    differences = [
        {"index": i, "diff": found}
        for i, (want, got) in enumerate(zip(expected, actual, strict=True))
        if (found := _value_diff(want, got)) is not None
    ]
    return {"type": "list_differences", "differences": differences} if differences else None
