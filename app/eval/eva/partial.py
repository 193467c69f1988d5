"""How much of a scenario's database came out right. Ours, not EVA's, which is all or nothing.

What counts is what should have changed or did change: most of a database never does, and a share
of all its fields would always be close to one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.eval.eva.db_hash import SESSION, normalised

Path = tuple[str, ...]

_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Counts of what is as expected and of what there is, over both databases together.

    `changes` are fields that should differ from the database at the start, or do.
    """

    tables: tuple[int, int]
    records: tuple[int, int]
    fields: tuple[int, int]
    changes: tuple[int, int] | None
    """None where the database at the start is not known."""
    only_case_differs: bool
    """Whether every field that is wrong is a text that differs in case alone."""

    def to_json(self) -> dict[str, Any]:
        """As kept with a value."""
        pairs = {"tables": self.tables, "records": self.records, "fields": self.fields}
        if self.changes is not None:
            pairs["changes"] = self.changes
        return {name: {"right": right, "total": total} for name, (right, total) in pairs.items()}


def credit(
    expected: Mapping[str, Any], final: Mapping[str, Any], initial: Mapping[str, Any] | None
) -> Credit:
    """Compare two databases field by field; the session is left out.

    Args:
        expected: the database as it should be at the end.
        final: as it was.
        initial: as it was at the start, if known.
    """
    want, got = leaves(expected), leaves(final)
    wrong = {p for p in want.keys() | got.keys() if _at(want, p) != _at(got, p)}
    changes = None
    if initial is not None:
        start = leaves(initial)
        changed = {
            p
            for p in want.keys() | got.keys() | start.keys()
            if _at(want, p) != _at(start, p) or _at(got, p) != _at(start, p)
        }
        changes = (len(changed - wrong), len(changed))
    paths = want.keys() | got.keys()
    return Credit(
        tables=_share(paths, wrong, 1),
        records=_share(paths, wrong, 2),
        fields=(len(paths) - len(wrong), len(paths)),
        changes=changes,
        only_case_differs=bool(wrong) and all(_same_but_case(want, got, p) for p in wrong),
    )


def leaves(db: Mapping[str, Any]) -> dict[Path, Any]:
    """Every field by its path; an empty record or list is a field of its own."""
    found: dict[Path, Any] = {}
    for table, value in db.items():
        if table != SESSION:
            _walk(normalised(value, table), (table,), found)
    return found


def _walk(value: Any, path: Path, found: dict[Path, Any]) -> None:
    inner: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        inner = [(str(k), v) for k, v in value.items()]
    elif isinstance(value, list):
        inner = [(str(i), v) for i, v in enumerate(value)]
    if not inner:
        found[path] = value
    for key, item in inner:
        _walk(item, (*path, key), found)


def _at(fields: Mapping[Path, Any], path: Path) -> Any:
    return fields.get(path, _ABSENT)


def _share(paths: Any, wrong: set[Path], depth: int) -> tuple[int, int]:
    everything = {p[:depth] for p in paths}
    return len(everything - {p[:depth] for p in wrong}), len(everything)


def _same_but_case(want: Mapping[Path, Any], got: Mapping[Path, Any], path: Path) -> bool:
    a, b = _at(want, path), _at(got, path)
    return isinstance(a, str) and isinstance(b, str) and a.casefold() == b.casefold()
