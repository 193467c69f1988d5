"""Limits of agreement of two raters (Bland and Altman, Lancet 1986)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats

Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Differences are the second rater's value less the first one's, in points of the scale."""

    n: int
    bias: float
    sd: float | None
    lower: float | None
    upper: float | None
    slope: float | None
    """Points of difference per point of the mean of the two; None where all means are the same."""


def limits(one: Floats, other: Floats) -> Limits | None:
    """Bias, spread and limits of 1.96 standard deviations; None without a pair of ratings."""
    both = ~(np.isnan(one) | np.isnan(other))
    gap, middle = (other - one)[both], ((one + other) / 2)[both]
    n = len(gap)
    if not n:
        return None
    bias = float(gap.mean())
    if n < 2:
        return Limits(n=n, bias=bias, sd=None, lower=None, upper=None, slope=None)
    sd = float(gap.std(ddof=1))
    spread = float(((middle - middle.mean()) ** 2).sum())
    slope = None
    if spread > 1e-12:
        slope = float(((middle - middle.mean()) * gap).sum()) / spread
    return Limits(n=n, bias=bias, sd=sd, lower=bias - Z * sd, upper=bias + Z * sd, slope=slope)


def interval_of_bias(found: Limits, confidence: float = 0.95) -> tuple[float, float] | None:
    """The t interval of the bias, for independent items."""
    if found.sd is None:
        return None
    from scipy.special import stdtrit

    reach = float(stdtrit(found.n - 1, 0.5 + confidence / 2)) * found.sd / math.sqrt(found.n)
    return found.bias - reach, found.bias + reach
