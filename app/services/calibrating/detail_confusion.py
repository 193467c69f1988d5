"""The confusion table of a cell, with the place of every item in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from app.eval.agreement.ratings import Floats, Ints
from app.services.calibrating.detail_source import NO_PEOPLE, Source

MOST_CLASSES = 12
"""More values than this are put into bins."""
BINS = 6
Coder = Callable[[Floats], Any]


@dataclass(frozen=True, kw_only=True)
class ConfusionView:
    """Counts by people's common value (rows) and the judge's (columns), ascending.

    Attributes:
        labels: of the classes, short.
        names: of the classes, with what the scale calls them.
        counts: [row][column].
        row, column: of each item of the source, −1 where it is in none.
        binned: how values were put into classes; empty where each value is one.
        open: items that the judge scored and on which people have no common value.
        reason: why there is no table.
    """

    labels: tuple[str, ...]
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    row: Ints
    column: Ints
    binned: str
    open: int
    reason: str = ""

    @property
    def n(self) -> int:
        """Items in the table."""
        return sum(map(sum, self.counts))


def confusion_of(source: Source) -> ConfusionView:
    """The table of a cell; of interval scales, and of many values, in bins."""
    gold, judge = source.gold, source.judge
    there = ~np.isnan(gold) & ~np.isnan(judge)
    labels, names, coded, binned = _classes(source)
    row, column = (np.where(there, coded(v), -1).astype(np.int64) for v in (gold, judge))
    size = len(labels)
    cells = row[there] * size + column[there]
    counts = np.bincount(cells, minlength=size * size).reshape(size, size)
    return ConfusionView(
        labels=labels, names=names, counts=tuple(tuple(map(int, line)) for line in counts),
        row=row, column=column, binned=binned,
        open=int((source.shared & np.isnan(gold)).sum()),
        reason="" if there.any() else NO_PEOPLE,
    )  # fmt: skip


def _classes(source: Source) -> tuple[tuple[str, ...], tuple[str, ...], Coder, str]:
    """Labels, names, what tells a value's class, and how values were put into classes."""
    levels = {float(level.value): level.label for level in source.cell.criterion.levels}
    seen = np.concatenate([source.gold, source.judge])
    seen = np.unique(seen[~np.isnan(seen)])
    whole = np.union1d(seen, np.array(sorted(levels), np.float64))
    if source.cell.criterion.scale != "interval" and len(whole) <= MOST_CLASSES:
        labels = tuple(_number(v) for v in whole)
        names = tuple(f"{_number(v)} {levels.get(float(v), '')}".strip() for v in whole)
        return labels, names, lambda v: np.searchsorted(whole, v), ""
    if 2 <= len(levels) <= MOST_CLASSES and not source.cell.criterion.is_continuous:
        near = np.array(sorted(levels))
        middle = (near[1:] + near[:-1]) / 2
        labels = tuple(_number(v) for v in near)
        return labels, labels, lambda v: np.searchsorted(middle, v, "right"), "Nearest level."
    low, high = source.ends
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    labels = tuple(f"≥{_number(round(a, 1))}" for a in edges[:-1].tolist())
    names = tuple(f"{a:.3g} to {b:.3g}" for a, b in pairwise(edges.tolist()))
    words = f"{BINS} bins of equal width."
    return labels, names, lambda v: np.searchsorted(edges[1:-1], v, "right"), words


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")
