"""Sums of two raters' values that add up over calls, for scales without countable levels.

The panel's mean opinion score, ratings with decimals and a judge's corrected score have no levels,
so no table; Pearson's correlation, errors and the intraclass correlations follow from sums all the
same.
"""

from __future__ import annotations

import numpy as np

from app.eval.agreement.icc import MeanSquares, iccs
from app.eval.agreement.ratings import Floats, Ints, Ratings
from app.eval.agreement.resampling import Statistic
from app.eval.agreement.tables import ratio


def sums(one: Floats, other: Floats, calls: Ints, call_count: int) -> Floats:
    """Per call: n, x, y, x², y², xy, |y − x|, the sums of ranks, and of x = y; (calls, 13).

    Ranks are of all items: a resample takes them over instead of ranking anew.
    """
    from scipy.stats import rankdata

    both = ~(np.isnan(one) | np.isnan(other))
    x, y = one[both], other[both]
    middle = float(np.concatenate([x, y]).mean()) if len(x) else 0.0
    # Centred, so that sums of squares keep their digits.
    u, v = x - middle, y - middle
    r, s = (rankdata(w) - (len(x) + 1) / 2 for w in (x, y))
    parts = [np.ones(len(x)), u, v, u * u, v * v, u * v, np.abs(y - x), r, s, r * r, s * s, r * s]
    out = np.zeros((call_count, len(parts) + 1))
    np.add.at(out, calls[both], np.stack([*parts, x == y], 1))
    return out


def pooled(rows: Floats, value: Floats, calls: Ints, call_count: int) -> Floats:
    """`sums` of one rater with each of others (items, others): every pair of values counts."""
    others = rows.shape[1]
    return sums(rows.ravel(), np.repeat(value, others), np.repeat(calls, others), call_count)


def among(ratings: Ratings) -> Floats:
    """`sums` of every pair of a panel's raters, both ways round.

    From sums over each item's ratings: the pairs of a large panel are too many to write down.
    """
    values, there = ratings.values, ~np.isnan(ratings.values)
    size = there.sum(1).astype(np.float64)
    middle = float(values[there].mean()) if there.any() else 0.0
    ranks = _ranks_in_pairs(values, np.where(there, size[:, None] - 1, 0.0))
    plain, ranked = (np.where(there, part, 0.0) for part in (values - middle, ranks))
    ordered = np.sort(values, axis=1)  # NaN last
    place = 2 * np.arange(1, values.shape[1] + 1) - size[:, None] - 1
    apart = 2 * np.where(np.isnan(ordered), 0.0, ordered * place).sum(1)
    same = equal_pairs(values)
    x, xx, xy = _of_pairs(plain, size)
    r, rr, rs = _of_pairs(ranked, size)
    n = size * (size - 1)
    return ratings.by_call(np.stack([n, x, x, xx, xx, xy, apart, r, r, rr, rr, rs, same], 1))


def equal_pairs(values: Floats) -> Floats:
    """How many ordered pairs of each item's ratings are equal; (items,)."""
    ordered = np.sort(values, axis=1)
    out = np.zeros(len(values))
    for by in range(1, values.shape[1]):
        out += 2 * (ordered[:, by:] == ordered[:, :-by]).sum(1)
    return out


def _of_pairs(values: Floats, size: Floats) -> tuple[Floats, Floats, Floats]:
    """Σ x, Σ x² and Σ xy over the ordered pairs of each item's values; gaps are 0."""
    first, second = values.sum(1), (values**2).sum(1)
    others = np.maximum(size - 1, 0)
    return others * first, others * second, np.where(size >= 2, first**2 - second, 0.0)


def _ranks_in_pairs(values: Floats, weights: Floats) -> Floats:
    """Ranks, about their middle, where each value stands there once for each of its partners."""
    levels, at = np.unique(values, return_inverse=True)
    size = np.bincount(at.ravel(), weights.ravel(), len(levels))
    ranks = np.cumsum(size) - (size - 1) / 2 - (size.sum() + 1) / 2
    return np.asarray(ranks[at].reshape(values.shape), np.float64)


def pearson(found: Floats) -> Floats:
    """Pearson's correlation."""
    return _correlation(*(found[..., at] for at in range(6)))


def spearman(found: Floats) -> Floats:
    """Spearman's rank correlation."""
    return _correlation(found[..., 0], *(found[..., at] for at in range(7, 12)))


def bias(found: Floats) -> Floats:
    """Mean of the second value less the first one."""
    return ratio(found[..., 2] - found[..., 1], found[..., 0])


def root_mean_square(found: Floats) -> Floats:
    """Root of the mean squared difference."""
    return np.sqrt(np.maximum(0.0, ratio(_squares(found), found[..., 0])))


def mean_absolute_error(found: Floats) -> Floats:
    """Mean distance of the two values."""
    return ratio(found[..., 6], found[..., 0])


def interval_alpha(found: Floats) -> Floats:
    """Krippendorff's alpha, interval, of the pairs."""
    n, total = 2 * found[..., 0], found[..., 1] + found[..., 2]
    return 1.0 - ratio(_squares(found) * (n - 1), n * (found[..., 3] + found[..., 4]) - total**2)


def exact(found: Floats) -> Floats:
    """Share of pairs of the same value."""
    return ratio(found[..., 12], found[..., 0])


def two_raters(found: Floats) -> MeanSquares:
    """The analysis of variance of items by these two."""
    n, x, y = found[..., 0], found[..., 1], found[..., 2]
    squares = found[..., 3] + found[..., 4]
    between = (squares + 2 * found[..., 5]) / 2 - ratio((x + y) ** 2, 2 * n)
    total = squares - ratio((x + y) ** 2, 2 * n)
    raters = ratio((x - y) ** 2, 2 * n)
    return MeanSquares(
        between=ratio(between, n - 1),
        within=ratio(total - between, n),
        raters=raters,
        error=ratio(total - between - raters, n - 1),
        items=n,
        rater_count=2,
    )


BOTH_WAYS = {
    "pearson": Statistic(pearson, -1.0, 1.0),
    "spearman": Statistic(spearman, -1.0, 1.0),
    "rmse": Statistic(root_mean_square, 0.0),
    "mae": Statistic(mean_absolute_error, 0.0),
    "exact": Statistic(exact, 0.0, 1.0),
}
"""By name, of `among`."""
STATISTICS = BOTH_WAYS | {
    "alpha_interval": Statistic(interval_alpha, -1.0, 1.0),
    "bias": Statistic(bias),
    "icc_2_1": Statistic(lambda m: iccs(two_raters(m))["icc_2_1"], -1.0, 1.0),
    "icc_3_1": Statistic(lambda m: iccs(two_raters(m))["icc_3_1"], -1.0, 1.0),
}
"""By name, of `sums` and `pooled`."""


def _squares(found: Floats) -> Floats:
    return np.asarray(found[..., 3] + found[..., 4] - 2 * found[..., 5], np.float64)


def _correlation(n: Floats, x: Floats, y: Floats, xx: Floats, yy: Floats, xy: Floats) -> Floats:
    spread = (xx - ratio(x * x, n)) * (yy - ratio(y * y, n))
    return ratio(xy - ratio(x * y, n), np.sqrt(np.maximum(0.0, spread)))
