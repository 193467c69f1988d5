"""Peak pyramids: min, max and rms of a recording at every zoom, read in time O(pixels).

The base level has one value per 256 frames (64 at or below 16 kHz), each further level one per 8
of the level below. Under one block per pixel the samples themselves are read. Values are int16:
full scale is 32768, also for float sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.blob import BlobWriter, open_blob

VERSION = 1
"""Part of the cache key; raise it when a change of algorithm changes a value."""

FACTOR = 8
_BLOCKS_PER_PX = 4
"""A level is used from this many blocks a pixel on, so that a block lies at most 1/8 px off."""
_TOP_BLOCKS = 64
_ROUNDING = 1e-6
"""Edges that are whole numbers but for floating point count as whole."""

Int16 = NDArray[np.int16]
Columns = tuple[Int16, Int16, Int16]


def base_block(rate_hz: int) -> int:
    """Frames per value of the base level."""
    return 64 if rate_hz <= 16_000 else 256


@dataclass(frozen=True, slots=True)
class PeakLevel:
    """One zoom level: arrays (channels, blocks) int16 over `block` frames each."""

    block: int
    lo: Int16
    hi: Int16
    rms: Int16

    @property
    def blocks(self) -> int:
        """Values per channel."""
        return int(self.lo.shape[1])


@dataclass(frozen=True, slots=True)
class PeakPyramid:
    """All levels of one recording, finest first, and its samples (frames, channels) if at hand."""

    rate_hz: int
    frame_count: int
    levels: tuple[PeakLevel, ...]
    samples: NDArray[Any] | None = None

    @property
    def channels(self) -> int:
        """Channels of the recording."""
        return int(self.levels[0].lo.shape[0])

    def read(self, channel: int, start_frame: float, frames_per_px: float, n_px: int) -> Columns:
        """(min, max, rms), each (n_px,), of the pixel columns from `start_frame` on.

        Column i covers the frames f with `start + i * frames_per_px <= f < start + (i + 1) *
        frames_per_px`, to the nearest block of the level used; every block falls into exactly one
        column, so that no click is missed. A column between two samples holds the one before.
        Columns outside the recording are zero. Call from any thread.
        """
        edges = start_frame + frames_per_px * np.arange(n_px + 1)
        if frames_per_px < self.levels[0].block and self.samples is not None:
            return self._read_samples(channel, np.ceil(edges - _ROUNDING).astype(np.int64))
        level = self.level_for(frames_per_px)
        # By a block's centre; where pixels are finer than blocks, by its start, and held.
        centre = 0.5 if frames_per_px >= level.block else 0.0
        at = np.ceil(edges / level.block - centre - _ROUNDING).astype(np.int64)
        return _reduce(at, level.lo[channel], level.hi[channel], level.rms[channel])

    def only(self, channel: int) -> PeakPyramid:
        """The pyramid of one channel, which is channel 0 of it; shares all memory."""
        one = slice(channel, channel + 1)
        levels = tuple(
            PeakLevel(level.block, level.lo[one], level.hi[one], level.rms[one])
            for level in self.levels
        )
        samples = None if self.samples is None else self.samples[:, one]
        return PeakPyramid(self.rate_hz, self.frame_count, levels, samples)

    def level_for(self, frames_per_px: float) -> PeakLevel:
        """The coarsest level that is still fine enough for this zoom."""
        best = self.levels[0]
        for level in self.levels[1:]:
            if level.block * _BLOCKS_PER_PX <= frames_per_px:
                best = level
        return best

    def _read_samples(self, channel: int, edges: NDArray[np.int64]) -> Columns:
        samples = self.samples
        if samples is None or not len(samples):
            return _zeros(len(edges) - 1)
        first = int(np.clip(edges[0] - 1, 0, len(samples)))
        last = int(np.clip(edges[-1], 0, len(samples)))
        part = as_int16(samples[first:last, channel])
        return _reduce(edges - first, part, part, None)


def as_int16(samples: NDArray[Any]) -> Int16:
    """Contiguous int16 of samples that are int16 or float (full scale 1.0)."""
    if samples.dtype == np.int16:
        return np.ascontiguousarray(samples)
    scaled = np.rint(samples.astype(np.float32) * np.float32(32768))
    return np.asarray(np.clip(scaled, -32768, 32767).astype(np.int16))


def _zeros(n_px: int) -> Columns:
    return np.zeros(n_px, np.int16), np.zeros(n_px, np.int16), np.zeros(n_px, np.int16)


def _reduce(at: NDArray[np.int64], lo: Int16, hi: Int16, rms: Int16 | None) -> Columns:
    """Reduce values `[at[i], at[i + 1])` to column i; an empty one takes the value before.

    Without `rms` the values are samples and their root mean square is taken.
    """
    out_lo, out_hi, out_rms = _zeros(len(at) - 1)
    stops = at[1:]
    starts = np.where(stops > at[:-1], at[:-1], at[:-1] - 1)
    inside = np.flatnonzero((stops > 0) & (starts < len(lo)))
    if not len(inside):
        return out_lo, out_hi, out_rms
    left, right = int(inside[0]), int(inside[-1]) + 1
    index = np.maximum(starts[left:right], 0)
    first, last = int(index[0]), min(len(lo), int(stops[right - 1]))
    index -= first
    out_lo[left:right] = np.minimum.reduceat(lo[first:last], index)
    out_hi[left:right] = np.maximum.reduceat(hi[first:last], index)
    squares = np.square((lo if rms is None else rms)[first:last], dtype=np.float32)
    sums = np.add.reduceat(squares, index)
    counts = np.maximum(np.diff(np.append(index, last - first)), 1)
    out_rms[left:right] = np.minimum(np.rint(np.sqrt(sums / counts)), 32767)
    return out_lo, out_hi, out_rms


def build_levels(block: int, lo: Int16, hi: Int16, power: NDArray[np.float32]) -> list[PeakLevel]:
    """All levels from a base of (channels, blocks), where `power` is each block's mean square.

    The rms of a short last group is taken over the blocks that are there.
    """
    levels = [_level(block, lo, hi, power)]
    while lo.shape[1] > _TOP_BLOCKS:
        index = np.arange(0, lo.shape[1], FACTOR)
        lo = np.minimum.reduceat(lo, index, axis=1)
        hi = np.maximum.reduceat(hi, index, axis=1)
        counts = np.diff(np.append(index, power.shape[1])).astype(np.float32)
        power = np.asarray(np.add.reduceat(power, index, axis=1) / counts, np.float32)
        block *= FACTOR
        levels.append(_level(block, lo, hi, power))
    return levels


def _level(block: int, lo: Int16, hi: Int16, power: NDArray[np.float32]) -> PeakLevel:
    rms = np.minimum(np.rint(np.sqrt(power)), 32767).astype(np.int16)
    return PeakLevel(block, lo, hi, rms)


def save(pyramid: PeakPyramid, path: Path) -> None:
    """Write the pyramid (not the samples) as one cache file."""
    meta = {
        "kind": "peaks",
        "version": VERSION,
        "rate_hz": pyramid.rate_hz,
        "frame_count": pyramid.frame_count,
        "channels": pyramid.channels,
        "levels": [[level.block, level.blocks] for level in pyramid.levels],
    }
    writer = BlobWriter(path)
    try:
        at = 0
        for level in pyramid.levels:
            for values in (level.lo, level.hi, level.rms):
                data = np.ascontiguousarray(values).data.cast("B")
                writer.write_at(at, data)
                at += len(data)
        writer.commit(meta, at)
    finally:
        writer.abort()


def load(path: Path, samples: NDArray[Any] | None = None) -> PeakPyramid | None:
    """The pyramid mapped from its cache file; None if absent, damaged or of another version."""
    blob = open_blob(path)
    if blob is None or blob[0].get("kind") != "peaks" or blob[0].get("version") != VERSION:
        return None
    meta, payload = blob
    values, channels = payload.view(np.int16), int(meta["channels"])
    levels, at = [], 0
    for block, blocks in meta["levels"]:
        size = channels * blocks
        if at + 3 * size > len(values):
            return None
        part = values[at : at + 3 * size].reshape(3, channels, blocks)
        levels.append(PeakLevel(block, part[0], part[1], part[2]))
        at += 3 * size
    return PeakPyramid(meta["rate_hz"], meta["frame_count"], tuple(levels), samples)
