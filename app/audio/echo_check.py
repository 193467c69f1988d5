"""How much of what the loudspeaker plays comes back through the microphone.

The return is what of the microphone's signal follows from the played one: their cross-power over
the played power, by frequency, over blocks of 4,096 samples. A room's noise does not follow from
it and does not count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int16 = NDArray[np.int16]

WINDOW = 4_096
HEADSET_DB = -35.0
"""From here on the agent hears itself: barge-ins mean nothing."""
LEAST_DB = -90.0
LEAST_WINDOWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """The result."""

    return_db: float
    """Level of the echo against what was played; lower is better."""

    @property
    def needs_headset(self) -> bool:
        """Whether barge-in figures would be void."""
        return self.return_db > HEADSET_DB


def measure(played: Int16, recorded: Int16) -> Echo | None:
    """The echo of what was played, laid at the time it was heard; None where too little was.

    Args:
        played: (frames,).
        recorded: (frames,) of the microphone on the same clock.
    """
    frames = min(len(played), len(recorded)) // WINDOW * WINDOW
    if not frames:
        return None
    x, y = (_spectra(pcm[:frames]) for pcm in (played, recorded))
    power = np.sum(np.abs(x) ** 2, axis=1)
    loud = power > 0.01 * power.max(initial=0.0)
    if np.count_nonzero(loud) < LEAST_WINDOWS:
        return None
    x, y = x[loud], y[loud]
    own = np.sum(np.abs(x) ** 2, axis=0)
    usable = own > 1e-4 * own.max()
    cross = np.sum(y * np.conj(x), axis=0)[usable]
    # Of unrelated signals the cross-power is not nought, but an n-th of the product of powers.
    chance = np.sum(np.abs(y) ** 2, axis=0)[usable] * own[usable] / len(x)
    echo = np.sum(np.maximum(np.abs(cross) ** 2 - chance, 0) / own[usable])
    share = float(echo / np.sum(own[usable]))
    return Echo(return_db=max(LEAST_DB, 10 * math.log10(max(share, 1e-12))))


def _spectra(pcm: Int16) -> NDArray[np.complex128]:
    """(windows, bins), half overlapping."""
    x = pcm.astype(np.float64)
    rows = np.lib.stride_tricks.sliding_window_view(x, WINDOW)[:: WINDOW // 2]
    return np.asarray(np.fft.rfft(rows * np.hanning(WINDOW), axis=-1), np.complex128).reshape(
        -1, WINDOW // 2 + 1
    )
