"""Finds the quietest moment near a frame, for boundaries that are moved by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOW_S = 0.001
"""Energy is averaged over this long, so that a single zero between loud samples is not taken."""


def quietest(samples: NDArray[Any], first: int, last: int, rate_hz: int) -> int | None:
    """The frame in `[first, last]` around which the energy is least; None outside the recording.

    Where several are alike it is the one nearest to the middle.

    Args:
        samples: (frames,) int16 or float32.
        first: where to begin.
        last: where to end, included.
        rate_hz: rate of the samples.
    """
    half = max(1, round(WINDOW_S * rate_hz / 2))
    first, last = max(first, 0), min(last, len(samples) - 1)
    if last < first:
        return None
    low, high = max(0, first - half), min(len(samples), last + half + 1)
    power = np.square(samples[low:high].astype(np.float64))
    total = np.concatenate([[0.0], np.cumsum(power)])
    at = np.arange(first, last + 1) - low
    left, right = np.maximum(at - half, 0), np.minimum(at + half + 1, len(power))
    energy = (total[right] - total[left]) / (right - left)
    best = np.flatnonzero(energy <= energy.min() * (1 + 1e-9))
    middle = (last - first) / 2
    return first + int(best[np.argmin(np.abs(best - middle))])
