"""What is known of a recording before and after decoding; shared by the decoders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.audio import wav
from app.domain.calls import Finding

CHUNK_FRAMES = 65_536

Engine = Literal["wav", "soundfile", "av"]
Sink = Callable[[int, NDArray[Any]], None]
"""Takes (first frame, block (frames, channels) int16 or float32). Every block but the last has
exactly CHUNK_FRAMES frames and starts at a multiple of it; the array is reused after return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a recording is, before decoding. `frame_count` is None where only decoding tells."""

    path: Path
    container: str
    codec: str
    engine: Engine
    rate_hz: int
    channels: int
    frame_count: int | None
    duration_s: float
    bits: int | None
    is_float: bool
    findings: tuple[Finding, ...] = ()
    layout: wav.WavLayout | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of decoded samples."""
        return np.dtype(np.float32 if self.is_float else np.int16)

    @property
    def can_seek(self) -> bool:
        """Whether parts can be decoded on their own, sample-exact."""
        return self.engine != "av" and self.frame_count is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """How a decoding ended. `bad_samples` were NaN or infinite and are silent now."""

    frame_count: int
    findings: tuple[Finding, ...]
    bad_samples: int = 0


def truncated(path: Path, have: int, promised: int, rate_hz: int) -> Finding:
    """The finding for a file that is shorter than its header says. Counts in frames."""
    return Finding(
        code="truncated",
        message=f"{path.name} is cut off: its header promises {promised / rate_hz:.1f} s but there "
        f"are {have / rate_hz:.1f} s, which are used.",
    )


def nan_samples(path: Path, count: int) -> Finding:
    """The finding for samples that are no numbers."""
    return Finding(
        code="nan_samples",
        message=f"{path.name} has {count} samples that are no numbers (NaN or infinite); they are "
        "silent here.",
    )


class Blocks:
    """Collects pieces of any length into the sink's blocks of equal length."""

    def __init__(self, sink: Sink, channels: int, dtype: np.dtype[Any]) -> None:
        self._size = CHUNK_FRAMES
        self._buffer = np.empty((self._size, channels), dtype)
        self._sink = sink
        self._held = 0
        self.frames = 0

    def add(self, data: NDArray[Any]) -> None:
        """Take (frames, channels)."""
        at = 0
        while at < len(data):
            take = min(len(data) - at, self._size - self._held)
            self._buffer[self._held : self._held + take] = data[at : at + take]
            self._held += take
            at += take
            self.frames += take
            if self._held == self._size:
                self.flush()

    def flush(self) -> None:
        """Hand on what is held; call it once, at the end."""
        if self._held:
            self._sink(self.frames - self._held, self._buffer[: self._held])
            self._held = 0
