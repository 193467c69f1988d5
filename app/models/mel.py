"""Mel filter banks as librosa makes them, which is what speech models were trained on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

_LINEAR_HZ, _BREAK_HZ = 200 / 3, 1000.0
_LOG_STEP = np.log(6.4) / 27.0


@lru_cache(maxsize=16)
def slaney_filters(rate_hz: float, points: int, bands: int, top_hz: float) -> Float32:
    """Weights (points // 2 + 1, bands) of each frequency in each band: triangles of unit area.

    Bands lie evenly on Slaney's mel scale from 0 to `top_hz` (Auditory Toolbox, 1998); those above
    half the rate hold nothing.
    """
    hz = np.fft.rfftfreq(points, 1 / rate_hz)
    edges = _hz(np.linspace(0.0, _mel(top_hz), bands + 2))
    rising = (hz[:, None] - edges[None, :-2]) / np.diff(edges)[None, :-1]
    falling = (edges[None, 2:] - hz[:, None]) / np.diff(edges)[None, 1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * (2 / (edges[2:] - edges[:-2]))[None, :]).astype(np.float32)


def _mel(hz: float) -> float:
    """Linear to 1 kHz, then logarithmic."""
    if hz < _BREAK_HZ:
        return hz / _LINEAR_HZ
    return float(_BREAK_HZ / _LINEAR_HZ + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _hz(mel: Float64) -> Float64:
    at_break = _BREAK_HZ / _LINEAR_HZ
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, at_break) - at_break))
    return np.where(mel < at_break, mel * _LINEAR_HZ, above)
