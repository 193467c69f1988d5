"""What votes say of an item or a condition: mean, spread and an honest interval.

Votes of one item are independent enough for a t interval. Votes of a condition are not: the same
raters and the same clips come again and again, so both are drawn anew in the bootstrap.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.listening.planning import half_width
from app.eval.stats.proportion import CONFIDENCE

RESAMPLES = 2000
SEED = 20261
FEWEST_TO_RANK = 8
"""Single clips are not ranked on fewer votes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Votes of one item or condition. No interval below two votes."""

    n: int
    raters: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    method: str
    histogram: Mapping[float, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One vote: by whom, on which clip."""

    rater: str
    clip: str
    value: float


def opinion(votes: Sequence[Given], confidence: float = CONFIDENCE) -> Opinion:
    """Mean with the t interval of independent votes."""
    values = [v.value for v in votes]
    n = len(values)
    mean = math.fsum(values) / n if n else None
    sd = low = high = None
    if n >= 2 and mean is not None:
        sd = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
        reach = half_width(n, sd, confidence)
        low, high = mean - reach, mean + reach
    return Opinion(
        n=n, raters=len({v.rater for v in votes}), mean=mean, sd=sd, low=low, high=high,
        method="t", histogram=dict(sorted(Counter(values).items())),
    )  # fmt: skip


def condition_opinion(
    votes: Sequence[Given], confidence: float = CONFIDENCE, seed: int = SEED
) -> Opinion:
    """Mean of a condition, raters and clips drawn with replacement, independently of each other.

    Falls back to `opinion` where there is one rater or one clip.
    """
    plain = opinion(votes, confidence)
    raters = {name: at for at, name in enumerate(sorted({v.rater for v in votes}))}
    clips = {name: at for at, name in enumerate(sorted({v.clip for v in votes}))}
    if len(raters) < 2 or len(clips) < 2:
        return plain
    sums, counts = np.zeros((len(raters), len(clips))), np.zeros((len(raters), len(clips)))
    for vote in votes:
        sums[raters[vote.rater], clips[vote.clip]] += vote.value
        counts[raters[vote.rater], clips[vote.clip]] += 1
    chance = np.random.default_rng(seed)
    by_rater = chance.multinomial(len(raters), [1 / len(raters)] * len(raters), RESAMPLES)
    by_clip = chance.multinomial(len(clips), [1 / len(clips)] * len(clips), RESAMPLES)
    total, number = (((by_rater @ table) * by_clip).sum(axis=1) for table in (sums, counts))
    means = total[number > 0] / number[number > 0]
    tail = (1 - confidence) / 2
    low, high = (float(v) for v in np.quantile(means, [tail, 1 - tail]))
    return Opinion(
        n=plain.n, raters=plain.raters, mean=plain.mean, sd=plain.sd, low=low, high=high,
        method="bootstrap over raters and clips", histogram=plain.histogram,
    )  # fmt: skip
