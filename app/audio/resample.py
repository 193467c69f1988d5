"""Rate conversion by a polyphase windowed sinc: zero delay, any rational ratio.

Output sample `m` is computed at input position `m * down / up` from the samples around it, so a
conversion may begin anywhere and joins on without a seam. Used where a track's rate is not the
call's, and where a device refuses the call's rate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil, gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Samples = NDArray[np.float32]

ZERO_CROSSINGS = 16
KAISER_BETA = 8.0
"""About 80 dB of stop band."""
ROLL_OFF = 0.94


def ratio(from_hz: int, to_hz: int) -> tuple[int, int]:
    """(up, down) in lowest terms: `to / from == up / down`."""
    common = gcd(from_hz, to_hz)
    return to_hz // common, from_hz // common


@lru_cache(maxsize=16)
def kernel(up: int, down: int) -> Samples:
    """The filter of each phase, shape (up, taps); every row sums to one.

    Row `p` weighs the samples from `taps / 2 - 1` before the input position's whole part to
    `taps / 2` after it, for a position `p / up` past it.
    """
    cutoff = ROLL_OFF * min(1.0, up / down)
    half = ceil(ZERO_CROSSINGS / cutoff)
    offsets = np.arange(-half + 1, half + 1)[None, :] - (np.arange(up) / up)[:, None]
    window = np.i0(KAISER_BETA * np.sqrt(np.clip(1.0 - (offsets / half) ** 2, 0.0, None)))
    taps = np.sinc(cutoff * offsets) * window
    taps /= taps.sum(axis=1, keepdims=True)
    return taps.astype(np.float32)


def convert_at(
    read: Callable[[int, int], Samples], first: int, count: int, up: int, down: int
) -> Samples:
    """Output samples `[first, first + count)` of the conversion of a source of random access.

    Args:
        read: `read(start, n)` gives input samples, shape (n,) or (n, channels); zeros outside.
        first: index of the first output sample; may be negative.
        count: how many.
        up: numerator of the ratio, from `ratio`.
        down: its denominator.
    """
    table = kernel(up, down)
    taps = table.shape[1]
    where = np.arange(first, first + count, dtype=np.int64) * down
    whole, phase = where // up, where % up
    begin = int(whole[0]) - taps // 2 + 1
    source = read(begin, int(whole[-1]) - int(whole[0]) + taps)
    windows = sliding_window_view(source, taps, axis=0)[whole - whole[0]]
    picked = table[phase]
    sums = "nt,nt->n" if source.ndim == 1 else "nct,nt->nc"
    converted: Samples = np.einsum(sums, windows, picked)
    return converted


class StreamResampler:
    """The same for a stream of stereo blocks that can't be read at random."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._up, self._down = ratio(from_hz, to_hz)
        self._half = kernel(self._up, self._down).shape[1] // 2
        self._held: Samples = np.zeros((self._half, 2), np.float32)
        self._held_at = -self._half
        self._made = 0
        self._ended = False

    def push(self, block: Samples) -> Samples:
        """Take frames (n, 2); returns those that are complete by now, shape (k, 2)."""
        self._held = np.concatenate([self._held, block])
        return self._drain(len(self._held) + self._held_at)

    def finish(self) -> Samples:
        """The rest, after the last block."""
        known = len(self._held) + self._held_at
        self._held = np.concatenate([self._held, np.zeros((self._half + 1, 2), np.float32)])
        return self._drain(known + self._half)

    def _drain(self, known: int) -> Samples:
        # Frame m needs input up to floor(m * down / up) + half.
        until = max(self._made, (max(0, known - self._half) * self._up - 1) // self._down + 1)
        if until == self._made:
            return np.zeros((0, 2), np.float32)
        made = convert_at(self._read, self._made, until - self._made, self._up, self._down)
        self._made = until
        spent = until * self._down // self._up - self._half - self._held_at
        if spent > 0:
            self._held, self._held_at = self._held[spent:], self._held_at + spent
        return made

    def _read(self, start: int, count: int) -> Samples:
        at = start - self._held_at
        return self._held[at : at + count]
