"""The call's clock: from times of the machine and of the device to the caller's sample index.

What was given to the loudspeaker at a callback is heard later by the way through the device, in
and out. The device says how much. What it says of the way out is steady; what it says of the way
in falls behind the truth, by a part of a ms each second, until the sound server sets it right
again, and now and then too far. So the delay is a high quantile of what is said over half a minute,
but not far above its median, anew after each interruption of the stream: a flag, or a jump of the
way out. Over 20 calls through a sound server that works in blocks of 10 ms the median was 1 to 8 ms
below the truth and the quantile up to 9 ms above it; in blocks of 2 ms the delay was within 1.

What a check before the call found beyond what the device says belongs to the way out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.agents.device_delay import from_json
from app.agents.recorded import Recorded

Int16 = NDArray[np.int16]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

WINDOW_BLOCKS = 1_500
"""Over so much the delay is one figure: 30 s."""
QUANTILE = 0.9
OVER_MEDIAN_S = 0.003
STRAY_S = 0.015
"""Figures further from the median than this are of the stream's first moment."""
EDGE_BLOCKS = 12
JUMP_MS = 5.0
"""The way out has jumped when its median over a quarter of a second moved by more."""
MOVED_MS = 3.0
"""A delay that drifted by more is laid anew, even while the agent speaks."""


class CallClock:
    """Of one recorded call.

    Args:
        call: with its blocks.
    """

    def __init__(self, call: Recorded) -> None:
        self.rate_hz = call.rate_hz
        self._index = np.array([b.index for b in call.blocks], np.int64)
        self._position = np.array([b.position for b in call.blocks], np.int64)
        self._count = np.array([b.count for b in call.blocks], np.int64)
        at_s = self._at_s = np.array([b.at_ns for b in call.blocks], np.int64) / 1e9
        lead_s = np.array([b.adc_s + b.dac_s for b in call.blocks])
        heard_s = at_s + np.array([b.dac_s for b in call.blocks]) - self._index / call.rate_hz
        flags = np.array([b.flags for b in call.blocks], np.int64)
        cuts = _cuts(heard_s, flags)
        lead_s = _per_window(lead_s, cuts, steady_delay)
        self._zero_s = _per_window(heard_s, cuts, _middle) - lead_s
        checked = from_json(call.head.get("delay"))
        self.unsaid = 0 if checked is None else round(checked.unsaid_ms * call.rate_hz / 1000)
        """Samples that a check before the call found the device to be later than it says."""
        lead = lead_s * call.rate_hz + self.unsaid
        self.shift = _steps(lead, self._count == 0, MOVED_MS * call.rate_hz / 1000)
        """By block: how many samples later what was given is heard."""
        self._blocks = len(call.blocks)
        self._last = len(call.heard)

    def index_at(self, at_ns: int) -> int:
        """The caller index at a time of the machine's monotonic clock."""
        if not self._blocks:
            return 0
        at_s = at_ns / 1e9
        block = int(np.clip(np.searchsorted(self._at_s, at_s), 0, self._blocks - 1))
        return round((at_s - float(self._zero_s[block])) * self.rate_hz)

    def heard_at(self, position: int) -> int | None:
        """When a frame of the play queue was heard; None where it never was."""
        block = int(np.searchsorted(self._position, position, side="right")) - 1
        while block > 0 and not self._count[block]:
            block -= 1
        if block < 0 or not 0 <= position - self._position[block] < self._count[block]:
            return None
        into = position - int(self._position[block])
        return int(self._index[block]) + into + int(self.shift[block])

    def laid(self, heard: Int16, low: int, high: int) -> Int16:
        """Frames `[low, high)` of what was given to the device, laid where it was heard.

        Args:
            heard: the track as given, of which only a part is read.
            low: first frame of the call.
            high: the one after the last.
        """
        out = np.zeros(high - low, np.int16)
        for start, end, by in self._runs:
            first, last = max(start + by, low), min(end + by, high)
            if first < last:
                out[first - low : last - low] = heard[first - by : last - by]
        return out

    @cached_property
    def _runs(self) -> list[tuple[int, int, int]]:
        """(first frame, one after the last, shift) of what was given with one delay."""
        edges = (np.flatnonzero(np.diff(self.shift)) + 1).tolist()
        bounds = [*self._index.tolist(), self._last]
        return [
            (bounds[first], bounds[last], int(self.shift[first]))
            for first, last in pairwise([0, *edges, self._blocks])
            if first < last
        ]

    def jumps(self) -> Int64:
        """Indexes at which the delay changed while the agent was speaking."""
        edges = np.flatnonzero(np.diff(self.shift)) + 1
        return self._index[[e for e in edges if self._count[e]]]


def _cuts(heard_s: Float64, flags: Int64) -> list[int]:
    """Blocks at which the stream was interrupted, as it says or as its way out shows."""
    found = set(np.flatnonzero(flags).tolist())
    width = EDGE_BLOCKS
    if len(heard_s) > 2 * width:
        rows = np.median(np.lib.stride_tricks.sliding_window_view(heard_s, width), axis=1)
        step = np.abs(rows[width:] - rows[:-width])
        while len(step) and step.max() > JUMP_MS / 1000:
            at = int(step.argmax())
            found.add(at + width)
            step[max(0, at - width) : at + width + 1] = 0.0
    return sorted(found)


def _per_window(values: Float64, cuts: list[int], figure: Callable[[Float64], float]) -> Float64:
    """One figure for each window between cuts, in place of its values."""
    out = values.copy()
    for first, last in pairwise([0, *cuts, len(values)]):
        parts = max(1, round((last - first) / WINDOW_BLOCKS))
        for low, high in pairwise(np.linspace(first, last, parts + 1).astype(int).tolist()):
            if low < high:
                out[low:high] = figure(values[low:high])
    return out


def _middle(values: Float64) -> float:
    return float(np.median(values))


def steady_delay(lead_s: Float64) -> float:
    """The way through a device, of what it said of it block by block; see above."""
    near = lead_s[np.abs(lead_s - np.median(lead_s)) <= STRAY_S]
    if not len(near):
        return _middle(lead_s)
    return min(float(np.quantile(near, QUANTILE)), _middle(near) + OVER_MEDIAN_S)


def _steps(lead: Float64, silent: NDArray[np.bool_], jump: float) -> Int64:
    """Whole samples that stay while the agent speaks, unless the delay really jumps."""
    out = np.zeros(len(lead), np.int64)
    kept = round(float(lead[0])) if len(lead) else 0
    for i, value in enumerate(lead.tolist()):
        if silent[i] or abs(value - kept) > jump:
            kept = round(value)
        out[i] = kept
    return out
