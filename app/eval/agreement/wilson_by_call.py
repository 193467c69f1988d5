"""Wilson's interval of a share whose trials come in calls."""

from __future__ import annotations

import math

import numpy as np

from app.eval.agreement.ratings import Floats
from app.eval.agreement.resampling import FEW_CALLS, Estimate
from app.eval.stats.proportion import CONFIDENCE

METHOD = "Wilson's, with the calls' design effect"


def design_effect(hits: Floats, trials: Floats) -> float | None:
    """How many times the variance of independent trials the calls' share has; at least 1.

    None where every trial went the same way, or there is one call: nothing tells it then.

    Args:
        hits: per call.
        trials: per call.
    """
    there = trials > 0
    h, t = hits[there], trials[there]
    n, k = float(t.sum()), len(t)
    if k < 2:
        return None
    p = float(h.sum()) / n
    if not 0 < p < 1:
        return None
    spread = k / (k - 1) * float(((h - p * t) ** 2).sum()) / n**2
    return max(1.0, spread / (p * (1 - p) / n))


def proportion(hits: Floats, trials: Floats, *, raters: int) -> Estimate:
    """A share with Wilson's interval for as many trials as the calls are worth.

    Where every trial went the same way, each call counts as one trial.
    """
    there = trials > 0
    n, calls = float(trials.sum()), int(there.sum())
    if not n:
        return Estimate(
            value=None, low=None, high=None, n=0, calls=0, raters=raters, method=METHOD,
            undefined="There is no such item.",
        )  # fmt: skip
    effect = design_effect(hits, trials)
    share = float(hits.sum()) / n
    low, high = _wilson(share, calls if effect is None else n / effect)
    few = f"Only {calls} calls: a rough guide." if calls < FEW_CALLS else ""
    return Estimate(
        value=share, low=low, high=high, n=round(n), calls=calls, raters=raters, method=METHOD,
        warning=few,
    )  # fmt: skip


def _wilson(share: float, trials: float) -> tuple[float, float]:
    """As `app.eval.stats.proportion.wilson`, for a number of trials that need not be whole."""
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    square = z * z
    middle = share + square / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return float(np.clip(low, 0.0, share)), float(np.clip(high, share, 1.0))
