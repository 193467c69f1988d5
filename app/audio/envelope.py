"""The energy envelope of one channel, in fine steps, and the noise floor that it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.audio.mapped import let_go

Float32 = NDArray[np.float32]

HOP_MS = 2.0
SMOOTH_MS = 14.0
FLOOR_DB = -96.0
"""What digital silence counts as: the step of 16 bits."""
FLOOR_WINDOW_S = 3.0
FLOOR_SHARE = 0.10
BLOCK_HOPS = 16_384
DC_MS = 50.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """Level in dB full scale for each hop; hop i covers frames `[i*hop, (i+1)*hop)`."""

    db: Float32
    hop: int
    floor_db: Float32
    """The noise floor at each hop, on a slow scale."""

    def index(self, frame: float) -> int:
        """The hop that holds `frame`, held inside the channel."""
        return int(min(max(frame // self.hop, 0), max(len(self.db) - 1, 0)))


def compute(pcm: NDArray[np.generic], rate_hz: int) -> Envelope:
    """Envelope of `pcm` (frames,; int16 or float in -1..1), which is only read."""
    hop = max(1, round(rate_hz * HOP_MS / 1000))
    power = _hop_power(pcm, hop)
    width = max(1, round(SMOOTH_MS / 1000 * rate_hz / hop)) | 1
    smooth = _centred_mean(power, width)
    db = (10 * np.log10(np.maximum(smooth, 10 ** (FLOOR_DB / 10)))).astype(np.float32)
    return Envelope(db, hop, _floor(db, max(1, round(FLOOR_WINDOW_S * rate_hz / hop))))


def _hop_power(pcm: NDArray[np.generic], hop: int) -> NDArray[np.float64]:
    """Mean square of each hop, less its slow offset; the last hop may be short."""
    scale = 1 / 32768 if pcm.dtype == np.int16 else 1.0
    hops = -(-len(pcm) // hop)
    out = np.zeros(hops, dtype=np.float64)
    means = np.zeros(hops, dtype=np.float64)
    for first in range(0, hops, BLOCK_HOPS):
        block = pcm[first * hop : (first + BLOCK_HOPS) * hop].astype(np.float32) * scale
        let_go(pcm)
        if pcm.dtype != np.int16:
            np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        full = len(block) // hop
        rows = block[: full * hop].reshape(full, hop)
        out[first : first + full] = np.einsum("ij,ij->i", rows, rows) / hop
        means[first : first + full] = rows.mean(axis=1)
        rest = block[full * hop :]
        if len(rest):
            out[first + full] = float(rest @ rest) / len(rest)
            means[first + full] = float(rest.mean())
    offset = _centred_mean(means, max(1, round(DC_MS / HOP_MS)) | 1)
    return np.maximum(out - 2 * offset * means + offset**2, 0)


def _centred_mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Running mean over `width` (odd) values, shorter at the ends."""
    if width <= 1 or not len(values):
        return values
    half = width // 2
    total = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    mean: NDArray[np.float64] = np.maximum((total[high] - total[low]) / (high - low), 0)
    return mean


def _floor(db: Float32, window: int) -> Float32:
    """A low percentile of each stretch, smoothed by the lowest of its neighbours."""
    if not len(db):
        return db
    parts = max(1, -(-len(db) // window))
    bounds = np.linspace(0, len(db), parts + 1).astype(int)
    lows = np.array([np.quantile(db[a:b], FLOOR_SHARE) for a, b in pairwise(bounds)])
    padded = np.pad(lows, 1, mode="edge")
    lowest = np.minimum(np.minimum(padded[:-2], padded[1:-1]), padded[2:])
    centres = (bounds[:-1] + bounds[1:]) / 2
    floor: Float32 = np.interp(np.arange(len(db)), centres, lowest).astype(np.float32)
    return floor
