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

NOISE_HOPS = 100
NOISE_SPREAD = 1.7
"""From the distance between 10th percentile and median to that between median and 98th."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """How far to look and what counts as energy. Stored with the layer as its parameters."""

    before_ms: float = 200.0
    """How far outside the detector's edge the true one may lie."""
    inside_ms: float = 250.0
    """How far inside it."""
    closure_ms: float = 100.0
    """Quiet this long is the end; shorter quiet is a closure inside a word."""
    pause_ms: float = 200.0
    """Quiet this long inside a detected span divides it: the detector is slow to let go."""
    min_burst_ms: float = 22.0
    """Energy shorter than this, standing alone, is a click."""
    above_floor_db: float = 4.0
    above_noise_db: float = 0.0
    """How far energy must be above nearly all of the noise around the span."""
    noise_s: float = 4.0
    """How far around the span the noise is measured, where nothing was detected."""
    below_peak_db: float = 34.0
    """Energy further below the span's own peak than this is not heard as part of it."""


def snap(
    spans: Sequence[Span],
    envelope: Envelope,
    rate_hz: int,
    options: EdgeOptions | None = None,
) -> tuple[Span, ...]:
    """`spans` (in order, apart) with each edge moved to where the energy begins or ends.

    Spans keep their order and never overlap. One with a pause inside becomes two. One without any
    energy above the floor is the detector's word against the recording's, and goes.
    """
    options = options or EdgeOptions()
    quiet = _undetected(spans, envelope, round(options.before_ms * rate_hz / 1000))
    out: list[Span] = []
    limit = len(envelope.db) * envelope.hop
    for i, span in enumerate(spans):
        left = (spans[i - 1].end + span.start) // 2 if i else 0
        right = (span.end + spans[i + 1].start) // 2 if i + 1 < len(spans) else limit
        out += _snap_one(span, (left, right), envelope, quiet, rate_hz, options)
    return tuple(out)


def _undetected(spans: Sequence[Span], envelope: Envelope, margin: int) -> Bools:
    """Which hops are clear of every span by `margin` frames."""
    clear = np.ones(len(envelope.db), dtype=bool)
    for span in spans:
        clear[envelope.index(span.start - margin) : envelope.index(span.end + margin) + 1] = False
    return clear


def _noise_db(span: Span, envelope: Envelope, quiet: Bools, reach: float) -> float:
    """What nearly all of the noise around `span` stays below; -inf where there is none to see.

    Told from the lower half of the levels, so that speech that the detector missed does not count.
    """
    first, after = envelope.index(span.start - reach), envelope.index(span.end + reach) + 1
    noise = envelope.db[first:after][quiet[first:after]]
    if len(noise) < NOISE_HOPS:
        return -np.inf
    low, middle = np.quantile(noise, (0.1, 0.5))
    return float(middle + NOISE_SPREAD * (middle - low))


def _snap_one(
    span: Span,
    room: tuple[int, int],
    envelope: Envelope,
    quiet: Bools,
    rate_hz: int,
    options: EdgeOptions,
) -> list[Span]:
    hops = rate_hz / envelope.hop / 1000
    before = options.before_ms * rate_hz / 1000
    first = envelope.index(max(room[0], span.start - before))
    after = envelope.index(min(room[1], span.end + before)) + 1
    inner = envelope.index(span.start), envelope.index(max(span.end - 1, span.start)) + 1
    peak = float(np.quantile(envelope.db[inner[0] : inner[1]], 0.95))
    noise = _noise_db(span, envelope, quiet, options.noise_s * rate_hz)
    bar = np.maximum(
        envelope.floor_db[first:after] + options.above_floor_db,
        max(peak - options.below_peak_db, min(noise + options.above_noise_db, peak - 6)),
    )
    loud = _without_clicks(envelope.db[first:after] > bar, round(options.min_burst_ms * hops))
    if not loud[inner[0] - first : inner[1] - first].any():
        return []
    closure, reach = round(options.closure_ms * hops), round(options.inside_ms * hops)
    begin = _onset(loud, inner[0] - first, reach, closure)
    end = len(loud) - _onset(loud[::-1], after - inner[1], reach, closure)
    last = max(span.end, room[1])
    return [
        Span((first + a) * envelope.hop, min((first + b) * envelope.hop, last))
        for a, b in _pieces(loud, begin, end, round(options.pause_ms * hops))
        if (first + a) * envelope.hop < last
    ]


def _pieces(loud: Bools, begin: int, end: int, pause: int) -> list[tuple[int, int]]:
    """The parts of `[begin, end)` between stretches of quiet of at least `pause` hops."""
    at = np.flatnonzero(loud[begin:end]) + begin
    gaps = np.flatnonzero(np.diff(at) > pause)
    starts = [begin, *at[gaps + 1].tolist()]
    ends = [*(at[gaps] + 1).tolist(), end]
    return list(zip(starts, ends, strict=True))


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
