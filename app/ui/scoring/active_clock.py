"""Time spent on an item, without the time spent away from it."""

from __future__ import annotations

import time
from collections.abc import Callable

IDLE_S = 60.0


class ActiveClock:
    """Adds up time between signs of life; a gap longer than `IDLE_S` does not count.

    `tick` on every key, click or playback step; `take` hands over the milliseconds since the
    last `take`.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last = now()
        self._active_s = 0.0
        self.total_ms = 0

    def tick(self) -> None:
        """A sign of life."""
        now = self._now()
        gap = now - self._last
        if gap <= IDLE_S:
            self._active_s += gap
        self._last = now

    def take(self) -> int:
        """Milliseconds of activity since the last `take`; starts again from zero."""
        self.tick()
        taken = round(self._active_s * 1000)
        self._active_s = 0.0
        self.total_ms += taken
        return taken
