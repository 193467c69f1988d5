"""When the agent is heard to begin and to end, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int16 = NDArray[np.int16]

AUDIBLE = 328
"""-40 dB of full scale: from here on the agent is heard."""
QUIET_MS = 600.0
"""The agent has begun anew after so much silence."""


@dataclass(slots=True)
class AgentEar:
    """Of the agent's side: where it last began, and where it was last audible; -1 for never."""

    rate_hz: int
    began: int = -1
    last: int = -1

    def hear(self, first: int, heard: Int16) -> None:
        """What the agent's side sounds like from `first` on, at the time it is heard."""
        loud = np.flatnonzero(np.abs(heard.astype(np.int32)) >= AUDIBLE)
        if not len(loud):
            return
        onset = first + int(loud[0])
        if self.last < 0 or onset - self.last > QUIET_MS * self.rate_hz / 1000:
            self.began = onset
        self.last = first + int(loud[-1])
