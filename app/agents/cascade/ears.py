"""The caller's side: the bundled detector on the stream, and where an utterance begins and ends."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.agents.cascade.setup import EndPointing
from app.agents.hearing import WINDOW_MS, Endpointer, Float32, StreamDetector, Window
from app.agents.link import Int16
from app.domain.ids import new_id

KEPT_MS = 120_000.0
"""Of an utterance, what is recognised at most."""
TAIL_MS = 100.0
"""Sound after the detected end that is recognised, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What the caller said: sound, (n,) at 16 kHz, or words that were typed."""

    item_id: str
    ended_ns: int
    end_ms: float = 0.0
    samples: Float32 | None = None
    text: str = ""


class Ears:
    """A thread that listens. Its callbacks must return at once.

    Args:
        rate_hz: of the sound.
        how: when the caller has begun and finished.
        began: told of an utterance: its id, and the ms of the stream at which it began.
        ended: given it.
        taken: told the caller index up to which sound was listened to.
    """

    def __init__(
        self,
        rate_hz: int,
        how: EndPointing,
        *,
        began: Callable[[str, float], None],
        ended: Callable[[Utterance], None],
        taken: Callable[[int], None],
    ) -> None:
        self._rate_hz, self._how = rate_hz, how
        self._told_began, self._told_ended, self._taken = began, ended, taken
        self._jobs: queue.SimpleQueue[tuple[Int16, int] | str] = queue.SimpleQueue()
        self._windows: deque[Window] = deque(maxlen=round(KEPT_MS / WINDOW_MS))
        self._ends = Endpointer(how.threshold, how.silence_ms, how.least_ms)
        self._item, self._since_ms = "", 0.0
        self._thread = threading.Thread(
            target=self._run, name="callbench-cascade-ears", daemon=True
        )
        self._thread.start()

    def hear(self, pcm: Int16, until: int) -> None:
        """Listen to (frames,) up to caller index `until`, when there is time."""
        self._jobs.put((pcm, until))

    def commit(self) -> None:
        """The caller says that what was sent so far is all."""
        self._jobs.put("commit")

    def close(self) -> None:
        """Listen no more."""
        self._jobs.put("close")
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        detector = StreamDetector(self._rate_hz)
        while (job := self._jobs.get()) != "close":
            if isinstance(job, str):
                self._finish(self._windows[-1].end_ms if self._windows else 0.0)
                continue
            pcm, until = job
            for window in detector.push(pcm):
                self._take(window)
            self._taken(until)

    def _take(self, window: Window) -> None:
        self._windows.append(window)
        change = self._ends.push(window)
        if change == "began" and not self._item:
            self._item, self._since_ms = new_id(), self._ends.start_ms
            self._told_began(self._item, self._since_ms)
        elif change == "ended" and self._how.automatic:
            self._finish(self._ends.end_ms)

    def _finish(self, end_ms: float) -> None:
        if not self._item:
            return
        first, last = self._since_ms - self._how.pre_roll_ms, end_ms + TAIL_MS
        parts = [w.samples for w in self._windows if first < w.end_ms <= last]
        item, self._item = self._item, ""
        self._told_ended(
            Utterance(
                item_id=item,
                ended_ns=time.monotonic_ns(),
                end_ms=end_ms,
                samples=np.concatenate(parts) if parts else np.zeros(0, np.float32),
            )
        )
