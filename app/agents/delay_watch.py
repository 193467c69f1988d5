"""Tells when the way through the device has become another one after an interruption."""

from __future__ import annotations

from collections import deque
from statistics import median

from app.audio.duplex import BlockRow

WIDTH = 25
"""Half a second of blocks, before and after."""
LEAST_S = 0.01
"""Less is how far what a device says of itself wanders."""


class DelayWatch:
    """Of one call that goes on; fed with each row of the device's table."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=WIDTH)
        self._before: float | None = None

    def push(self, row: BlockRow) -> str:
        """What to tell the person; mostly nothing."""
        if row.flags:
            if self._before is None and len(self._recent) == WIDTH:
                self._before = median(self._recent)
            self._recent.clear()
        self._recent.append(row.adc_s + row.dac_s)
        if self._before is None or not self._is_steady():
            return ""
        change_s, self._before = median(self._recent) - self._before, None
        if abs(change_s) < LEAST_S:
            return ""
        way = "longer" if change_s > 0 else "shorter"
        return (
            f"The sound was torn. The way through the device is {abs(change_s) * 1000:.0f} ms "
            f"{way} since then; times are measured with it."
        )

    def _is_steady(self) -> bool:
        """Not in the first moments of a stream that was started anew."""
        return len(self._recent) == WIDTH and max(self._recent) - min(self._recent) < LEAST_S
