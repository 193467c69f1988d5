"""Spectrogram tiles: levels 0..255 by time and frequency, computed off the main thread, kept.

A tile has TILE_COLUMNS columns of one hop. Hops are powers of two times the finest, so that
scrolling and small changes of zoom meet the same tiles again.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

UInt8 = NDArray[np.uint8]

TILE_COLUMNS = 256
FLOOR_DB, TOP_DB = -90.0, -20.0
"""Level of one bin, dB of a full-scale sine, that become 0 and 255."""
MAX_HZ = 8_000
WINDOW_S = 0.024
CACHE_BYTES = 64 * 2**20
_FINEST = 16
"""Hops in a window at the finest."""
_TAKES = 4
"""Windows averaged in a column that covers more time than they do."""


@dataclass(frozen=True, slots=True, order=True)
class TileKey:
    """Tile `index` at `hop` frames a column: frames `[index * 256 * hop, ...)`."""

    hop: int
    index: int


class Spectrogram:
    """Tiles of one channel. `compute` on a worker; `view` and `get` on any thread.

    Args:
        samples: (frames,) int16 or float32, may be a strided view.
        rate_hz: their rate.
        max_hz: the highest frequency kept.
        cache_bytes: tiles kept in memory at most.
    """

    def __init__(
        self,
        samples: NDArray[Any],
        rate_hz: int,
        *,
        max_hz: int = MAX_HZ,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._samples, self.rate_hz = samples, rate_hz
        self.window = 1 << round(math.log2(WINDOW_S * rate_hz))
        self.bins = min(self.window // 2, round(max_hz * self.window / rate_hz)) + 1
        self._hann = np.hanning(self.window + 1)[:-1].astype(np.float32)
        self._keep = max(8, cache_bytes // (self.bins * TILE_COLUMNS))
        self._tiles: OrderedDict[TileKey, UInt8] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def top_hz(self) -> float:
        """Frequency of the uppermost bin."""
        return (self.bins - 1) * self.rate_hz / self.window

    def hop_for(self, frames_per_px: float) -> int:
        """Frames between columns at this zoom: the nearest hop that is not coarser."""
        finest = self.window // _FINEST
        return finest << max(0, math.floor(math.log2(max(frames_per_px, 1) / finest)))

    def keys(self, start_frame: float, frames_per_px: float, n_px: int) -> list[TileKey]:
        """The tiles that the pixel columns from `start_frame` on need."""
        hop = self.hop_for(frames_per_px)
        span = hop * TILE_COLUMNS
        first = max(0, int(start_frame // span))
        last = int(min(start_frame + frames_per_px * n_px, len(self._samples) - 1) // span)
        return [TileKey(hop, index) for index in range(first, last + 1)]

    def get(self, key: TileKey) -> UInt8 | None:
        """The tile if it is in memory: (bins, TILE_COLUMNS), lowest frequency first."""
        with self._lock:
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            return tile

    def compute(self, key: TileKey) -> UInt8:
        """The tile, made if need be. Some milliseconds: call it on a worker."""
        held = self.get(key)
        if held is not None:
            return held
        power = self._power(key)
        level = 10 * np.log10(np.maximum(power, 1e-20))
        scaled = (level - FLOOR_DB) * (255 / (TOP_DB - FLOOR_DB))
        tile = np.ascontiguousarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8).T)
        with self._lock:
            self._tiles[key] = tile
            while len(self._tiles) > self._keep:
                self._tiles.popitem(last=False)
        return tile

    def _power(self, key: TileKey) -> NDArray[np.float32]:
        """Mean power (columns, bins) relative to a full-scale sine."""
        takes = min(_TAKES, max(1, key.hop // self.window))
        total = np.zeros((TILE_COLUMNS, self.bins), np.float32)
        norm = np.float32(2 / self._hann.sum())
        for take in range(takes):
            centre = int(key.hop * (take + 0.5) / takes)
            windows = self._windows(key, centre - self.window // 2)
            spectrum = np.fft.rfft(windows * self._hann, axis=1)[:, : self.bins] * norm
            total += (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        return np.asarray(total / np.float32(takes))

    def _windows(self, key: TileKey, lead: int) -> NDArray[np.float32]:
        """(TILE_COLUMNS, window) floats; column i begins at its frame plus `lead`."""
        begin = key.index * TILE_COLUMNS * key.hop + lead
        if key.hop <= self.window:
            row = self._floats(begin, (TILE_COLUMNS - 1) * key.hop + self.window)
            return np.asarray(sliding_window_view(row, self.window)[:: key.hop], np.float32)
        rows = [self._floats(begin + i * key.hop, self.window) for i in range(TILE_COLUMNS)]
        return np.stack(rows)

    def _floats(self, begin: int, count: int) -> NDArray[np.float32]:
        out = np.zeros(count, np.float32)
        first, last = max(0, begin), min(len(self._samples), begin + count)
        if last > first:
            part = self._samples[first:last]
            scale = np.float32(1 / 32768 if part.dtype == np.int16 else 1)
            out[first - begin : last - begin] = part * scale
        return out

    def view(
        self, start_frame: float, frames_per_px: float, n_px: int
    ) -> tuple[UInt8, list[TileKey]]:
        """Levels (bins, n_px) from the tiles at hand, and the keys of those still to compute.

        Columns of missing tiles, and those outside the recording, are 0.
        """
        hop = self.hop_for(frames_per_px)
        at = (start_frame + frames_per_px * (np.arange(n_px) + 0.5)) / hop
        column = np.floor(at).astype(np.int64)
        valid = (column >= 0) & (column * hop < len(self._samples))
        out = np.zeros((self.bins, n_px), np.uint8)
        missing: list[TileKey] = []
        for key in self.keys(start_frame, frames_per_px, n_px):
            tile = self.get(key)
            here = np.flatnonzero(valid & (column // TILE_COLUMNS == key.index))
            if not len(here):
                continue
            if tile is None:
                missing.append(key)
            else:
                out[:, here] = tile[:, column[here] % TILE_COLUMNS]
        return out, missing


def to_rows(levels: UInt8, rows: int) -> UInt8:
    """Levels (bins, n) as a picture of `rows` rows, highest frequency on top.

    Rows that cover several bins show the loudest; rows between bins repeat one.
    """
    edges: Sequence[int] | NDArray[np.int64] = (np.arange(rows) * len(levels)) // rows
    return np.ascontiguousarray(np.maximum.reduceat(levels, edges, axis=0)[::-1])
