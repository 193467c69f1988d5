"""Levels and tokens for the live view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from app.agents.live_view import Int16, Level, Usage

CLIPPED = 32_700
SILENT_DBFS = -120.0


def level(pcm: Int16) -> Level:
    """Of some blocks."""
    x = pcm.astype(np.float64) / 32768
    peak = float(np.abs(x).max(initial=0.0))
    rms = float(np.sqrt(np.mean(x * x))) if len(x) else 0.0
    return Level(
        rms_dbfs=_db(rms), peak_dbfs=_db(peak), clipped=bool(np.any(np.abs(pcm) >= CLIPPED))
    )


def _db(value: float) -> float:
    return max(SILENT_DBFS, 20 * float(np.log10(max(value, 1e-6))))


def loudest(levels: Iterable[Level]) -> Level:
    """The greatest of some; silence of none."""
    levels = list(levels)
    if not levels:
        return Level()
    return Level(
        rms_dbfs=max(x.rms_dbfs for x in levels),
        peak_dbfs=max(x.peak_dbfs for x in levels),
        clipped=any(x.clipped for x in levels),
    )


def added(usage: Usage, told: Mapping[str, Any]) -> Usage:
    """The usage of one more response, as the Realtime protocol writes it."""

    def of(body: Any, name: str) -> int:
        value = body.get(name) if isinstance(body, Mapping) else None
        return value if isinstance(value, int) and value > 0 else 0

    into, out = told.get("input_token_details"), told.get("output_token_details")
    return Usage(
        input_tokens=usage.input_tokens + of(told, "input_tokens"),
        output_tokens=usage.output_tokens + of(told, "output_tokens"),
        input_audio_tokens=usage.input_audio_tokens + of(into, "audio_tokens"),
        output_audio_tokens=usage.output_audio_tokens + of(out, "audio_tokens"),
        cached_tokens=usage.cached_tokens + of(into, "cached_tokens"),
    )
