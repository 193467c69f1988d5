"""The last minutes of both sides as peaks, in rings whose memory does not grow."""

from __future__ import annotations

import numpy as np

from app.agents.live_view import Int16, Lane

KEPT_BLOCKS = 15_000
"""Five minutes of 20 ms."""
SPARE_BLOCKS = 250
"""Behind the oldest that are read: what is written while somebody reads hurts nobody."""


class PeakRing:
    """Least and greatest sample of each block of one side. One writer; readers never wait.

    Args:
        block_frames: frames of a block.
    """

    def __init__(self, block_frames: int, kept: int = KEPT_BLOCKS) -> None:
        self._block, self._kept = block_frames, kept
        self._size = kept + SPARE_BLOCKS
        self._ring: Int16 = np.zeros((self._size, 2), np.int16)
        self.blocks = 0

    def push(self, pcm: Int16) -> None:
        """Add whole blocks (n * block_frames,)."""
        rows = pcm.reshape(-1, self._block)
        slots = np.arange(self.blocks, self.blocks + len(rows)) % self._size
        self._ring[slots, 0], self._ring[slots, 1] = rows.min(axis=1), rows.max(axis=1)
        self.blocks += len(rows)  # last: readers trust all rows below it

    def push_silence(self, blocks: int) -> None:
        """Add blocks of which nothing is known."""
        slots = np.arange(self.blocks, self.blocks + min(blocks, self._size)) % self._size
        self._ring[slots] = 0
        self.blocks += blocks

    def read(self, from_frame: int, shift: int = 0) -> Lane:
        """Everything kept from `from_frame` on.

        Args:
            from_frame: of the call.
            shift: how many frames later what was given is heard.
        """
        until = self.blocks
        first = max(0, (from_frame - shift) // self._block, until - self._kept)
        first = min(first, until)
        peaks = self._ring[np.arange(first, until) % self._size]
        return Lane(first_frame=first * self._block + shift, block_frames=self._block, peaks=peaks)
