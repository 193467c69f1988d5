"""A call's outline in a handful of bytes, for the library's rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.audio.peaks import PeakPyramid
from app.domain.browsing import SPARK_BARS

RANGE_DB = 48.0
"""From an empty bar to a full one. Speech at telephone level fills about two thirds."""
FULL_DB = -6.0


def bars(channels: Sequence[PeakPyramid], frame_count: int) -> bytes:
    """`SPARK_BARS` bytes a channel, 0 to 255: mean level of each part of the call.

    Levels count from each channel's own noise, so that a noisy line is not a full one.
    """
    return b"".join(_bars(channel, frame_count) for channel in channels)


def _bars(channel: PeakPyramid, frame_count: int) -> bytes:
    if frame_count <= 0:
        return bytes(SPARK_BARS)
    fine = channel.read(0, 0, max(1.0, frame_count / (SPARK_BARS * 8)), SPARK_BARS * 8)
    rms = fine[2].astype(np.float64) / 32768
    floor = np.quantile(rms, 0.1)
    power = np.maximum(rms**2 - (1.5 * floor) ** 2, 0).reshape(SPARK_BARS, 8).mean(axis=1)
    db = 10 * np.log10(np.maximum(power, 1e-12))
    share = np.clip((db - FULL_DB + RANGE_DB) / RANGE_DB, 0, 1)
    return bytes(np.round(share * 255).astype(np.uint8))
