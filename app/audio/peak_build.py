"""Builds peak pyramids while a recording is decoded; two threads may each bring one half.

Why it is fast: a block of int16 is halved by whole rows (`minimum(a[:, :h], a[:, h:])`), whose
inner runs are contiguous, down to 32 lanes, then transposed; the squares are summed by a matrix
product with a selection matrix. A chunk of 65,536 frames stays in the processor's cache.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.peaks import Int16, PeakPyramid, as_int16, base_block, build_levels

_LANES = 32
_GROW_BLOCKS = 65_536


def block_min_max(rows: Int16, channels: int) -> tuple[Int16, Int16]:
    """Min and max, each (channels, blocks), of rows (blocks, block * channels) interleaved."""
    half = rows.shape[1] // 2
    lo = np.minimum(rows[:, :half], rows[:, half:])
    hi = np.maximum(rows[:, :half], rows[:, half:])
    while half > _LANES:
        half //= 2
        lo = np.minimum(lo[:, :half], lo[:, half:])
        hi = np.maximum(hi[:, :half], hi[:, half:])
    shape = (half // channels, channels, len(rows))
    lo_lanes = np.ascontiguousarray(lo.T).reshape(shape)
    hi_lanes = np.ascontiguousarray(hi.T).reshape(shape)
    return lo_lanes.min(axis=0), hi_lanes.max(axis=0)


def block_power(rows: Int16, channels: int, scratch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean square, (channels, blocks); `scratch` is float32 of the rows' shape or longer."""
    floats = scratch[: len(rows)]
    floats[...] = rows
    np.multiply(floats, floats, out=floats)
    return np.asarray((floats @ _selection(rows.shape[1], channels)).T)


@cache
def _selection(width: int, channels: int) -> NDArray[np.float32]:
    """(width, channels): which interleaved column belongs to which channel, over the block."""
    chosen = np.arange(width)[:, None] % channels == np.arange(channels)
    return np.asarray(chosen * (channels / width), np.float32)


class PeakBuilder:
    """Takes decoded chunks in any order, from any thread, each once.

    A chunk starts at a multiple of the base block and is a whole number of blocks long, the last
    one excepted.
    """

    def __init__(self, *, rate_hz: int, channels: int, frame_count: int | None = None) -> None:
        self._rate_hz, self._channels = rate_hz, channels
        self._block = base_block(rate_hz)
        blocks = -(-frame_count // self._block) if frame_count else _GROW_BLOCKS
        self._lo = np.zeros((channels, min(blocks, _GROW_BLOCKS * 16)), np.int16)
        self._hi = np.zeros_like(self._lo)
        self._power = np.zeros(self._lo.shape, np.float32)
        self._frames = 0
        self._lock = threading.Lock()
        self._local = threading.local()

    def add(self, first_frame: int, chunk: NDArray[Any]) -> None:
        """Take the chunk (frames, channels), int16 or float32, that starts at `first_frame`."""
        samples = as_int16(chunk)
        whole = len(samples) // self._block
        at = first_frame // self._block
        if whole:
            rows = samples[: whole * self._block].reshape(whole, -1)
            lo, hi = block_min_max(rows, self._channels)
            self._put(at, lo, hi, block_power(rows, self._channels, self._scratch(rows)))
        rest = samples[whole * self._block :]
        if len(rest):
            power = np.square(rest, dtype=np.float32).mean(axis=0)
            self._put(at + whole, rest.min(0)[:, None], rest.max(0)[:, None], power[:, None])
        with self._lock:
            self._frames = max(self._frames, first_frame + len(samples))

    def _scratch(self, rows: Int16) -> NDArray[np.float32]:
        held: NDArray[np.float32] | None = getattr(self._local, "scratch", None)
        if held is None or len(held) < len(rows):
            held = np.empty(rows.shape, np.float32)
            self._local.scratch = held
        return held

    def _put(self, at: int, lo: Int16, hi: Int16, power: NDArray[np.float32]) -> None:
        end = at + lo.shape[1]
        with self._lock:
            if end > self._lo.shape[1]:
                grow = ((0, 0), (0, max(end, 2 * self._lo.shape[1]) - self._lo.shape[1]))
                self._lo, self._hi = np.pad(self._lo, grow), np.pad(self._hi, grow)
                self._power = np.pad(self._power, grow)
            self._lo[:, at:end], self._hi[:, at:end] = lo, hi
            self._power[:, at:end] = power

    def pyramid(
        self, frame_count: int | None = None, samples: NDArray[Any] | None = None
    ) -> PeakPyramid:
        """The pyramid of what has come so far (the rest is zero), or of `frame_count` frames."""
        with self._lock:
            frames = self._frames if frame_count is None else frame_count
            blocks = max(1, -(-frames // self._block))
            lo, hi = self._lo[:, :blocks].copy(), self._hi[:, :blocks].copy()
            power = self._power[:, :blocks].copy()
        levels = build_levels(self._block, lo, hi, power)
        return PeakPyramid(self._rate_hz, frames, tuple(levels), samples)
