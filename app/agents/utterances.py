"""Names for the utterances of an agent whose protocol gives none.

One ends when its sound would have been played and nothing more has come for a while; in a stream
that never pauses, where it was silent for longer than a speaker's pause. What an agent holds back
for longer than that counts as a new utterance, not as a gap in the old one.
"""

from __future__ import annotations

import numpy as np

from app.agents.link import Int16
from app.agents.onsets import AUDIBLE

MADE_UP = "agent-"
"""How the names begin that are given here."""
LATE_S = 0.3
PAUSE_S = 0.7


class Utterances:
    """Of one call; used by the thread that receives."""

    def __init__(self) -> None:
        self._number = 1
        self._until_ns = 0
        self._silent_s = 0.0
        self.is_open = False

    @property
    def current(self) -> str:
        """The utterance that goes on, or the next one."""
        return f"{MADE_UP}{self._number}"

    def starts_anew(self, pcm: Int16, at_ns: int) -> bool:
        """Whether a packet belongs to another utterance than the one that goes on."""
        is_heard = bool(len(pcm)) and int(np.abs(pcm.astype(np.int32)).max()) >= AUDIBLE
        return self.has_ended(at_ns) or (is_heard and self.is_open and self._silent_s > PAUSE_S)

    def sound(self, pcm: Int16, rate_hz: int, at_ns: int) -> str:
        """Count a packet to the utterance that goes on, or begin the next; its name."""
        self.is_open = True
        self._until_ns = max(self._until_ns, at_ns) + round(len(pcm) / rate_hz * 1e9)
        loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) >= AUDIBLE)
        if len(loud):
            self._silent_s = 0.0
        self._silent_s += (len(pcm) - 1 - int(loud[-1]) if len(loud) else len(pcm)) / rate_hz
        return self.current

    def has_ended(self, now_ns: int) -> bool:
        """Whether all of it should have been played, and nothing follows."""
        return self.is_open and now_ns > self._until_ns + LATE_S * 1e9

    def end(self) -> str:
        """What comes from now on is another utterance; the name of this one."""
        ended = self.current
        if self.is_open:
            self.is_open, self._silent_s, self._until_ns = False, 0.0, 0
            self._number += 1
        return ended
