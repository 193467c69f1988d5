"""The caller's sound in packets of one size, however it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from app.agents.link import Int16


class Packets:
    """Of one call.

    Args:
        frames: of a packet.
    """

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._rest: Int16 = np.zeros(0, np.int16)
        self._taken = self._given = 0
        self._ends: deque[tuple[int, int]] = deque()

    def push(self, pcm: Int16, until: int) -> Iterator[tuple[Int16, int]]:
        """Whole packets, each with the caller index up to which all has left with it, or -1."""
        self._taken += len(pcm)
        self._ends.append((self._taken, until))
        pcm = np.concatenate([self._rest, pcm])
        whole = len(pcm) - len(pcm) % self._frames
        self._rest = pcm[whole:]
        for at in range(0, whole, self._frames):
            self._given += self._frames
            reached = -1
            while self._ends and self._ends[0][0] <= self._given:
                reached = self._ends.popleft()[1]
            yield pcm[at : at + self._frames], reached
