"""A WAV file that grows while a call goes on and can be played at any moment of it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADER_BYTES = 44
COPY_FRAMES = 1 << 18
STAMP_S = 0.5
"""How old the sizes in the header may be; what was written is on disk at once in any case."""


class TrackFile:
    """One channel of 16 bits. A killed process leaves it whole but for the last moment.

    Args:
        path: written anew.
        rate_hz: of the samples.

    Raises:
        OSError: it cannot be written; also from every other method.
    """

    def __init__(self, path: Path, rate_hz: int) -> None:
        self.path, self.rate_hz, self.frames = path, rate_hz, 0
        self._stamped = 0
        self._file: Any = path.open("wb", buffering=0)
        self._stamp()

    def write(self, pcm: NDArray[np.int16]) -> None:
        """Append (frames,)."""
        self._file.write(np.ascontiguousarray(pcm, "<i2").data)
        self.frames += len(pcm)
        if self.frames - self._stamped >= STAMP_S * self.rate_hz:
            self._stamp()

    def copy(self, other: Path, frames: int) -> None:
        """Append the first `frames` of another track."""
        with other.open("rb") as source:
            source.seek(HEADER_BYTES)
            while frames > 0:
                piece = source.read(2 * min(frames, COPY_FRAMES))
                if not piece:
                    break
                self.write(np.frombuffer(piece, "<i2"))
                frames -= len(piece) // 2

    def close(self) -> None:
        """Write the final sizes."""
        if not self._file.closed:
            try:
                self._stamp()
            finally:
                self._file.close()

    def _stamp(self) -> None:
        size = 2 * self.frames
        head = struct.pack("<4sI4s4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16)
        head += struct.pack("<HHIIHH", 1, 1, self.rate_hz, 2 * self.rate_hz, 2, 16)
        head += struct.pack("<4sI", b"data", size)
        self._file.seek(0)
        self._file.write(head)
        self._file.seek(HEADER_BYTES + size)
        self._stamped = self.frames
