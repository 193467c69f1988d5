"""From the detector's probabilities to stretches of speech. Pure; no model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span

Float32 = NDArray[np.float32]

MODEL_RATE_HZ = 16_000
WINDOW = 512
"""Samples that one probability stands for: 32 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VadOptions:
    """When probabilities become speech. Stored with the layer as its parameters."""

    threshold: float = 0.3
    neg_threshold: float = 0.15
    doubt_threshold: float = 0.1
    """Beside speech, windows at least this likely belong to it: soft onsets and endings."""
    doubt_ms: int = 400
    """At most this much on either side,"""
    doubt_gap_ms: int = 130
    """across gaps no longer than this."""
    min_silence_ms: int = 160
    min_speech_ms: int = 60
    pad_ms: int = 30


def spans_of(
    probs: Float32, options: VadOptions, rate_hz: int, frame_count: int
) -> tuple[Span, ...]:
    """Runs of speech by hysteresis, in frames at `rate_hz`, padded but never touching."""
    raw = _runs(probs, options)
    scale = rate_hz * WINDOW / MODEL_RATE_HZ
    pad = options.pad_ms * rate_hz / 1000
    bounds = [(a * scale, b * scale) for a, b in raw]
    out: list[Span] = []
    for i, (start, end) in enumerate(bounds):
        room_before = (start - bounds[i - 1][1]) / 2 if i else start
        room_after = (bounds[i + 1][0] - end) / 2 if i + 1 < len(bounds) else frame_count - end
        first = round(start - min(pad, max(room_before, 0)))
        last = min(round(end + min(pad, max(room_after, 0))), frame_count)
        if first < last:
            out.append(Span(max(first, 0), last))
    return tuple(out)


def _runs(probs: Float32, options: VadOptions) -> list[tuple[int, int]]:
    """(first, after) windows of each run of speech, by the thresholds."""
    window_ms = 1000 * WINDOW / MODEL_RATE_HZ
    out: list[tuple[int, int]] = []
    start: int | None = None
    quiet: int | None = None
    for i, p in enumerate(probs.tolist()):
        if p >= options.threshold:
            start, quiet = (i if start is None else start), None
        elif start is not None and (quiet is not None or p < options.neg_threshold):
            quiet = i if quiet is None else quiet
            if (i + 1 - quiet) * window_ms >= options.min_silence_ms:
                out.append((start, quiet))
                start = quiet = None
    if start is not None:
        out.append((start, len(probs) if quiet is None else quiet))
    kept = [(a, b) for a, b in out if (b - a) * window_ms >= options.min_speech_ms]
    return _with_doubt(kept, probs, options)


def _with_doubt(
    runs: list[tuple[int, int]], probs: Float32, options: VadOptions
) -> list[tuple[int, int]]:
    """`runs` with the doubtful windows beside them, never into a neighbour."""
    window_ms = 1000 * WINDOW / MODEL_RATE_HZ
    reach, gap = int(options.doubt_ms / window_ms), int(options.doubt_gap_ms / window_ms)
    likely = probs >= options.doubt_threshold
    out: list[tuple[int, int]] = []
    for i, (start, end) in enumerate(runs):
        least = max(out[-1][1] if out else 0, start - reach)
        most = min(runs[i + 1][0] if i + 1 < len(runs) else len(probs), end + reach)
        first = start - _grown(likely[least:start][::-1], gap)
        out.append((first, end + _grown(likely[end:most], gap)))
    return out


def _grown(likely: NDArray[np.bool_], gap: int) -> int:
    """How many windows to take, walking out over `likely` until a gap longer than `gap`."""
    taken = 0
    for i in np.flatnonzero(likely).tolist():
        if i - taken > gap:
            break
        taken = i + 1
    return taken


def mean_probability(probs: Float32, span: Span, rate_hz: int) -> float:
    """Mean probability of speech over `span` (frames at `rate_hz`); 0.0 where there is none."""
    scale = MODEL_RATE_HZ / (rate_hz * WINDOW)
    inside = probs[int(span.start * scale) : int(span.end * scale) + 1]
    return float(inside.mean()) if len(inside) else 0.0
