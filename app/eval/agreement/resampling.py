"""Intervals by a bootstrap over calls: turns of one call are no independent observations.

Resampling calls and adding up their tables is one product of a (resamples, calls) matrix of counts
with the (calls, …) sums. Figures that are compared share one set of draws.

The percentile interval is too narrow with few calls and breaks down near a figure's limit. Below
30 calls it is Student's t with one degree of freedom fewer than calls; near 1 it is BCa (Efron
1987); where no call disagrees at all it is Wilson's over calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from app.eval.agreement.ratings import Floats
from app.eval.stats.proportion import wilson

RESAMPLES = 2000
SEED = 20261
CONFIDENCE = 0.95
FEW_CALLS = 30
"""Below this many calls an interval is a rough guide."""
NEAR_LIMIT = 0.9
"""From here on a coefficient whose limit is 1 has a BCa interval."""
MOST_UNDEFINED = 0.1
_CELLS_AT_ONCE = 4_000_000

PERCENTILE = "percentile bootstrap over calls"
STUDENT = "bootstrap over calls, Student's t with calls − 1 degrees of freedom"
BCA = "bias-corrected and accelerated bootstrap over calls"
WILSON = "Wilson's, with calls for trials: none disagrees"


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
    method: str = PERCENTILE
    undefined: str = ""
    """Why there is no value."""
    warning: str = ""
    """What to say beside the interval."""

    @property
    def half_width(self) -> float | None:
        """Half of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Statistic:
    """A function of sums: takes (…) or (resamples, …). `low` and `high` are what it can reach."""

    of: Callable[[Floats], Floats]
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """An interval and how it was made."""

    low: float | None
    high: float | None
    method: str = PERCENTILE
    warning: str = ""


@lru_cache(maxsize=4)
def draws(calls: int, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """How often each call comes in each resample; shape (resamples, calls), not to be written to.

    Kept, since every figure of a dashboard takes the same ones.
    """
    picks = np.random.default_rng(seed).integers(0, calls, size=(resamples, calls))
    cells = picks + calls * np.arange(resamples)[:, None]
    found = np.bincount(cells.ravel(), minlength=resamples * calls).astype(np.float64)
    found = found.reshape(resamples, calls)
    found.flags.writeable = False
    return found


def estimate(
    sums: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    n: int,
    raters: int,
    drawn: Floats | None = None,
    undefined: str = "All ratings are the same, or there are too few.",
    low: float = -math.inf,
    high: float = math.inf,
) -> Estimate:
    """One statistic of summed tables, with its interval; see `estimates`."""
    found = estimates(
        sums, {"it": Statistic(statistic, low, high)}, n=n, raters=raters, drawn=drawn,
        undefined=undefined,
    )  # fmt: skip
    return found["it"]


def estimates(
    sums: Floats,
    statistics: Mapping[str, Statistic],
    *,
    n: int,
    raters: int,
    drawn: Floats | None = None,
    undefined: str = "All ratings are the same, or there are too few.",
) -> dict[str, Estimate]:
    """Statistics of the same summed tables, all from the same draws.

    Args:
        sums: shape (calls, …), what adds up over calls.
        statistics: by name.
        n: items behind them.
        raters: raters behind them.
        drawn: from `draws`; made where none is given. Give the same to figures that are compared.
        undefined: what to say where there is no value.
    """
    there = (_flat(sums) != 0).any(1)
    calls = int(there.sum())
    total = sums.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = {k: float(s.of(total)) if calls else math.nan for k, s in statistics.items()}
        wanted = {k: s for k, s in statistics.items() if not math.isnan(values[k])}
        counts = draws(len(sums)) if drawn is None and calls >= 2 else drawn
        spread = resampled(sums, wanted, counts) if counts is not None and calls >= 2 else {}
    plain = Estimate(value=None, low=None, high=None, n=n, calls=calls, raters=raters)
    out = {}
    for name, statistic in statistics.items():
        if name not in wanted:
            out[name] = replace(plain, undefined=undefined)
        elif name not in spread:
            out[name] = replace(plain, value=values[name], warning="One call has no interval.")
        else:
            without = partial(_without_each, statistic, total, sums[there])
            found = interval(values[name], spread[name], calls, statistic, without)
            out[name] = replace(
                plain, value=values[name], low=found.low, high=found.high,
                method=found.method, warning=found.warning,
            )  # fmt: skip
    return out


def _without_each(statistic: Statistic, total: Floats, sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return statistic.of(total - sums)


def resampled(
    sums: Floats, statistics: Mapping[str, Statistic], drawn: Floats
) -> dict[str, Floats]:
    """Each statistic in each resample; shape (resamples,)."""
    flat = _flat(sums)
    block = max(1, _CELLS_AT_ONCE // max(1, flat.shape[1]))
    parts: dict[str, list[Floats]] = {name: [] for name in statistics}
    for start in range(0, len(drawn), block):
        tables = drawn[start : start + block] @ flat
        tables = tables.reshape(len(tables), *sums.shape[1:])
        for name, statistic in statistics.items():
            parts[name].append(statistic.of(tables))
    return {name: np.concatenate(found) for name, found in parts.items()}


def _flat(sums: Floats) -> Floats:
    return sums.reshape(len(sums), math.prod(sums.shape[1:]))


def interval(
    value: float,
    drawn: Floats,
    calls: int,
    statistic: Statistic,
    left_out: Callable[[], Floats] | None = None,
) -> Bounds:
    """The 95 % interval of a value from its resamples.

    Args:
        value: the figure itself.
        drawn: its resamples, NaN where undefined.
        calls: how many calls have data.
        statistic: what it can reach.
        left_out: the figure without each call, for BCa; percentile where there is none.
    """
    good = drawn[~np.isnan(drawn)]
    if len(good) < (1 - MOST_UNDEFINED) * len(drawn) or not len(good):
        # What is left would flatter.
        return Bounds(low=None, high=None, warning="Undefined in more than a tenth of resamples.")
    few = f"Only {calls} calls: a rough guide." if calls < FEW_CALLS else ""
    if np.ptp(good) < 1e-12:
        if abs(value - statistic.high) < 1e-9 and statistic.high == 1.0:
            low = wilson(calls, calls).low
            return Bounds(low=low, high=1.0, method=WILSON, warning=few)
        return Bounds(low=None, high=None, warning="Nothing varies between calls.")
    if calls < FEW_CALLS:
        return _student(value, good, calls, statistic, few)
    if statistic.high == 1.0 and value >= NEAR_LIMIT and left_out is not None:
        found = _bca(value, good, left_out())
        if found is not None:
            return found
    low, high = np.quantile(good, [0.025, 0.975])
    return Bounds(low=float(low), high=float(high))


def _student(value: float, good: Floats, calls: int, statistic: Statistic, few: str) -> Bounds:
    from scipy.special import stdtrit

    error = float(good.std(ddof=1)) * math.sqrt(calls / (calls - 1))
    reach = float(stdtrit(calls - 1, 0.5 + CONFIDENCE / 2)) * error
    return Bounds(
        low=max(statistic.low, value - reach), high=min(statistic.high, value + reach),
        method=STUDENT, warning=few,
    )  # fmt: skip


def _bca(value: float, good: Floats, left_out: Floats) -> Bounds | None:
    """Bias-corrected and accelerated; None where the jackknife cannot tell the acceleration."""
    from scipy.special import ndtr, ndtri

    below = float((good < value).mean() + (good == value).mean() / 2)
    gap = left_out[~np.isnan(left_out)]
    gap = gap.mean() - gap if len(gap) else gap
    scale = float((gap**2).sum())
    if not 0 < below < 1 or scale < 1e-24:
        return None
    bias = float(ndtri(below))
    pull = float((gap**3).sum()) / (6 * scale**1.5)
    at = []
    for z in (ndtri(0.5 - CONFIDENCE / 2), ndtri(0.5 + CONFIDENCE / 2)):
        under = 1 - pull * (bias + z)
        if under <= 0:
            return None
        at.append(float(ndtr(bias + (bias + z) / under)))
    low, high = np.quantile(good, at)
    return Bounds(low=float(low), high=float(high), method=BCA)
