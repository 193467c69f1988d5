"""Sums of two raters' values that add up over calls, for scales without countable levels.

The panel's mean opinion score and a judge's corrected score have no levels, so no table; Pearson's
correlation, errors and the intraclass correlations follow from sums all the same.
"""

from __future__ import annotations

import numpy as np

from app.eval.agreement.icc import MeanSquares, iccs
from app.eval.agreement.ratings import Floats, Ints
from app.eval.agreement.resampling import Statistic
from app.eval.agreement.tables import ratio


def sums(one: Floats, other: Floats, calls: Ints, call_count: int) -> Floats:
    """Per call: n, x, y, x², y², xy, |y − x|, and the sums of ranks; (calls, 12).

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
    out = np.zeros((call_count, len(parts)))
    np.add.at(out, calls[both], np.stack(parts, 1))
    return out


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
    square = found[..., 3] + found[..., 4] - 2 * found[..., 5]
    return np.sqrt(np.maximum(0.0, ratio(square, found[..., 0])))


def mean_absolute_error(found: Floats) -> Floats:
    """Mean distance of the two values."""
    return ratio(found[..., 6], found[..., 0])


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


STATISTICS = {
    "pearson": Statistic(pearson, -1.0, 1.0),
    "spearman": Statistic(spearman, -1.0, 1.0),
    "bias": Statistic(bias),
    "rmse": Statistic(root_mean_square, 0.0),
    "mae": Statistic(mean_absolute_error, 0.0),
    "icc_2_1": Statistic(lambda m: iccs(two_raters(m))["icc_2_1"], -1.0, 1.0),
    "icc_3_1": Statistic(lambda m: iccs(two_raters(m))["icc_3_1"], -1.0, 1.0),
}
"""By name, of `sums`."""


def _correlation(n: Floats, x: Floats, y: Floats, xx: Floats, yy: Floats, xy: Floats) -> Floats:
    spread = (xx - ratio(x * x, n)) * (yy - ratio(y * y, n))
    return ratio(xy - ratio(x * y, n), np.sqrt(np.maximum(0.0, spread)))
