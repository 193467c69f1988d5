"""Tells when the way through the device has become another one after an interruption."""

from __future__ import annotations

from collections import deque
from statistics import median

from app.audio.duplex import RENEWED, BlockRow

WIDTH = 25
"""Half a second of blocks."""
LEAST_S = 0.01
"""Less is how far what a device says of itself wanders."""


class DelayWatch:
    """Of one call that goes on; fed with each row of the device's table."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=WIDTH)
        self._first: float | None = None
        self._told_s = 0.0
        self._is_torn = False

    def push(self, row: BlockRow) -> str:
        """What to tell the person, instead of what was told before; mostly nothing."""
        if row.flags:
            self._is_torn = self._first is not None
            self._recent.clear()
        if row.flags & RENEWED and self._first is not None:
            self._told_s = self._first  # what was told of the stream before it holds no more
        self._recent.append(row.adc_s + row.dac_s)
        if not self._is_torn and self._first is not None:
            return ""
        if len(self._recent) < WIDTH or max(self._recent) - min(self._recent) >= LEAST_S:
            return ""  # the first moments of a stream
        now_s = median(self._recent)
        if self._first is None:
            self._first = self._told_s = now_s
            return ""
        self._is_torn = False
        if abs(now_s - self._told_s) < LEAST_S:
            return ""
        self._told_s = now_s
        return (
            f"The sound was torn. The way through the device is {now_s * 1000:.0f} ms now and was "
            f"{self._first * 1000:.0f} ms; times are measured with it."
        )
