"""Krippendorff's alpha, any number of raters, with gaps (Krippendorff 2011).

The coincidence table adds up over calls; alpha of a resample is a function of the sum.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from app.eval.agreement.ratings import Floats, Ratings
from app.eval.agreement.tables import ratio

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


def coincidences(ratings: Ratings) -> Floats:
    """The coincidence table of each call; shape (calls, levels, levels). Lone ratings drop out."""
    counts = ratings.counts
    size = counts.sum(1)
    several = size >= 2
    counts, size = counts[several], size[several]
    weight = 1.0 / (size - 1)
    out = np.zeros((ratings.call_count, counts.shape[1], counts.shape[1]))
    block = 4096  # (items, levels, levels) at once would be large for fine scales
    for start in range(0, len(counts), block):
        part = slice(start, start + block)
        c = counts[part]
        products = np.einsum("ui,uj,u->uij", c, c, weight[part])
        at = np.arange(c.shape[1])
        products[:, at, at] -= c * weight[part][:, None]
        np.add.at(out, ratings.calls[several][part], products)
    return out


def alpha(table: Floats, levels: Floats, metric: Metric) -> Floats:
    """Alpha of coincidence tables (…, levels, levels); shape (…).

    Undefined where all ratings are the same. The ratio metric takes values of 0 and above.
    """
    marginal = table.sum(-1)
    n = marginal.sum(-1)
    delta = _delta(marginal, levels, metric)
    seen = (table * delta).sum((-2, -1))
    expected = np.einsum("...i,...ij,...j->...", marginal, delta, marginal)
    return 1.0 - ratio(seen * (n - 1), expected)


def _delta(marginal: Floats, levels: Floats, metric: Metric) -> Floats:
    """Squared differences between levels; (…, levels, levels), or without the leading shape."""
    if metric == "nominal":
        return 1.0 - np.eye(len(levels))
    if metric == "interval":
        gap: Floats = levels[:, None] - levels[None, :]
        return gap**2
    if metric == "ratio":
        both = levels[:, None] + levels[None, :]
        safe = np.where(both == 0, 1.0, both)
        return np.asarray(((levels[:, None] - levels[None, :]) / safe) ** 2)
    middle = np.cumsum(marginal, -1) - marginal / 2
    return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2)
