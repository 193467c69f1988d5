"""Ratings of items by raters, grouped by call: the input of every coefficient."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ratings:
    """An items × raters table with gaps.

    Args:
        values: shape (items, raters); NaN where a rater gave none.
        calls: shape (items,); number of the call that an item belongs to, from 0.
        items: name of each item.
        raters: name of each rater.
        scale: the values that the scale has, given or not. Coefficients that count levels
            (Gwet's, "within one") need them; without, the values that occur are the scale.
    """

    values: Floats
    calls: Ints
    items: tuple[Hashable, ...]
    raters: tuple[str, ...]
    scale: tuple[float, ...] = ()

    @property
    def call_count(self) -> int:
        """How many calls there are."""
        return int(self.calls.max()) + 1 if len(self.calls) else 0

    @cached_property
    def levels(self) -> Floats:
        """The scale's values and those that occur, ascending; shape (levels,)."""
        seen = self.values[~np.isnan(self.values)]
        return np.unique(np.concatenate([seen, np.asarray(self.scale, np.float64)]))

    @cached_property
    def coded(self) -> Ints:
        """Index into `levels` of each rating, −1 for gaps; shape (items, raters)."""
        found = np.searchsorted(self.levels, self.values)
        return np.where(np.isnan(self.values), -1, found).astype(np.int64)

    @cached_property
    def counts(self) -> Floats:
        """How many raters gave each level to each item; shape (items, levels)."""
        out = np.zeros((len(self.items), len(self.levels)))
        for given in self.coded.T:
            at = np.flatnonzero(given >= 0)
            out[at, given[at]] += 1.0
        return out

    @cached_property
    def complete(self) -> NDArray[np.bool_]:
        """Which items every rater has rated; shape (items,)."""
        return np.asarray(~np.isnan(self.values).any(axis=1))

    def pair(self, one: int, other: int) -> Ratings:
        """The two raters alone, on the items that both have rated."""
        both = np.asarray(~np.isnan(self.values[:, [one, other]]).any(axis=1))
        return Ratings(
            values=self.values[both][:, [one, other]],
            calls=renumbered(self.calls[both]),
            items=tuple(i for i, kept in zip(self.items, both) if kept),
            raters=(self.raters[one], self.raters[other]),
            scale=self.scale,
        )

    def by_call(self, per_item: Floats) -> Floats:
        """Sums over the items of each call; (items, …) becomes (calls, …)."""
        return grouped(per_item, self.calls, self.call_count)


def grouped(per_item: Floats, groups: Ints, count: int) -> Floats:
    """Sums over the items of each group; (items, …) becomes (count, …)."""
    flat = per_item.reshape(len(per_item), int(np.prod(per_item.shape[1:])))
    out = np.empty((count, flat.shape[1]))
    for at, column in enumerate(flat.T):
        out[:, at] = np.bincount(groups, column, count)
    return out.reshape(count, *per_item.shape[1:])


def renumbered(calls: Ints) -> Ints:
    """The same groups, numbered from 0 without gaps."""
    return np.unique(calls, return_inverse=True)[1].astype(np.int64)


def from_rows(rows: Iterable[tuple[Any, str, float | None, Any]]) -> Ratings:
    """A table of (item, rater, value, call) rows; of one item and rater the last row counts.

    A value of None is a gap. Where the call is None, the item is a call of its own.
    """
    items: dict[Any, int] = {}
    raters: dict[str, int] = {}
    call_of: dict[int, Any] = {}
    cells: dict[tuple[int, int], float] = {}
    for item, rater, value, call in rows:
        at = items.setdefault(item, len(items))
        by = raters.setdefault(rater, len(raters))
        call_of[at] = ("item", item) if call is None else ("call", call)
        if value is not None:
            cells[at, by] = float(value)
        else:
            cells.pop((at, by), None)
    values = np.full((len(items), len(raters)), np.nan)
    for place, value in cells.items():
        values[place] = value
    numbers: dict[Any, int] = {}
    calls = [numbers.setdefault(call_of[at], len(numbers)) for at in range(len(items))]
    return Ratings(values, np.array(calls, np.int64), tuple(items), tuple(raters))


def from_matrix(values: Sequence[Sequence[float | None]], calls: Sequence[int] = ()) -> Ratings:
    """A table of rows of values, one row an item, None a gap; each row a call unless told."""
    table = np.array(
        [[np.nan if v is None else float(v) for v in row] for row in values], np.float64
    )
    numbers = np.array(calls if len(calls) else range(len(table)), np.int64)
    names = tuple(f"r{n + 1}" for n in range(table.shape[1] if table.ndim == 2 else 0))
    return Ratings(table, renumbered(numbers), tuple(range(len(table))), names)
