"""One captured stream: its last seconds in a ring, and when they were captured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.audio.stream_clock import StreamClock

Int16 = NDArray[np.int16]

RING_S = 30.0


class CaptureTrack:
    """Written by the stream's callback, which only copies; read by one other thread.

    Args:
        rate_hz: of the stream.
    """

    def __init__(self, rate_hz: int) -> None:
        self.clock = StreamClock(rate_hz)
        self._ring: Int16 = np.zeros(round(rate_hz * RING_S), np.int16)
        self.count = self.flags = 0

    def push(self, pcm: Int16, at_s: float, flags: int = 0) -> None:
        """Samples of which the first was captured at `at_s` of the monotonic clock."""
        at = self.count % len(self._ring)
        head = min(len(pcm), len(self._ring) - at)
        self._ring[at : at + head] = pcm[:head]
        self._ring[: len(pcm) - head] = pcm[head:]
        self.clock.tell(self.count, at_s)
        self.flags |= flags
        self.count += len(pcm)  # last: the reader trusts all samples below it

    def read(self, first: int, frames: int) -> Int16:
        """Samples `[first, first + frames)`; silence where there are none."""
        out = np.zeros(frames, np.int16)
        low = max(first, 0, self.count - len(self._ring))
        high = min(first + frames, self.count)
        if low < high:
            out[low - first : high - first] = self._ring[np.arange(low, high) % len(self._ring)]
        return out

    def between(self, start: float, step: float, frames: int) -> Int16:
        """`frames` samples from the fractional index `start` on, `step` apart, interpolated."""
        low = int(np.floor(start))
        width = int(np.ceil(step * frames)) + 2
        at = start - low + step * np.arange(frames)
        samples = np.interp(at, np.arange(width), self.read(low, width).astype(np.float64))
        made: Int16 = np.rint(samples).astype(np.int16)
        return made
