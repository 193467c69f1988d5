"""The interval of a mean whose observations come in clusters: answers by call, votes by rater.

The mean is over all observations; its variance is that of a ratio of sums over clusters (Cochran,
Sampling Techniques, 6.3), so that ten answers on one call do not count as ten calls. Student's t
with one degree of freedom fewer than there are clusters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.eval.stats.proportion import CONFIDENCE, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredMean:
    """The mean of `n` observations in `clusters`; no interval below two clusters."""

    mean: float
    n: int
    clusters: int
    interval: Interval | None


def clustered_mean(
    values: Mapping[str, Sequence[float]], confidence: float = CONFIDENCE
) -> ClusteredMean:
    """Mean and interval.

    Args:
        values: cluster → its observations.
        confidence: of the interval.

    Raises:
        ValueError: no observation at all.
    """
    groups = [list(v) for v in values.values() if len(v)]
    n, k = sum(len(g) for g in groups), len(groups)
    if not n:
        raise ValueError("no observations")
    mean = math.fsum(v for g in groups for v in g) / n
    if k < 2:
        return ClusteredMean(mean=mean, n=n, clusters=k, interval=None)
    from scipy.stats import t

    spread = math.fsum((math.fsum(g) - mean * len(g)) ** 2 for g in groups)
    error = math.sqrt(k / (k - 1) * spread) / n
    reach = float(t.ppf(0.5 + confidence / 2, k - 1)) * error
    bounds = Interval(mean - reach, mean + reach, confidence)
    return ClusteredMean(mean=mean, n=n, clusters=k, interval=bounds)
