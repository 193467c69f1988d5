"""Tells when sound that was queued for the ear has been heard."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.audio.duplex import BlockRow


@dataclass(slots=True)
class _Wait:
    position: int
    done: Callable[[], None]
    due_ns: int | None = None


class PlayedWatch:
    """Of one call; any thread. What is waited for comes in order.

    Args:
        rate_hz: of the play queue.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._lock = threading.Lock()
        self._waits: deque[_Wait] = deque()

    def wait(self, position: int, done: Callable[[], None]) -> None:
        """Call `done` once all up to a position of the play queue was heard, or dropped."""
        with self._lock:
            self._waits.append(_Wait(position, done))

    def blocks(self, rows: Sequence[BlockRow], now_ns: int) -> None:
        """Blocks that went to the device."""
        with self._lock:
            for row in rows:
                self._given(row)
            ready = self._taken(now_ns)
        for wait in ready:
            wait.done()

    def drop(self) -> None:
        """Nothing of what was queued will be heard any more."""
        with self._lock:
            ready = list(self._waits)
            self._waits.clear()
        for wait in ready:
            wait.done()

    def _given(self, row: BlockRow) -> None:
        for wait in self._waits:
            if wait.position > row.position + row.count:
                return
            if wait.due_ns is None:
                into_s = max(0, wait.position - row.position) / self._rate_hz
                wait.due_ns = row.at_ns + round((row.dac_s + into_s) * 1e9)

    def _taken(self, now_ns: int) -> list[_Wait]:
        ready = []
        while self._waits and (due := self._waits[0].due_ns) is not None and due <= now_ns:
            ready.append(self._waits.popleft())
        return ready
