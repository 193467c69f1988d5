"""One value an item from several raters: the gold that a judge is held against."""

from __future__ import annotations

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement.ratings import Floats, Ratings

STEPS = 200
TINY = 1e-10


def consensus(ratings: Ratings, kind: ScaleKind) -> Floats:
    """The raters' common value of each item, NaN where there is none; shape (items,).

    The mean on interval scales (mean opinion score), the median on ordinal ones, the majority
    elsewhere. A tie is no gold: neither two classes given equally often, nor a median between two
    levels.
    """
    if kind == "interval":
        return mean_of_rated(ratings.values)
    if kind == "ordinal":
        return _median(ratings)
    counts = ratings.counts
    if not counts.size:
        return np.full(len(ratings.items), np.nan)
    most = counts.max(1)
    sole = (counts == most[:, None]).sum(1) == 1
    return np.where(sole & (most > 0), ratings.levels[counts.argmax(1)], np.nan)


def mean_of_rated(values: Floats) -> Floats:
    """Row means of what is there; NaN for rows without a value."""
    there = ~np.isnan(values)
    size = there.sum(1)
    total = np.where(there, values, 0.0).sum(1)
    return np.where(size > 0, total / np.where(size > 0, size, 1), np.nan)


def adjusted_means(ratings: Ratings) -> Floats:
    """Item means as if every rater had rated every item; shape (items,).

    Least squares of item plus rater, the raters' parts adding up to nothing: an item that only the
    harsh one has rated is not taken for a bad one. As plain means where nobody shares an item.
    """
    there = ~np.isnan(ratings.values)
    values = np.where(there, ratings.values, 0.0)
    per_item, per_rater = there.sum(1), there.sum(0)
    rater = np.zeros(there.shape[1])
    item = mean_of_rated(ratings.values)
    for _ in range(STEPS):
        gap = (values - there * np.nan_to_num(item)[:, None]).sum(0)
        after = np.where(per_rater > 0, gap / np.maximum(per_rater, 1), 0.0)
        after -= after.mean() if len(after) else 0.0
        moved = float(np.abs(after - rater).max(initial=0.0))
        rater = after
        total = (values - there * rater).sum(1)
        item = np.where(per_item > 0, total / np.maximum(per_item, 1), np.nan)
        if moved < TINY:
            break
    return item


def harshness(ratings: Ratings) -> Floats:
    """How far each rater lies below the others on the same items, in points; shape (raters,).

    NaN for a rater who shares no item with another.
    """
    out = np.full(len(ratings.raters), np.nan)
    for at in range(len(out)):
        gap = mean_of_rated(np.delete(ratings.values, at, axis=1)) - ratings.values[:, at]
        if not np.isnan(gap).all():
            out[at] = float(gap[~np.isnan(gap)].mean())
    return out


def _median(ratings: Ratings) -> Floats:
    """The middle rating; NaN where two middle ratings differ."""
    size = (~np.isnan(ratings.values)).sum(1)
    ordered = np.sort(ratings.values, axis=1)  # NaN last
    rows = np.arange(len(ordered))
    if not ordered.size:
        return np.full(len(ratings.items), np.nan)
    low = ordered[rows, np.maximum(size - 1, 0) // 2]
    high = ordered[rows, np.minimum(size // 2, ordered.shape[1] - 1)]
    return np.where((size > 0) & (low == high), low, np.nan)
