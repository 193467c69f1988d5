"""Is one model better than another on the same stimuli? By ITU-T P.1401.

For several models, adjust the p values together (`app.eval.stats.paired.holm`).
"""

from __future__ import annotations

import math


def correlations(one: float, other: float, n: int) -> float | None:
    """Two-sided p of two correlations being the same, by Fisher's z.

    None below four stimuli, or at a correlation of 1.
    """
    if n < 4 or abs(one) >= 1 or abs(other) >= 1:
        return None
    z = (math.atanh(one) - math.atanh(other)) / math.sqrt(2 / (n - 3))
    return _two_sided(z)


def errors(one: float, other: float, freedom_one: int, freedom_other: int) -> float | None:
    """One-sided p that the larger error (rmse or rmse*) is no larger, by the ratio of squares.

    Args:
        one: root mean squared error of a model.
        other: of the other.
        freedom_one: stimuli less coefficients of its mapping.
        freedom_other: likewise.
    """
    if min(freedom_one, freedom_other) < 1 or min(one, other) <= 0:
        return None
    from scipy.special import fdtrc

    pair = (one, freedom_one), (other, freedom_other)
    (large, above), (small, below) = sorted(pair, reverse=True)
    return float(fdtrc(above, below, (large / small) ** 2))


def outlier_ratios(one: float, other: float, n: int) -> float | None:
    """Two-sided p of two shares of outliers being the same; None where there is none, or all."""
    pooled = (one + other) / 2
    if n < 1 or not 0 < pooled < 1:
        return None
    return _two_sided((one - other) / math.sqrt(2 * pooled * (1 - pooled) / n))


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))
