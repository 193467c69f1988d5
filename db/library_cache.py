"""Columns of the library as arrays, so that facets and orders follow a filter at once.

Kept per open database and brought up to date by the workspace's revision: every change of a
summary carries the next number, so what is new is what has a higher one. Arrays are indexed by
the call's `seq`. Thread-safe; holds nothing that a mask hides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Run = Callable[[str, dict[str, Any]], Sequence[Sequence[Any]]]
"""Runs SQL in the reader's snapshot."""

SEPARATOR = "\x1f"
NUMBERS = {
    "p95": "coalesce(p95_ms, -1)",
    "human": "human_state",
    "flagged": "flagged",
    "duration": "duration_ms",
}
CATEGORIES = {
    "version": f"agent || '{SEPARATOR}' || agent_version",
    "outcome": "outcome",
    "scenario": f"scenario_key || '{SEPARATOR}' || scenario_title",
    "language": "language",
    "date": "substr(coalesce(recorded_at, imported_at), 1, 7)",
    "tag": "tags",
}


@dataclass(slots=True)
class Category:
    """Codes by seq, and the value that each code stands for."""

    codes: Array = field(default_factory=lambda: np.zeros(0, np.int32))
    values: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    def code(self, value: str) -> int:
        """The code of a value; a new one gets the next."""
        if value not in self.known:
            self.known[value] = len(self.values)
            self.values.append(value)
        return self.known[value]


class LibraryCache:
    """See the module."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = -1
        self._numbers = {name: np.zeros(0, np.int64) for name in NUMBERS}
        self._categories = {name: Category() for name in CATEGORIES}
        self._orders: dict[str, tuple[int, Array]] = {}

    def order(self, key: str, revision: int, make: Callable[[], Array]) -> Array:
        """The order of all calls under a sort; made anew after any change."""
        with self._lock:
            known = self._orders.get(key)
            if known is not None and known[0] == revision:
                return known[1]
        made = make()
        made.setflags(write=False)
        with self._lock:
            self._orders[key] = (revision, made)
        return made

    @property
    def is_filled(self) -> bool:
        """Whether the columns have been read once; the first time takes a while."""
        return self._revision >= 0

    def refresh(self, run: Run, revision: int) -> None:
        """Read what changed since last time; everything, the first time."""
        with self._lock:
            if self._revision < 0:
                self._fill(run)
                self._revision = revision
            elif self._revision < revision:
                self._patch(run)
                self._revision = revision

    def counts(self, name: str, seqs: Array) -> list[tuple[str, int]]:
        """(value, number of those calls) of a category, where there is one at least."""
        with self._lock:
            category = self._categories[name]
            found = np.bincount(category.codes[seqs], minlength=len(category.values))
            return [(v, int(n)) for v, n in zip(category.values, found) if n]

    def numbers(self, name: str, seqs: Array) -> Array:
        """A numeric column of those calls."""
        with self._lock:
            taken: Array = self._numbers[name][seqs]
            return taken

    def _fill(self, run: Run) -> None:
        """One text per column instead of an object per cell; SQLite works without our lock."""
        (listed,) = run("SELECT group_concat(seq) FROM (SELECT seq FROM call_summary "
                        "NOT INDEXED ORDER BY seq)", {})  # fmt: skip
        seqs = parse_numbers(listed[0])
        size = int(seqs.max()) + 1 if len(seqs) else 0
        for name, column in NUMBERS.items():
            (texts,) = run(
                f"SELECT group_concat(v) FROM (SELECT {column} AS v FROM call_summary "
                "NOT INDEXED ORDER BY seq)",
                {},
            )
            array = np.zeros(size, np.int64)
            array[seqs] = parse_numbers(texts[0])
            self._numbers[name] = array
        for name, column in CATEGORIES.items():
            category = Category(np.zeros(size, np.int32))
            for value, members in run(
                f"SELECT {column} AS v, group_concat(seq) FROM call_summary NOT INDEXED GROUP BY v",
                {},
            ):
                category.codes[parse_numbers(members)] = category.code(value)
            self._categories[name] = category

    def _patch(self, run: Run) -> None:
        columns = [*NUMBERS.values(), *CATEGORIES.values()]
        rows = run(
            f"SELECT seq, {', '.join(columns)} FROM call_summary WHERE revision > :r",
            {"r": self._revision},
        )
        if not rows:
            return
        self._grow(max(row[0] for row in rows) + 1)
        for row in rows:
            for at, name in enumerate(NUMBERS, 1):
                self._numbers[name][row[0]] = row[at]
            for at, name in enumerate(CATEGORIES, 1 + len(NUMBERS)):
                category = self._categories[name]
                category.codes[row[0]] = category.code(row[at])

    def _grow(self, size: int) -> None:
        for name, array in self._numbers.items():
            if len(array) < size:
                self._numbers[name] = np.append(array, np.zeros(size - len(array), np.int64))
        for category in self._categories.values():
            if len(category.codes) < size:
                category.codes = np.append(
                    category.codes, np.zeros(size - len(category.codes), np.int32)
                )


def parse_numbers(text: str | None) -> Array:
    """Comma-separated integers as int64, shape (n,)."""
    if not text:
        return np.empty(0, np.int64)
    return np.fromstring(str(text), dtype=np.int64, sep=",")
