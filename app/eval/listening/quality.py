"""Rules that votes are held against; which of them exclude is fixed before the first vote."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from app.eval.listening.opinion import Given


def is_straight(values: Sequence[float], least_variance: float) -> bool:
    """Whether a block's votes hardly differ; a block of fewer than two votes never does."""
    if len(values) < 2:
        return False
    mean = math.fsum(values) / len(values)
    return math.fsum((v - mean) ** 2 for v in values) / len(values) < least_variance


def failed_gold(value: float, expected: float, tolerance: float) -> bool:
    """Whether the answer to a clip of plain quality is out of reach of the right one."""
    return abs(value - expected) > tolerance


def outliers(votes: Sequence[Given], z: float) -> list[int]:
    """Places of votes that are `z` standard deviations or more from their condition's mean."""
    n = len(votes)
    if n < 3:
        return []
    mean = math.fsum(v.value for v in votes) / n
    sd = math.sqrt(math.fsum((v.value - mean) ** 2 for v in votes) / (n - 1))
    if sd < 1e-12:
        return []
    return [at for at, v in enumerate(votes) if abs(v.value - mean) / sd >= z]


def consistency(votes: Sequence[Given]) -> Mapping[str, float | None]:
    """Rater → Pearson's correlation with the mean of the others, over the clips both rated.

    None below three such clips, or where either side never varies.
    """
    by_clip: dict[str, dict[str, float]] = defaultdict(dict)
    for vote in votes:
        by_clip[vote.clip][vote.rater] = vote.value
    out: dict[str, float | None] = {}
    for rater in sorted({v.rater for v in votes}):
        own, rest = [], []
        for given in by_clip.values():
            others = [v for name, v in given.items() if name != rater]
            if rater in given and others:
                own.append(given[rater])
                rest.append(math.fsum(others) / len(others))
        out[rater] = _pearson(own, rest)
    return out


def self_consistency(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Share of repeated trials that were answered with the same sign or value; None without."""
    if not pairs:
        return None
    same = sum((a > 0) - (a < 0) == (b > 0) - (b < 0) for a, b in pairs)
    return same / len(pairs)


def _pearson(one: Sequence[float], other: Sequence[float]) -> float | None:
    n = len(one)
    if n < 3:
        return None
    a, b = math.fsum(one) / n, math.fsum(other) / n
    over = math.fsum((x - a) * (y - b) for x, y in zip(one, other))
    under = math.fsum((x - a) ** 2 for x in one) * math.fsum((y - b) ** 2 for y in other)
    return over / math.sqrt(under) if under > 1e-12 else None
