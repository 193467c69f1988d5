"""Where speech really begins and ends: the detector decides whether, the envelope decides when.

From inside each detected span the search walks outwards over the energy envelope until the level
has stayed at the noise floor for longer than a stop consonant's closure. The span's edge is the
last place before that where there was energy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.audio.envelope import Envelope
from app.domain.calls import Span

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """How far to look and what counts as energy. Stored with the layer as its parameters."""

    before_ms: float = 200.0
    """How far outside the detector's edge the true one may lie."""
    inside_ms: float = 250.0
    """How far inside it."""
    closure_ms: float = 70.0
    """Quiet this long is the end; shorter quiet is a closure inside a word."""
    min_burst_ms: float = 12.0
    """Energy shorter than this, standing alone, is a click."""
    above_floor_db: float = 6.0
    below_peak_db: float = 34.0
    """Energy further below the span's own peak than this is not heard as part of it."""


def snap(
    spans: Sequence[Span],
    envelope: Envelope,
    rate_hz: int,
    options: EdgeOptions | None = None,
) -> tuple[Span, ...]:
    """`spans` (in order, apart) with each edge moved to where the energy begins or ends.

    Spans keep their order and never overlap. A span without any energy above the floor is the
    detector's word against the recording's, and goes.
    """
    options = options or EdgeOptions()
    out: list[Span] = []
    limit = len(envelope.db) * envelope.hop
    for i, span in enumerate(spans):
        left = (spans[i - 1].end + span.start) // 2 if i else 0
        right = (span.end + spans[i + 1].start) // 2 if i + 1 < len(spans) else limit
        snapped = _snap_one(span, (left, right), envelope, rate_hz, options)
        if snapped is not None:
            out.append(snapped)
    return tuple(out)


def _snap_one(
    span: Span, room: tuple[int, int], envelope: Envelope, rate_hz: int, options: EdgeOptions
) -> Span | None:
    hops = rate_hz / envelope.hop / 1000
    before = options.before_ms * rate_hz / 1000
    first = envelope.index(max(room[0], span.start - before))
    after = envelope.index(min(room[1], span.end + before)) + 1
    inner = envelope.index(span.start), envelope.index(max(span.end - 1, span.start)) + 1
    peak = float(np.quantile(envelope.db[inner[0] : inner[1]], 0.95))
    bar = np.maximum(
        envelope.floor_db[first:after] + options.above_floor_db, peak - options.below_peak_db
    )
    loud = _without_clicks(envelope.db[first:after] > bar, round(options.min_burst_ms * hops))
    if not loud[inner[0] - first : inner[1] - first].any():
        return None
    closure, reach = round(options.closure_ms * hops), round(options.inside_ms * hops)
    begin = _onset(loud, inner[0] - first, reach, closure)
    end = len(loud) - _onset(loud[::-1], after - inner[1], reach, closure)
    start_frame = (first + begin) * envelope.hop
    end_frame = min((first + end) * envelope.hop, max(span.end, room[1]))
    return Span(start_frame, end_frame) if start_frame < end_frame else None


def _onset(loud: Bools, edge: int, reach: int, closure: int) -> int:
    """The hop where the energy around `edge` begins, seen from the left of `loud`.

    The anchor is the first loud hop at or after the edge (within `reach`), or else the last one
    before it. From there back over every loud hop that is not further than a closure away.
    """
    at = np.flatnonzero(loud)
    inside = at[(at >= edge) & (at < edge + reach)]
    if len(inside):
        anchor = int(inside[0])
    else:
        later = at[at >= edge]
        anchor = int(later[0]) if len(later) else int(at[at < edge][-1])
    earlier = at[at <= anchor]
    gaps = np.flatnonzero(np.diff(earlier) > closure)
    return int(earlier[gaps[-1] + 1]) if len(gaps) else int(earlier[0])


def _without_clicks(loud: Bools, shortest: int) -> Bools:
    """`loud` without runs shorter than `shortest` hops."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    out = loud.copy()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < shortest:
            out[start:end] = False
    return out
