"""Speech as it comes, cheap enough for every block: by level, with a hang-over.

It serves the live view and what waits for the agent to speak. No figure that is kept comes from
here.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from app.agents.live_view import Int16
from app.domain.calls import Span

HANGOVER_MS = 350.0
"""Silence after which a run has ended."""
LEAST_MS = 60.0
OVER_FLOOR_DB = 12.0
FLOOR_BLOCKS = 250
"""The floor is the quietest tenth of the last 5 s."""
LEAST_PEAK = 130
"""-48 dB of full scale: what is softer is no speech, however quiet the room."""
KEPT_RUNS = 400


class LiveSpeech:
    """Runs of speech of one side.

    Args:
        rate_hz: of the samples.
        adaptive: whether there is a floor of noise to rise above, as of a microphone.
    """

    def __init__(self, rate_hz: int, *, adaptive: bool) -> None:
        self._rate_hz, self._adaptive = rate_hz, adaptive
        self._peaks: deque[int] = deque(maxlen=FLOOR_BLOCKS)
        self._runs: deque[Span] = deque(maxlen=KEPT_RUNS)
        self._start = self._last = -1

    @property
    def started(self) -> int | None:
        """Where the run that goes on began; None in silence."""
        going = self._start >= 0 and self._last - self._start >= self._frames(LEAST_MS)
        return self._start if going else None

    @property
    def last(self) -> int:
        """The end of what was last loud, also within the hang-over."""
        return self._last

    @property
    def runs(self) -> tuple[Span, ...]:
        """The runs that have ended."""
        return tuple(self._runs)

    def push(self, first: int, pcm: Int16, block_frames: int) -> list[Span]:
        """Take samples that begin at frame `first`; the runs that ended with them."""
        ended: list[Span] = []
        for at in range(0, len(pcm), block_frames):
            self._block(first + at, pcm[at : at + block_frames], ended)
        return ended

    def _block(self, first: int, pcm: Int16, ended: list[Span]) -> None:
        level = np.abs(pcm.astype(np.int32))
        peak = int(level.max(initial=0))
        threshold = self._threshold()
        self._peaks.append(peak)
        if peak >= threshold:
            loud = np.flatnonzero(level >= threshold)
            if self._start < 0:
                self._start = first + int(loud[0])
            self._last = first + int(loud[-1]) + 1
        elif self._start >= 0 and first + len(pcm) - self._last > self._frames(HANGOVER_MS):
            run = Span(self._start, self._last)
            self._start = -1
            if run.frames >= self._frames(LEAST_MS):
                self._runs.append(run)
                ended.append(run)

    def _threshold(self) -> float:
        if not self._adaptive or len(self._peaks) < FLOOR_BLOCKS // 5:
            return float(LEAST_PEAK) * (2.0 if self._adaptive else 1.0)
        floor = float(np.partition(self._peaks, len(self._peaks) // 10)[len(self._peaks) // 10])
        return max(float(LEAST_PEAK), floor * 10 ** (OVER_FLOOR_DB / 20))

    def _frames(self, ms: float) -> float:
        return ms * self._rate_hz / 1000
