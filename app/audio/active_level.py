"""Active speech level and activity factor by ITU-T P.56 (12/2011), method B.

Levels are in dBov: 0 dBov is the power of a full-scale square wave, so that a full-scale sine has
-3.01 dBov; 20 log10 of the rms of samples in -1..1. The usual target is -26 dBov.

The rectified samples pass two low-pass filters of 30 ms each. For each of 15 thresholds, each twice
the last, the time is counted in which the envelope is at or above it or was within the last 200 ms.
The energy over that time is the level that speech would have if the threshold told speech from
pauses; the one 15.9 dB above its own threshold is taken, between two thresholds on a straight line
in dB. Samples enter as they are: an offset is part of the level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

TARGET_DBOV = -26.0
MARGIN_DB = 15.9
HANGOVER_S = 0.2
TIME_CONSTANT_S = 0.03
THRESHOLDS = 2.0 ** np.arange(-15, 0)
"""Of the envelope, full scale 1: one for each bit of 16 but the sign."""
_BLOCK = 1 << 19


@dataclass(frozen=True, slots=True)
class ActiveLevel:
    """What the method gives.

    `long_term_dbov` is the level with all pauses; `activity` the share 0..1 of the time that is
    active, for which `level_dbov` is the level.
    """

    level_dbov: float
    long_term_dbov: float
    activity: float
    seconds: float


def measure(samples: NDArray[Any], rate_hz: int) -> ActiveLevel | None:
    """The active level of samples (frames,), int16 or float in -1..1; NaN counts as silence.

    None where there is none: no samples, silence, or speech below -74.4 dBov, for which the
    standard's lowest threshold is too high.
    """
    meter = Meter(rate_hz)
    for first in range(0, len(samples), _BLOCK):
        meter.push(samples[first : first + _BLOCK])
    return meter.result()


def gain_db(level: ActiveLevel, target_dbov: float = TARGET_DBOV) -> float:
    """The static gain that brings the active level to the target."""
    return target_dbov - level.level_dbov


@dataclass(slots=True)
class Meter:
    """The same in blocks: `push` samples as they come, then ask for the `result`."""

    rate_hz: int
    _frames: int = 0
    _energy: float = 0.0
    _state: Float64 = field(default_factory=lambda: np.zeros(2))
    _active: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(len(THRESHOLDS), dtype=np.int64)
    )
    _idle: NDArray[np.int64] = field(
        default_factory=lambda: np.full(len(THRESHOLDS), np.iinfo(np.int64).max // 2)
    )
    """Samples since the envelope was last at or above each threshold."""

    def __post_init__(self) -> None:
        if self.rate_hz <= 0:
            raise ValueError("the rate must be positive")

    @property
    def hangover(self) -> int:
        """Samples for which activity is held."""
        return math.ceil(HANGOVER_S * self.rate_hz)

    def push(self, block: NDArray[Any]) -> None:
        """Take samples (frames,)."""
        if not len(block):
            return
        x = _floats(block)
        self._frames += len(x)
        self._energy += float(x @ x)
        envelope = self._envelope(np.abs(x))
        for j, threshold in enumerate(THRESHOLDS):
            self._count(j, envelope >= threshold)

    def _envelope(self, rectified: Float64) -> Float64:
        """The two filters, each started where the last block left it."""
        from scipy.signal import lfilter

        g = math.exp(-1 / (self.rate_hz * TIME_CONSTANT_S))
        p, first = lfilter([1 - g], [1, -g], rectified, zi=self._state[:1])
        q, second = lfilter([1 - g], [1, -g], p, zi=self._state[1:])
        self._state = np.concatenate([first, second])
        return np.asarray(q, np.float64)

    def _count(self, j: int, above: NDArray[np.bool_]) -> None:
        """Add the samples at or above threshold `j`, and those held after them."""
        held, idle, frames = self.hangover, int(self._idle[j]), len(above)
        loud = int(np.count_nonzero(above))
        if not loud:
            self._active[j] += max(0, min(held - idle, frames))
            self._idle[j] = idle + frames
            return
        turns = np.flatnonzero(above[1:] != above[:-1]) + 1
        # Runs below the threshold: the first may go on from the block before, the last may go on.
        edges = np.concatenate([[0], turns, [frames]])
        lengths = np.diff(edges)[0 if not above[0] else 1 :: 2]
        before = int(lengths[0]) if not above[0] else 0
        tail = int(lengths[-1]) if not above[-1] else 0
        inner = lengths[0 if above[0] else 1 : len(lengths) - (0 if above[-1] else 1)]
        kept = max(0, min(held - idle, before)) + int(np.minimum(inner, held).sum())
        self._active[j] += loud + kept + min(tail, held)
        self._idle[j] = tail

    def result(self) -> ActiveLevel | None:
        """The level of all that has come; see `measure`."""
        if self._energy <= 0 or not self._active[0]:
            return None
        long_term = 10 * math.log10(self._energy / self._frames)
        last: tuple[float, float] | None = None
        for threshold, active in zip(THRESHOLDS, self._active, strict=True):
            if not active:
                return None
            level = 10 * math.log10(self._energy / active)
            excess = level - 20 * math.log10(threshold) - MARGIN_DB
            if excess <= 0:
                found = _between(last, (level, excess))
                return None if found is None else self._made(found, long_term)
            last = level, excess
        return None

    def _made(self, level: float, long_term: float) -> ActiveLevel:
        share = min(1.0, 10 ** ((long_term - level) / 10))
        return ActiveLevel(level, long_term, share, self._frames / self.rate_hz)


def _between(last: tuple[float, float] | None, this: tuple[float, float]) -> float | None:
    """The level where the excess over the margin is nought; None below the first threshold."""
    if this[1] == 0:
        return this[0]
    if last is None:
        return None
    share = last[1] / (last[1] - this[1])
    return last[0] + share * (this[0] - last[0])


def _floats(block: NDArray[Any]) -> Float64:
    if block.dtype == np.int16:
        return block.astype(np.float64) / 32768
    return np.nan_to_num(block.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
