"""Puts a recording on a call's time line: rate, clock drift and offset, block by block.

Tracks of one call may have been recorded at different rates, by clocks that differ, and may not
start together. What comes out starts at the call's frame 0 and runs at the call's rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.polyphase import Resampler
from app.audio.recording import CHUNK_FRAMES
from app.audio.resample import convert_at
from app.domain.work import Work

_MAX_DENOMINATOR = 20_000
"""Ratios with drift are rounded to this: at worst 1 sample in four hundred million."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How a recording lies on the call's time line. `offset_frames` counts at `rate_hz`."""

    rate_hz: int
    offset_frames: int = 0
    drift_ppm: float = 0.0

    def is_identity(self, source_hz: int) -> bool:
        """Whether the recording can be used as it is."""
        return self.rate_hz == source_hz and not self.offset_frames and not self.drift_ppm

    def key(self) -> str:
        """Part of a cache key."""
        return f"r{self.rate_hz}o{self.offset_frames}d{self.drift_ppm:g}"

    def ratio(self, source_hz: int) -> Fraction:
        """Frames of the call per frame of the recording."""
        if not self.drift_ppm:
            return Fraction(self.rate_hz, source_hz)
        actual = source_hz * (1 + self.drift_ppm * 1e-6)
        return Fraction(self.rate_hz / actual).limit_denominator(_MAX_DENOMINATOR)


def placed_blocks(
    samples: NDArray[Any], source_hz: int, placement: Placement, ctx: Work
) -> Iterator[NDArray[Any]]:
    """Pieces (frames, channels) of `samples` placed on the call's time line, in order.

    A positive offset begins with silence; a negative one drops what lies before the call.
    """
    lead = placement.offset_frames
    while lead > 0:
        step = min(lead, CHUNK_FRAMES)
        yield np.zeros((step, samples.shape[1]), samples.dtype)
        lead -= step
    drop = -lead
    for piece in _converted(samples, source_hz, placement, ctx):
        if drop >= len(piece):
            drop -= len(piece)
            continue
        yield piece[drop:]
        drop = 0


def _converted(
    samples: NDArray[Any], source_hz: int, placement: Placement, ctx: Work
) -> Iterator[NDArray[Any]]:
    ratio = placement.ratio(source_hz)
    pieces = (
        _drifting(samples, ratio)
        if placement.drift_ppm
        else _resampled(samples, source_hz, placement.rate_hz)
    )
    done, total = 0, round(len(samples) * ratio)
    for piece in pieces:
        ctx.raise_if_cancelled()
        done += len(piece)
        ctx.progress(done, total, "resampling")
        yield _like(piece, samples.dtype)


def _resampled(
    samples: NDArray[Any], source_hz: int, rate_hz: int
) -> Iterator[NDArray[np.float32]]:
    channels = samples.shape[1]
    resamplers = [Resampler(source_hz, rate_hz) for _ in range(channels)]
    for first in range(0, len(samples), CHUNK_FRAMES):
        chunk = _floats(samples[first : first + CHUNK_FRAMES])
        yield np.stack([r.push(chunk[:, c]) for c, r in enumerate(resamplers)], axis=1)
    yield np.stack([r.finish() for r in resamplers], axis=1)


def _drifting(samples: NDArray[Any], ratio: Fraction) -> Iterator[NDArray[np.float32]]:
    def read(start: int, count: int) -> NDArray[np.float32]:
        out = np.zeros((count, samples.shape[1]), np.float32)
        first, last = max(0, start), min(len(samples), start + count)
        if last > first:
            out[first - start : last - start] = _floats(samples[first:last])
        return out

    total = -(-len(samples) * ratio.numerator // ratio.denominator)
    for first in range(0, total, CHUNK_FRAMES):
        count = min(CHUNK_FRAMES, total - first)
        yield convert_at(read, first, count, ratio.numerator, ratio.denominator)


def _floats(samples: NDArray[Any]) -> NDArray[np.float32]:
    scale = np.float32(1 / 32768) if samples.dtype == np.int16 else np.float32(1)
    return samples.astype(np.float32) * scale


def _like(piece: NDArray[np.float32], dtype: np.dtype[Any]) -> NDArray[Any]:
    if dtype != np.int16:
        return piece
    return np.asarray(np.clip(np.rint(piece * np.float32(32768)), -32768, 32767), np.int16)
