"""Who is speaking, how fast the agent answered, where both spoke: live, by both levels."""

from __future__ import annotations

from collections import deque

import numpy as np

from app.agents.live_speech import KEPT_RUNS, LiveSpeech
from app.agents.live_view import CallState, Int16, Interval, Latencies
from app.domain.calls import Span

TERMINAL_MS = 300.0
"""A caller who goes on for no longer than this was not talked over."""


class LiveTurns:
    """Both sides of a call that goes on.

    Args:
        rate_hz: of the call.
        block_frames: frames of a block.
        line_is_noisy: the agent's side comes through a microphone, too.
    """

    def __init__(self, rate_hz: int, block_frames: int, *, line_is_noisy: bool = False) -> None:
        self._rate_hz, self._block = rate_hz, block_frames
        self.caller = LiveSpeech(rate_hz, adaptive=True)
        self.agent = LiveSpeech(rate_hz, adaptive=line_is_noisy)
        self._intervals: deque[Interval] = deque(maxlen=KEPT_RUNS)
        self._latencies: deque[float] = deque(maxlen=KEPT_RUNS)
        self._agent_run = self._caller_run = -1
        self._answered = -1
        self._last_speaker = ""
        self.overlaps = 0
        self._figures = Latencies()

    def push(self, first: int, caller: Int16, heard: Int16, shift: int) -> None:
        """Blocks from frame `first` on; what was given to the ear is heard `shift` later."""
        if self.caller.push(first, caller, self._block):
            self._last_speaker = "caller"
        if self.agent.push(first + shift, heard, self._block):
            self._last_speaker = "agent"
        self._caller_began()
        self._agent_began()

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Responses, and overlaps as negative ones."""
        return tuple(self._intervals)

    def latencies(self) -> Latencies:
        """The figures so far."""
        return self._figures

    def state(self) -> CallState:
        """Of a line that is up."""
        if self.agent.started is not None:
            return "speaking"
        if self.caller.started is not None:
            return "listening"
        if self._last_speaker == "caller":
            return "thinking"
        return "listening" if self._last_speaker else "connected"

    def _caller_began(self) -> None:
        start = self.caller.started
        if start is None or start == self._caller_run:
            return
        self._caller_run = start
        if self.agent.started is not None and self.agent.started < start:
            self.overlaps += 1

    def _agent_began(self) -> None:
        onset = self.agent.started
        if onset is None or onset == self._agent_run:
            return
        self._agent_run = onset
        going = self.caller.started
        if going is not None and going < onset:
            self._talked_over(going, onset)
            return
        said = next((r for r in reversed(self.caller.runs) if r.end <= onset), None)
        if said is not None and said.end > self._answered:
            self._answered = said.end
            self._responded(said.end, onset)

    def _talked_over(self, going: int, onset: int) -> None:
        """The agent began while the caller spoke, or in the hang-over behind it."""
        last = self.caller.last
        if last <= onset:
            self._answered = last
            self._responded(last, onset)
        elif onset - going > TERMINAL_MS * self._rate_hz / 1000:
            self.overlaps += 1

    def _responded(self, end: int, onset: int) -> None:
        ms = (onset - end) * 1000 / self._rate_hz
        self._intervals.append(Interval(span=Span(end, onset), ms=ms))
        self._latencies.append(ms)
        p50, p95 = np.percentile(self._latencies, [50, 95]).tolist()
        self._figures = Latencies(last_ms=ms, p50_ms=p50, p95_ms=p95, n=len(self._latencies))
