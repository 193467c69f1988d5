"""The mel power spectrum that the P.808 model was trained on: librosa's, without librosa.

Frames of 321 samples each 10 ms under a Hann window, centred, zeros beyond the ends; 120 bands on
Slaney's mel scale, each of unit area. A transform of 321 points is odd in both senses, but the
model knows no other.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.models.mel import slaney_filters

Float32 = NDArray[np.float32]

RATE_HZ = 16_000
POINTS, HOP, BANDS = 321, 160, 120
_ROWS = 10
"""Rows of one matrix product; BLAS starts threads for larger ones, which only get in the way of
the workers beside this one."""


def mel_power(samples: Float32) -> Float32:
    """Power (frames, 120) of `samples` (n,) at 16 kHz; one frame each 160 samples.

    Raises:
        ValueError: there are no samples.
    """
    padded = np.pad(samples, POINTS // 2)
    frames = sliding_window_view(padded, POINTS)[::HOP]
    spectrum = np.fft.rfft(frames * _hann(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    bands = slaney_filters(RATE_HZ, POINTS, BANDS, RATE_HZ / 2)
    out = np.empty((len(power), BANDS), np.float32)
    for first in range(0, len(power), _ROWS):
        np.matmul(power[first : first + _ROWS], bands, out=out[first : first + _ROWS])
    return out


@cache
def _hann() -> Float32:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(POINTS) / POINTS)).astype(np.float32)
