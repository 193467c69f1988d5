"""How many votes a study needs, before it begins."""

from __future__ import annotations

import math

from app.eval.stats.proportion import CONFIDENCE


def half_width(votes: int, sd: float, confidence: float = CONFIDENCE) -> float:
    """Half of the t interval of a mean opinion score.

    Args:
        votes: how many; at least 2.
        sd: standard deviation of the votes, in points of the scale.
        confidence: of the interval.

    Raises:
        ValueError: fewer than 2 votes.
    """
    if votes < 2:
        raise ValueError("an interval needs two votes")
    from scipy.special import stdtrit  # loads in a tenth of the time of scipy.stats

    return float(stdtrit(votes - 1, 0.5 + confidence / 2)) * sd / math.sqrt(votes)


def votes_needed(reach: float, sd: float, confidence: float = CONFIDENCE) -> int:
    """The fewest votes whose t interval reaches at most `reach` points to either side.

    Raises:
        ValueError: `reach` is not positive.
    """
    if reach <= 0:
        raise ValueError("the half-width must be positive")
    low, high = 1, 2
    while half_width(high, sd, confidence) > reach:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half_width(middle, sd, confidence) <= reach else (middle, high)
    return high


def pairs_needed(preference: float, power: float = 0.8, confidence: float = CONFIDENCE) -> int:
    """Independent pair votes that show a true preference against one half, two-sided.

    The usual normal approximation of a one-sample test of a proportion.

    Args:
        preference: the true share that prefers one side, 0 to 1.
        power: chance that the test shows it.
        confidence: one minus the two-sided level of the test.

    Raises:
        ValueError: no preference, or not a share.
    """
    if not 0 < preference < 1 or preference == 0.5:
        raise ValueError("a preference is a share other than one half")
    from scipy.special import ndtri

    level = float(ndtri(0.5 + confidence / 2)) * 0.5
    spread = float(ndtri(power)) * math.sqrt(preference * (1 - preference))
    return math.ceil(((level + spread) / (preference - 0.5)) ** 2)
