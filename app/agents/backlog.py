"""Tells how far a call's sound has fallen behind, and what is missing once its device is open anew.

A program that was stopped, or a machine that was too busy, leaves sound waiting in front of it.
Sound servers keep that for ever: every block is as late from then on. Only another stream helps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from statistics import median

from app.audio.duplex import RENEWED, BlockRow

WIDTH = 25
"""Half a second of blocks."""
LATER_S, PATIENCE_S = 1.0, 2.0
"""The way through the device is too long where it has stayed so much longer for so long."""


class Backlog:
    """Of one call; fed with the rows of the device's table, on the call's clock.

    Args:
        rate_hz: of the call.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._recent: deque[tuple[float, float]] = deque(maxlen=WIDTH)
        self._usual_s, self._adc_s = float("inf"), 0.0
        self._zeros_s: deque[float] = deque(maxlen=WIDTH)
        self._late_since_ns: int | None = None
        self.behind_s = 0.0
        """How much longer than usual the way has been for a while; else 0."""

    def push(self, rows: Iterable[BlockRow]) -> None:
        """The device's newest blocks."""
        for row in rows:
            if row.flags & RENEWED:
                self._late_since_ns = None
            self._learn(row)
            self._push(row)

    def missing(self, at_ns: int, index: int) -> int:
        """Frames that a new stream's first block lies behind the `index` it would get.

        Args:
            at_ns: when that block was called.
            index: the frame behind the last that was captured before it.
        """
        if not self._zeros_s:
            return 0
        due_s = at_ns / 1e9 - self._adc_s - median(self._zeros_s)
        return max(0, round(due_s * self._rate_hz) - index)

    def _learn(self, row: BlockRow) -> None:
        """The shortest way of half a second: at its start a device may tell of longer ones."""
        self._recent.append((row.adc_s + row.dac_s, row.adc_s))
        way_s, adc_s = (median(x) for x in zip(*self._recent))
        if way_s < self._usual_s:
            self._usual_s, self._adc_s = way_s, adc_s

    def _push(self, row: BlockRow) -> None:
        later_s = row.adc_s + row.dac_s - self._usual_s
        if later_s <= LATER_S:
            self._zeros_s.append(row.at_ns / 1e9 - row.adc_s - row.index / self._rate_hz)
            self._late_since_ns, self.behind_s = None, 0.0
            return
        if self._late_since_ns is None:
            self._late_since_ns = row.at_ns
        has_stayed = row.at_ns - self._late_since_ns >= PATIENCE_S * 1e9
        self.behind_s = later_s if has_stayed else 0.0
