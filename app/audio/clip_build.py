"""From stored clips to what the device plays: its rate, two ears, a gap between two clips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.audio import polyphase
from app.audio.play_types import FloatBlock

Samples = NDArray[np.float32]


def read(path: Path, device_hz: int) -> Samples:
    """A mono file (frames,) at the device's rate."""
    import soundfile

    samples, rate_hz = soundfile.read(path, dtype="float32")
    return at_rate(samples, int(rate_hz), device_hz)


def at_rate(samples: Samples, rate_hz: int, device_hz: int) -> Samples:
    """A mono clip (frames,) at the device's rate, converted once."""
    return polyphase.convert(np.ascontiguousarray(samples, np.float32), rate_hz, device_hz)


def both_ears(samples: Samples) -> FloatBlock:
    """The same in both ears."""
    return np.repeat(samples[:, None], 2, axis=1)


def one_ear(samples: Samples, *, left: bool) -> FloatBlock:
    """In one ear alone."""
    out = np.zeros((len(samples), 2), np.float32)
    out[:, 0 if left else 1] = samples
    return out


def in_turn(parts: Sequence[FloatBlock], gap_frames: int) -> FloatBlock:
    """Clips one after another with silence between."""
    if len(parts) == 1:
        return parts[0]
    gap = np.zeros((gap_frames, 2), np.float32)
    pieces: list[FloatBlock] = []
    for part in parts:
        pieces += [gap, part] if pieces else [part]
    return np.concatenate(pieces) if pieces else gap[:0]
