"""One value an item from several raters: the gold that a judge is held against."""

from __future__ import annotations

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement.ratings import Floats, Ratings


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
