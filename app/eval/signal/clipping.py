"""Where a channel is clipped: samples in a row at the highest value that there can be.

Full scale is that of 16 bits, or the channel's own peak where many samples in a row reach it
exactly: decoded mu-law ends at 0.980 of full scale.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.analysis import CLIP_RUN
from app.audio.peaks import as_int16
from app.domain.calls import Span

FULL_SCALE = 32_700
OWN_PEAK = 31_785
"""0.97 of full scale: a channel whose peak is lower was not clipped here."""
JOIN_S = 0.1
"""Clipped runs closer than this are one stretch to listen to."""
_BLOCK = 1 << 20


def runs(samples: NDArray[Any]) -> NDArray[np.int64]:
    """(first, after) of each run of at least three clipped samples, (runs, 2)."""
    peak = max((int(np.abs(part.astype(np.int32)).max()) for part in _blocks(samples)), default=0)
    bar = min(FULL_SCALE, peak) if peak >= OWN_PEAK else FULL_SCALE
    found = []
    carried = 0  # clipped samples in a row at the end of the block before
    at = 0
    for part in _blocks(samples):
        flags = np.abs(part.astype(np.int32)) >= bar
        edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
        pairs = edges.reshape(-1, 2) + at
        if carried and len(pairs) and pairs[0, 0] == at:
            pairs[0, 0] -= carried
        elif carried:
            pairs = np.concatenate([[[at - carried, at]], pairs])
        at += len(part)
        carried = 0
        if len(pairs) and pairs[-1, 1] == at:
            carried, pairs = int(at - pairs[-1, 0]), pairs[:-1]
        found.append(pairs)
    if carried:
        found.append(np.array([[at - carried, at]], np.int64))
    every = np.concatenate(found) if found else np.zeros((0, 2), np.int64)
    return every[every[:, 1] - every[:, 0] >= CLIP_RUN].astype(np.int64)


def stretches(clipped: NDArray[np.int64], rate_hz: int, frame_count: int) -> list[tuple[Span, int]]:
    """Runs that lie close together as one, with how many samples are clipped in each."""
    if not len(clipped):
        return []
    apart = clipped[1:, 0] - clipped[:-1, 1] > JOIN_S * rate_hz
    starts = np.concatenate([[0], np.flatnonzero(apart) + 1])
    ends = np.append(starts[1:], len(clipped))
    counts = np.add.reduceat(clipped[:, 1] - clipped[:, 0], starts)
    found = []
    for first, after, count in zip(starts, ends, counts, strict=True):
        end = min(int(clipped[after - 1, 1]), frame_count)
        begin = min(int(clipped[first, 0]), end)
        found.append((Span(begin, end), int(count)))
    return found


def _blocks(samples: NDArray[Any]) -> list[NDArray[np.int16]]:
    return [as_int16(samples[first : first + _BLOCK]) for first in range(0, len(samples), _BLOCK)]
