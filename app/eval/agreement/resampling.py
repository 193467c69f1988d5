"""Intervals by a bootstrap over calls: turns of one call are no independent observations.

Resampling calls and adding up their tables is one product of a (resamples, calls) matrix of counts
with the (calls, …) sums. With few calls the percentile interval is too narrow; `Interval` says how
many there were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats

RESAMPLES = 2000
SEED = 20261
CONFIDENCE = 0.95
FEW_CALLS = 30
"""Below this many calls an interval is a rough guide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A coefficient with its interval. None where it is undefined."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    """Items that it is computed from."""
    calls: int
    raters: int
    method: str = "percentile bootstrap over calls"
    undefined: str = ""
    """Why there is no value."""

    @property
    def half_width(self) -> float | None:
        """Half of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def draws(calls: int, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """How often each call comes in each resample; shape (resamples, calls)."""
    chance = np.random.default_rng(seed)
    return chance.multinomial(calls, np.full(calls, 1 / calls), size=resamples).astype(np.float64)


def bounds(drawn: Floats, confidence: float = CONFIDENCE) -> tuple[float | None, float | None]:
    """The percentile interval of resampled values, undefined ones left out.

    None where more than a tenth of the resamples are undefined: what is left would flatter.
    """
    good = drawn[~np.isnan(drawn)]
    if len(good) < 0.9 * len(drawn) or not len(good):
        return None, None
    tail = (1 - confidence) / 2
    low, high = np.quantile(good, [tail, 1 - tail])
    return float(low), float(high)


def estimate(
    sums: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    n: int,
    raters: int,
    drawn: Floats | None = None,
    undefined: str = "All ratings are the same, or there are too few.",
) -> Estimate:
    """A statistic of summed tables, with its interval.

    Args:
        sums: shape (calls, …), what adds up over calls.
        statistic: takes (…) or (resamples, …).
        n: items behind it.
        raters: raters behind it.
        drawn: from `draws`; made where none is given. Give the same to figures that are compared.
        undefined: what to say where there is no value.
    """
    calls = len(sums)
    value = float(statistic(sums.sum(0))) if calls else np.nan
    if np.isnan(value):
        return Estimate(
            value=None, low=None, high=None, n=n, calls=calls, raters=raters, undefined=undefined
        )
    low = high = None
    if calls >= 2:
        counts = draws(calls) if drawn is None else drawn
        flat = counts @ sums.reshape(calls, -1)
        low, high = bounds(statistic(flat.reshape(len(counts), *sums.shape[1:])))
    return Estimate(value=value, low=low, high=high, n=n, calls=calls, raters=raters)
