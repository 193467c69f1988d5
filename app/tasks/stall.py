"""Watches the window's event loop: how late does a timer fire?

A timer that fires late means that something held the main thread, or the interpreter, for that
long: keys, play head and painting waited as well. Main thread only.
"""

from __future__ import annotations

import logging
import time
from array import array
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

log = logging.getLogger("callbench.tasks")

INTERVAL_MS = 16
CALM_INTERVAL_MS = 100
"""For a window in use: it wakes the machine seldom and still meets most stalls."""
LIMIT_MS = 50.0
KEPT = 65_536
"""Ticks remembered: some 17 minutes at 16 ms."""


class StallWatch(QObject):
    """Measures the lateness of a timer and logs what passes the limit.

    Args:
        parent: owner.
        interval_ms: of the timer; 16 ms to measure, more to keep an eye on it.
        limit_ms: lateness that is logged.
        on_stall: called with the lateness in ms when the limit is passed; tests fail by it.
        clock: seconds.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        interval_ms: int = INTERVAL_MS,
        limit_ms: float = LIMIT_MS,
        on_stall: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._limit_ms, self._on_stall, self._clock = limit_ms, on_stall, clock
        self._late_ms = array("d")
        self._next = 0
        self._due_s = 0.0
        self._interval_s = interval_ms / 1000
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Begin to measure; what was measured before is forgotten."""
        self._late_ms = array("d")
        self._next = 0
        self._due_s = self._clock() + self._interval_s
        self._timer.start()

    def stop(self) -> None:
        """Stop; the figures stay."""
        self._timer.stop()

    def tick(self) -> None:
        """The timer fired: note how late."""
        now_s = self._clock()
        late_ms = max(0.0, (now_s - self._due_s) * 1000)
        self._due_s = now_s + self._interval_s
        if len(self._late_ms) < KEPT:
            self._late_ms.append(late_ms)
        else:
            self._late_ms[self._next] = late_ms
            self._next = (self._next + 1) % KEPT
        if late_ms > self._limit_ms:
            log.warning("the window was held up for %.0f ms", late_ms)
            if self._on_stall is not None:
                self._on_stall(late_ms)

    @property
    def ticks(self) -> int:
        """How many latenesses are kept."""
        return len(self._late_ms)

    def late_ms(self) -> list[float]:
        """The latenesses kept, in ms; in no order once old ones were dropped."""
        return self._late_ms.tolist()

    def percentile_ms(self, percent: float) -> float:
        """The lateness that `percent` of the ticks do not pass; 0 before the first tick."""
        ordered = sorted(self._late_ms)
        if not ordered:
            return 0.0
        rank = -(-len(ordered) * percent // 100)  # nearest rank: a value that did occur
        return ordered[max(0, min(len(ordered), int(rank)) - 1)]

    @property
    def worst_ms(self) -> float:
        """The largest lateness."""
        return max(self._late_ms, default=0.0)
