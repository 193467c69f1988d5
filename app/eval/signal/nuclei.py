"""Syllables heard: peaks of loudness in a voice, for speech whose words nobody knows.

After de Jong and Wempe (Behavior Research Methods 41(2), 2009): peaks of the level that stand 2 dB
out of the dips beside them, no more than 25 dB below the loud parts, and voiced. An estimate: fast
speech loses some, and a line without its fundamental may lose more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.audio.pitch import Pitch
from app.eval.signal.channels import Float32

Float64 = NDArray[np.float64]

RATE_HZ = 16_000
HOP_S = 0.010
SMOOTH_HOPS = 7
PROMINENCE_DB = 2.0
APART_HOPS = 8
LOUD_DB = 25.0
NEAR_S = 0.03
"""A peak this close to a voiced frame is voiced."""


def count(samples: Float32, pitch: Pitch) -> int:
    """Syllables in a stretch of speech.

    Args:
        samples: the stretch (frames,) at 16 kHz.
        pitch: its pitch.
    """
    from scipy.signal import find_peaks

    hop = round(HOP_S * RATE_HZ)
    whole = len(samples) // hop
    voiced = pitch.times_s[~np.isnan(pitch.hz)]
    if whole < SMOOTH_HOPS or not len(voiced):
        return 0
    power = (samples[: whole * hop].reshape(whole, hop).astype(np.float64) ** 2).mean(axis=1)
    window = np.hanning(SMOOTH_HOPS + 2)[1:-1]
    smooth = np.convolve(power, window / window.sum(), "same")
    db = 10 * np.log10(np.maximum(smooth, 1e-10))
    padded = np.concatenate([[-100.0], db, [-100.0]])  # so that a peak at either end is one
    height = float(np.percentile(db, 95)) - LOUD_DB
    peaks, _ = find_peaks(padded, height=height, prominence=PROMINENCE_DB, distance=APART_HOPS)
    times = (peaks - 1 + 0.5) * HOP_S
    right = np.searchsorted(voiced, times)
    gaps = [np.abs(times - voiced[np.clip(right - i, 0, len(voiced) - 1)]) for i in (0, 1)]
    return int(np.count_nonzero(np.minimum(*gaps) <= NEAR_S))
