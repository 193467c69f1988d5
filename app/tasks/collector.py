"""Collects garbage on the main thread only, and a little at a time.

Python's collector may run on any thread and would there free objects that belong to Qt, so it is
switched off and driven by a timer. A full collection of everything that was ever imported takes
longer than a frame may; what has been there since the start is therefore set aside.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 2_000
FULL_EVERY = 30
"""Ticks between two full collections: a minute."""
SLOW_S = 0.015
"""A full collection that took longer has met lasting objects, such as a package imported since:
they are set aside as well."""


class Collector(QObject):
    """Switches automatic collection off and does it by a timer. Make one, on the main thread."""

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._ticks = 0
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    def tick(self) -> None:
        """Collect the young objects; once a minute all that are not set aside."""
        self._ticks += 1
        if self._ticks == 1:
            gc.freeze()
        elif self._ticks % FULL_EVERY:
            gc.collect(1)
        else:
            began_s = self._clock()
            gc.collect()
            if self._clock() - began_s > SLOW_S:
                gc.freeze()
