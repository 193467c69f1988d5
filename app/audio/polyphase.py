"""A streaming polyphase resampler for analysis, as blocks of matrix products.

Output sample k lies at input time k * in / out: linear phase, delay compensated, and the same in
blocks as in one piece. The general resamplers at hand cost a third of the speech detector's
time; this one costs a fiftieth.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

ZERO_CROSSINGS = 12
"""Half length of the low-pass filter, in zero crossings of its sinc."""
KAISER_BETA = 7.0
PASS = 0.93
"""Cut-off as a share of the lower Nyquist frequency."""
OUTPUTS_A_STEP = 32
"""Wide enough rows for a fast matrix product."""

SERIAL_PRODUCT = 200_000
"""Multiplications of one matrix product. BLAS starts threads for larger ones, and those would
fight with the detectors that run beside this on the other cores."""


@lru_cache(maxsize=16)
def _kernel(rate_in_hz: int, rate_out_hz: int) -> tuple[Float32, int, int, int]:
    """(matrix, inputs per step, outputs per step, reach).

    A step takes a window of `reach + inputs + reach` samples times the matrix to its outputs.
    """
    common = gcd(rate_in_hz, rate_out_hz)
    n_in, n_out = rate_in_hz // common, rate_out_hz // common
    repeat = max(1, OUTPUTS_A_STEP // n_out)
    n_in, n_out = n_in * repeat, n_out * repeat
    cutoff = PASS * min(1.0, rate_out_hz / rate_in_hz)
    reach = int(np.ceil(ZERO_CROSSINGS / cutoff))
    at = np.arange(n_out) * (rate_in_hz / rate_out_hz)
    tap = np.arange(-reach, n_in + reach)[:, None] - at[None, :]
    inside = np.clip(1 - (tap / reach) ** 2, 0, None)
    window = np.i0(KAISER_BETA * np.sqrt(inside)) / np.i0(KAISER_BETA) * (np.abs(tap) <= reach)
    matrix = np.sinc(tap * cutoff) * window
    matrix /= matrix.sum(axis=0, keepdims=True)
    return np.ascontiguousarray(matrix, dtype=np.float32), n_in, n_out, reach


class Resampler:
    """Feed blocks of float32 samples to `push`, end with `finish`.

    In all, `ceil(frames * rate_out / rate_in)` samples come out.
    """

    def __init__(self, rate_in_hz: int, rate_out_hz: int) -> None:
        if rate_in_hz <= 0 or rate_out_hz <= 0:
            raise ValueError("rates must be positive")
        self._rates = rate_in_hz, rate_out_hz
        self._same = rate_in_hz == rate_out_hz
        self._taken = 0
        self._given = 0
        self._matrix, self._in, self._out, self._reach = _kernel(rate_in_hz, rate_out_hz)
        self._tail: Float32 = np.zeros(self._reach, dtype=np.float32)

    def push(self, block: Float32) -> Float32:
        """What can be said after `block` (frames,); may be empty."""
        self._taken += len(block)
        return block if self._same else self._step(block)

    def finish(self) -> Float32:
        """The rest, up to the last input sample."""
        if self._same:
            return np.zeros(0, dtype=np.float32)
        wanted = -(-self._taken * self._rates[1] // self._rates[0]) - self._given
        parts = [self._step(np.zeros(self._in + self._reach, dtype=np.float32))]
        while sum(map(len, parts)) < wanted:
            parts.append(self._step(np.zeros(self._in, dtype=np.float32)))
        return np.concatenate(parts)[:wanted]

    def _step(self, block: Float32) -> Float32:
        x = np.concatenate([self._tail, block])
        steps = max(0, (len(x) - 2 * self._reach) // self._in)
        self._tail = x[steps * self._in :].copy()
        if not steps:
            return np.zeros(0, dtype=np.float32)
        width = self._in + 2 * self._reach
        rows = sliding_window_view(x, width)[: steps * self._in : self._in]
        out = np.empty((steps, self._out), dtype=np.float32)
        part = max(1, SERIAL_PRODUCT // self._matrix.size)
        for first in range(0, steps, part):
            piece = np.ascontiguousarray(rows[first : first + part])
            np.matmul(piece, self._matrix, out=out[first : first + part])
        self._given += out.size
        return out.reshape(-1)


def resample(samples: Float32, rate_in_hz: int, rate_out_hz: int) -> Float32:
    """`samples` (frames,) in one piece at the other rate."""
    resampler = Resampler(rate_in_hz, rate_out_hz)
    return np.concatenate([resampler.push(samples), resampler.finish()])


def convert(samples: Float32, from_hz: int, to_hz: int, frames: int | None = None) -> Float32:
    """A whole channel (frames,) at another rate, cut or filled with silence to a wanted length.

    Args:
        samples: only read.
        from_hz: their rate.
        to_hz: the wanted one.
        frames: how many samples to give; default: as long as the channel lasts.
    """
    out = samples if from_hz == to_hz or not len(samples) else resample(samples, from_hz, to_hz)
    wanted = -(-len(samples) * to_hz // from_hz) if frames is None else frames
    if len(out) < wanted:
        out = np.pad(out, (0, wanted - len(out)))
    return out[:wanted]
