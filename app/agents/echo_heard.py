"""The agent's own voice in the caller's sound, where the loudspeaker reaches the microphone.

It would be taken for a caller who interrupts. So the echo is looked for in the recording itself,
whatever a check before the call said, and stretches that are nothing else are not the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.agents.clock import CallClock
from app.agents.recorded import Recorded
from app.agents.speech_found import AgentSpeech
from app.audio import echo_check
from app.audio.echo_check import EARLY_S, REACH_S, Int16
from app.domain.calls import Span

PIECES, PIECE_S = 12, 4.0
"""So many utterances of the agent, and so much of each, tell the echo."""
FAINT_DB = -60.0
"""What is fainter nobody hears."""
ECHO_SHARE = 0.5
"""From here on a stretch of the caller's sound is the echo, not the caller."""
MARGIN_S = 0.05
EARLIEST_MS = -20.0
"""What comes back sooner is no echo, but the caller's own voice in the agent's sound."""


@dataclass(frozen=True, slots=True)
class EchoHeard:
    """The echo of one call; see `find`."""

    return_db: float
    delay_ms: float
    _call: Recorded
    _clock: CallClock

    def is_all(self, span: Span) -> bool:
        """Whether a stretch of what the caller said is nothing but the agent's voice."""
        rate_hz, track = self._call.rate_hz, said(self._call)
        low = max(0, span.start - round((self.delay_ms / 1000 + MARGIN_S) * rate_hz))
        high = min(len(track), span.end + round(MARGIN_S * rate_hz))
        played = self._clock.laid(self._call.heard, low, high)
        share = echo_check.explained(played, track[low:high], rate_hz, self.delay_ms)
        return share >= ECHO_SHARE


def find(call: Recorded, clock: CallClock, agent: tuple[AgentSpeech, ...]) -> EchoHeard | None:
    """The echo of the agent in what the caller said; None where none is heard."""
    if not agent:
        return None
    track, rate_hz = said(call), call.rate_hz
    picked = np.unique(np.linspace(0, len(agent) - 1, PIECES).astype(int)).tolist()
    played: list[Int16] = []
    back: list[Int16] = []
    for speech in (agent[i] for i in picked):
        low = max(0, speech.onset - round(EARLY_S * rate_hz))
        last = min(speech.end, speech.onset + round(PIECE_S * rate_hz))
        high = min(len(track), last + round(REACH_S * rate_hz))
        if low < high:
            played.append(clock.laid(call.heard, low, high))
            back.append(np.asarray(track[low:high]))
    if not played:
        return None
    found = echo_check.measure(np.concatenate(played), np.concatenate(back), rate_hz)
    if found is None or found.delay_ms is None:
        return None
    if found.delay_ms < EARLIEST_MS or found.return_db < FAINT_DB:
        return None
    return EchoHeard(found.return_db, found.delay_ms, call, clock)


def said(call: Recorded) -> Int16:
    """The caller's sound before noise and a simulated line."""
    return call.sent if call.said is None else call.said
