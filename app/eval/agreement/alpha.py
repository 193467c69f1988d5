"""Krippendorff's alpha, any number of raters, with gaps (Krippendorff 2011).

The coincidence table adds up over calls; alpha of a resample is a function of the sum.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from app.eval.agreement.ratings import Floats, Ratings
from app.eval.agreement.tables import dot, ratio, rows, total, weighted

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


def coincidences(ratings: Ratings) -> Floats:
    """The coincidence table of each call; shape (calls, levels, levels). Lone ratings drop out."""
    counts = ratings.counts
    size = counts.sum(1)
    weight = np.where(size >= 2, 1.0 / np.maximum(size - 1, 1), 0.0)
    levels = counts.shape[1]
    out = np.empty((ratings.call_count, levels, levels))
    for at in range(levels):
        # Pairs of this level with each: its raters times the others', itself not its own partner.
        pairs = counts * (counts[:, at] * weight)[:, None]
        pairs[:, at] -= counts[:, at] * weight
        out[:, at] = ratings.by_call(pairs)
    return out


def alpha(table: Floats, levels: Floats, metric: Metric) -> Floats:
    """Alpha of coincidence tables (…, levels, levels); shape (…).

    Undefined where all ratings are the same. The ratio metric takes values of 0 and above.
    """
    marginal = rows(table)
    n = total(marginal[..., None, :])
    if metric == "ordinal":
        seen, expected = _ordinal(table, marginal, n)
    else:
        delta = _delta(levels, metric)
        seen = weighted(table, delta)
        expected = dot(marginal @ delta, marginal)
    return 1.0 - ratio(seen * (n - 1), expected)


def _ordinal(table: Floats, marginal: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Disagreement seen and expected where a level lies at its mean rank."""
    middle = np.cumsum(marginal, -1) - marginal / 2
    middle = middle - ratio(dot(marginal, middle), n)[..., None]
    spread = dot(marginal, middle**2)
    shared = dot((table @ middle[..., None])[..., 0], middle)
    return 2 * (spread - shared), 2 * n * spread


def _delta(levels: Floats, metric: Metric) -> Floats:
    """Squared differences between levels; (levels, levels)."""
    if metric == "nominal":
        return 1.0 - np.eye(len(levels))
    gap: Floats = levels[:, None] - levels[None, :]
    if metric == "interval":
        return gap**2
    both = levels[:, None] + levels[None, :]
    return np.asarray((gap / np.where(both == 0, 1.0, both)) ** 2)


def interval_sums(ratings: Ratings) -> Floats:
    """What alpha of the interval metric follows from, without levels; (calls, 4).

    Of the ratings of items that have two or more: how many, their sum and sum of squares, and the
    disagreement within items.
    """
    there = ~np.isnan(ratings.values)
    size = there.sum(1)
    used = there & (size >= 2)[:, None]
    # Centred, so that sums of squares keep their digits.
    middle = float(ratings.values[used].mean()) if used.any() else 0.0
    values = np.where(used, ratings.values - middle, 0.0)
    count, summed, squares = used.sum(1), values.sum(1), (values**2).sum(1)
    within = (count * squares - summed**2) / np.maximum(count - 1, 1)
    return ratings.by_call(np.stack([count.astype(np.float64), summed, squares, within], 1))


def interval_alpha(found: Floats) -> Floats:
    """Alpha of `interval_sums` (…, 4): as `alpha` of the interval metric."""
    n, summed, squares, within = (found[..., at] for at in range(4))
    return 1.0 - ratio(within * (n - 1), n * squares - summed**2)
