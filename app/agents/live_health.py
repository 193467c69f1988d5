"""How the recorder, the device's clock and the network fare while a call goes on."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.agents.live_view import Health
from app.agents.recording import Packet
from app.audio.duplex import INPUT_OVERFLOW, OUTPUT_UNDERFLOW, BlockRow

DISK_EVERY_S = 2.0
DRIFT_EVERY, DRIFT_POINTS = 25, 240
"""The clocks are compared each half second, over two minutes."""
DRIFT_LEAST_S = 10.0
GAPS = 500


class HealthMeter:
    """Fed with the device's blocks and the agent's packets.

    Args:
        rate_hz: of the call.
        folder: where it is recorded.
    """

    def __init__(self, rate_hz: int, folder: Path) -> None:
        self._rate_hz, self._folder = rate_hz, folder
        self._underruns = self._overruns = self._lost = self._rows = 0
        self._points: deque[tuple[float, float]] = deque(maxlen=DRIFT_POINTS)
        self._window: list[tuple[float, float]] = []
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._packet: Packet | None = None
        self._free: int | None = None
        self._asked_at = -DISK_EVERY_S
        self._delay_s: float | None = None
        self._drift_ppm: float | None = None
        self.written = 0

    def blocks(self, rows: Sequence[BlockRow]) -> None:
        """Rows of the device's table."""
        for row in rows:
            self._underruns += bool(row.flags & OUTPUT_UNDERFLOW)
            self._overruns += bool(row.flags & INPUT_OVERFLOW)
            self._window.append((row.index / self._rate_hz, row.at_ns / 1e9))
            if len(self._window) == DRIFT_EVERY:
                # A callback is late at times and never early: the earliest of some is the clock.
                self._points.append(min(self._window, key=lambda p: p[1] - p[0]))
                self._window.clear()
                self._drift_ppm = self._drift()
        if rows:
            self._delay_s = rows[-1].adc_s + rows[-1].dac_s
        now = time.monotonic()
        if now - self._asked_at >= DISK_EVERY_S:  # here, since a busy disk keeps one waiting
            self._asked_at, self._free = now, self._disk_free()

    def lost(self, blocks: int) -> None:
        """The reader was too late for so many blocks."""
        self._lost += blocks

    def ran_dry(self) -> None:
        """The agent's sound came too late in the middle of an utterance."""
        self._underruns += 1

    def packet(self, packet: Packet) -> None:
        """Sound of the agent's came."""
        before, self._packet = self._packet, packet
        if before is not None and before.item_id == packet.item_id:
            self._gaps.append((packet.at_ns - before.at_ns) / 1e6)

    def shown(self) -> Health:
        """As it stands."""
        gaps = sorted(self._gaps)  # not by numpy, which lets go of the interpreter: a reader waits
        return Health(
            underruns=self._underruns,
            overruns=self._overruns + self._lost,
            lost_blocks=self._lost,
            drift_ppm=self._drift_ppm,
            disk_free_bytes=self._free,
            bytes_written=self.written,
            gap_p50_ms=_share(gaps, 0.5),
            gap_p95_ms=_share(gaps, 0.95),
            delay_ms=None if self._delay_s is None else self._delay_s * 1000,
        )

    def _drift(self) -> float | None:
        """How much faster the device's clock runs than the machine's."""
        points = [*self._points]
        if len(points) < 3 or points[-1][0] - points[0][0] < DRIFT_LEAST_S:
            return None
        device, machine = (np.array(x) for x in zip(*points))
        slope = float(np.polyfit(machine - machine[0], device - device[0], 1)[0])
        return (slope - 1) * 1e6

    def _disk_free(self) -> int | None:
        try:
            return shutil.disk_usage(self._folder).free
        except OSError:
            return None


def _share(ordered: Sequence[float], share: float) -> float | None:
    """The value that so great a share does not exceed, between its neighbours."""
    if not ordered:
        return None
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])
