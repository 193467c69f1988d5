"""What the caller says where no person speaks: a recording, sample for sample on the call's clock.

Three ways: as it was recorded; by turns, where each utterance waits for the agent to finish; and
barging in, where each utterance after the first begins so many ms after the agent is heard.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from app.agents.onsets import AgentEar, Int16
from app.domain.calls import Span

TURN_MS = 900.0
"""The agent has finished after so much silence."""
PATIENCE_MS = 12_000.0
"""An agent that has not answered by then is not waited for."""
PAUSE_MS = 700.0
"""Speech with shorter pauses is one utterance."""


class CallerScript:
    """Gives the caller's sound block by block.

    Args:
        pcm: (frames,) at the call's rate.
        rate_hz: the call's.
        utterances: where speech lies in it; not needed for `as_recorded`.
        barge_in_ms: begin each utterance after the first so long after the agent is heard.
        as_recorded: keep the recording's own timing.
        keys: where in it a key to talk was pressed (True) and let go.
    """

    def __init__(
        self,
        pcm: Int16,
        rate_hz: int,
        utterances: tuple[Span, ...] = (),
        *,
        barge_in_ms: float | None = None,
        as_recorded: bool = True,
        keys: tuple[tuple[int, bool], ...] = (),
    ) -> None:
        self._pcm, self._ms = pcm, rate_hz / 1000
        self._barge_in_ms = barge_in_ms
        self._waiting: deque[Span] = deque()
        self._keys = deque(keys)
        self._playing = Span(0, len(pcm))
        self._start = 0
        self._ear = AgentEar(rate_hz)
        self._answered = False
        spans = _joined(utterances, round(PAUSE_MS * self._ms))
        if spans and (barge_in_ms is not None or not as_recorded):
            self._playing = Span(0, spans[0].end)
            self._waiting.extend(spans[1:])
            if barge_in_ms is not None and len(spans) == 1:
                self._waiting.append(spans[0])

    @property
    def said_until(self) -> int:
        """The caller index at which what is being said ends."""
        return self._start + self._playing.frames

    def is_over(self, index: int, patience_ms: float = PATIENCE_MS) -> bool:
        """Whether all was said, and the agent has answered it or will not."""
        if self._waiting or index < self.said_until:
            return False
        if self._answered:
            return index - self._ear.last > 2 * TURN_MS * self._ms
        return index - self.said_until > patience_ms * self._ms

    def hear(self, first: int, heard: Int16) -> None:
        """What the agent's side sounds like from `first` on, at the time it is heard."""
        self._ear.hear(first, heard)
        self._answered = self._answered or self._ear.began >= self.said_until

    def block(self, first: int, frames: int) -> Int16:
        """The caller's sound for `frames` from `first` on; silence where nothing is said."""
        self._plan(first)
        out = np.zeros(frames, np.int16)
        low = max(first, self._start)
        high = min(first + frames, self.said_until)
        if low < high:
            at = self._playing.start - self._start
            out[low - first : high - first] = self._pcm[low + at : high + at]
        return out

    def keys_until(self, index: int) -> list[tuple[int, bool]]:
        """What became of the key before a caller index: (index, whether it was pressed).

        An utterance that waits for the agent is not announced by its key.
        """
        by = self._start - self._playing.start
        found: list[tuple[int, bool]] = []
        while self._keys and self._keys[0][0] + by < index:
            at, pressed = self._keys[0]
            if pressed and self._waiting and at >= self._playing.end:
                break
            self._keys.popleft()
            found.append((max(at + by, self._start), pressed))
        return found

    def _plan(self, index: int) -> None:
        """Take up the next utterance when its time has come, or is known."""
        if not self._waiting or index < self.said_until:
            return
        due = self._due(index)
        if due is not None:
            self._playing = self._waiting.popleft()
            self._start = max(due, index)
            self._ear.began, self._answered = -1, False

    def _due(self, index: int) -> int | None:
        if self._ear.began < self.said_until:  # nothing was heard since
            late = index - self.said_until > PATIENCE_MS * self._ms
            return index if late else None
        if self._barge_in_ms is not None:
            return self._ear.began + round(self._barge_in_ms * self._ms)
        finished = index - self._ear.last > TURN_MS * self._ms
        return index if finished else None


def _joined(spans: tuple[Span, ...], gap: int) -> list[Span]:
    out: list[Span] = []
    for span in spans:
        if out and span.start - out[-1].end < gap:
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return out
