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

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

RATE_HZ = 16_000
POINTS, HOP, BANDS = 321, 160, 120
_ROWS = 10
"""Rows of one matrix product; BLAS starts threads for larger ones, which only get in the way of
the workers beside this one."""
_LINEAR_HZ, _BREAK_HZ = 200 / 3, 1000.0
_LOG_STEP = np.log(6.4) / 27.0


def mel_power(samples: Float32) -> Float32:
    """Power (frames, 120) of `samples` (n,) at 16 kHz; one frame each 160 samples.

    Raises:
        ValueError: there are no samples.
    """
    padded = np.pad(samples, POINTS // 2)
    frames = sliding_window_view(padded, POINTS)[::HOP]
    spectrum = np.fft.rfft(frames * _hann(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    bands = filters()
    out = np.empty((len(power), BANDS), np.float32)
    for first in range(0, len(power), _ROWS):
        np.matmul(power[first : first + _ROWS], bands, out=out[first : first + _ROWS])
    return out


@cache
def _hann() -> Float32:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(POINTS) / POINTS)).astype(np.float32)


@cache
def filters() -> Float32:
    """Weights (161, 120) of each frequency in each band: triangles of unit area."""
    hz = np.fft.rfftfreq(POINTS, 1 / RATE_HZ)
    edges = _hz(np.linspace(0.0, float(_mel(RATE_HZ / 2)), BANDS + 2))
    rising = (hz[:, None] - edges[None, :-2]) / np.diff(edges)[None, :-1]
    falling = (edges[None, 2:] - hz[:, None]) / np.diff(edges)[None, 1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * (2 / (edges[2:] - edges[:-2]))[None, :]).astype(np.float32)


def _mel(hz: float) -> float:
    """Slaney's scale: linear to 1 kHz, then logarithmic (Auditory Toolbox, 1998)."""
    if hz < _BREAK_HZ:
        return hz / _LINEAR_HZ
    return float(_BREAK_HZ / _LINEAR_HZ + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _hz(mel: Float64) -> Float64:
    at_break = _BREAK_HZ / _LINEAR_HZ
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, at_break) - at_break))
    return np.where(mel < at_break, mel * _LINEAR_HZ, above)
