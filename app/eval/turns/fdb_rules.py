"""Full-Duplex-Bench 1.0's rules: what takes the floor, what is a backchannel, and their spread.

Re-implemented from the paper (arXiv 2503.04721) and its released scorer, less the latter's faults:
a sample without output keeps no result of the one before it; of several segments the last does not
decide for all; no mean is taken of nothing; a latency is signed, with the clipped one beside it;
and a sample without any backchannel has no divergence, where the scorer gives it 1.0, which is off
its own scale (its figure is a distance, at most √ln 2 = 0.8326). Pure; times in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOOR_S = 1.0
FLOOR_WORDS = 3
SIGN_WORDS = 2
"""A backchannel is shorter than a second and has at most so many words."""
BIN_S = 0.2
EPSILON = 1e-10
MOST_DISTANCE = math.sqrt(math.log(2))

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One word of the output; `end_s` is None where the recogniser left it open."""

    text: str
    start_s: float
    end_s: float | None


def takes_over(words: Sequence[TimedWord]) -> bool:
    """Whether an output takes the floor: not under a second with at most three words."""
    if not words:
        return False
    end = max(w.start_s if w.end_s is None else w.end_s for w in words)
    return end - words[0].start_s >= FLOOR_S or len(words) > FLOOR_WORDS


def stretch_takes_over(duration_s: float, words: int | None) -> bool:
    """The same for a stretch of speech; by its length alone where its words are not known."""
    return duration_s >= FLOOR_S or (words is not None and words > FLOOR_WORDS)


def is_sign(duration_s: float, words: int | None) -> bool:
    """Whether a stretch of the listener's speech is a backchannel and not a takeover.

    The scorer's other limits (three seconds, more than three words) lie outside these.
    """
    return duration_s < FLOOR_S and (words is None or words <= SIGN_WORDS)


def after(words: Sequence[TimedWord], at_s: float) -> list[TimedWord]:
    """The words that begin at or after a time: what is left of an output cut there."""
    return [w for w in words if w.start_s >= at_s]


def occupancy(stretches: Sequence[Stretch], duration_s: float) -> NDArray[np.float64]:
    """How many stretches touch each bin of 0.2 s, shape (bins,)."""
    bins = max(math.ceil(duration_s / BIN_S - 1e-9), 1)
    counts = np.zeros(bins)
    for start, end in stretches:
        first = min(max(math.floor(start / BIN_S + 1e-9), 0), bins - 1)
        last = min(max(math.ceil(end / BIN_S - 1e-9), first + 1), bins)
        counts[first:last] += 1
    return counts


def divergence(
    found: Sequence[float] | NDArray[np.float64], people: Sequence[float] | NDArray[np.float64]
) -> float | None:
    """Jensen-Shannon distance (natural log, 0 to 0.8326) from people's backchannels to these.

    Both are counts over time; `people` is stretched to the length of `found`. None where either
    holds no backchannel: there is then no distribution to compare.
    """
    ours, theirs = np.asarray(found, float), np.asarray(people, float)
    if not len(ours) or not len(theirs) or not ours.any() or not theirs.any():
        return None
    places = np.linspace(0, len(theirs) - 1, len(ours))
    theirs = np.interp(places, np.arange(len(theirs)), theirs)
    p, q = (_normal(x) for x in (ours, theirs))
    middle = (p + q) / 2
    square = (float(np.sum(p * np.log(p / middle))) + float(np.sum(q * np.log(q / middle)))) / 2
    return math.sqrt(max(square, 0.0))


def _normal(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return (counts + EPSILON) / float(np.sum(counts + EPSILON))
