"""The interval of a proportion, by Wilson's score (JASA 22(158), 1927): never outside 0..1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high` at that confidence."""

    low: float
    high: float
    confidence: float = CONFIDENCE


def wilson(successes: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """The interval of `successes` in `trials`; the whole of 0..1 without trials.

    Raises:
        ValueError: counts that cannot be, or a confidence outside 0..1.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no proportion")
    if not trials:
        return Interval(0.0, 1.0, confidence)
    z = _z(confidence)
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    low = 0.0 if successes == 0 else max(0.0, (middle - reach) / scale)
    high = 1.0 if successes == trials else min(1.0, (middle + reach) / scale)
    return Interval(low, high, confidence)


@lru_cache(maxsize=16)
def _z(confidence: float) -> float:
    """The two-sided normal quantile."""
    from statistics import NormalDist

    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence} is not between 0 and 1")
    return NormalDist().inv_cdf(0.5 + confidence / 2)
