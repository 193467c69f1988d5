"""The few figures of a timing that the library shows, from a `TurnSet`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.browsing import SPARK_BARS, SummaryFigures
from app.domain.calls import Span
from app.domain.latency import of_speaker
from app.domain.turns import TurnSet


def figures_of(turn_set: TurnSet) -> SummaryFigures:
    """Milliseconds and counts; a figure that the recording voids is None, never zero."""
    rate = turn_set.rate_hz
    no_latency = "latency" in turn_set.voids
    no_overlap = "overlap" in turn_set.voids
    no_interruption = no_overlap or "interruption" in turn_set.voids
    latencies = [] if no_latency else sorted(lat.frames for lat in of_speaker(turn_set, "agent"))
    reactions = sorted(
        i.yield_frames
        for i in turn_set.interruptions
        if i.by == "caller" and i.yield_frames is not None
    )
    silences = silent_spans((u.span for u in turn_set.utterances), turn_set.frame_count)
    return SummaryFigures(
        turns=len(turn_set.turns),
        p50_ms=_ms(percentile(latencies, 0.5), rate),
        p95_ms=_ms(percentile(latencies, 0.95), rate),
        max_latency_ms=_ms(latencies[-1] if latencies else None, rate),
        interruptions=None if no_interruption else len(turn_set.interruptions),
        overlaps=None if no_overlap else len(turn_set.overlaps),
        silence_ms=_ms(sum(s.frames for s in silences), rate),
        longest_silence_ms=_ms(max((s.frames for s in silences), default=0), rate),
        reaction_p50_ms=None if no_interruption else _ms(percentile(reactions, 0.5), rate),
        ticks=b"" if no_overlap else overlap_ticks(turn_set),
    )


def percentile(ordered: Sequence[int], share: float) -> float | None:
    """Linear interpolation between closest ranks (as numpy's default); None of nothing."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def silent_spans(speech: Iterable[Span], frame_count: int) -> list[Span]:
    """Where nobody speaks, between the call's first frame and its last."""
    found: list[Span] = []
    at = 0
    for span in sorted(speech):
        if span.start > at:
            found.append(Span(at, span.start))
        at = max(at, span.end)
    if at < frame_count:
        found.append(Span(at, frame_count))
    return found


def overlap_ticks(turn_set: TurnSet) -> bytes:
    """One byte per sparkline bar: 1 where an overlap touches it."""
    ticks = bytearray(SPARK_BARS)
    for overlap in turn_set.overlaps:
        first = overlap.span.start * SPARK_BARS // max(turn_set.frame_count, 1)
        last = max(overlap.span.end - 1, overlap.span.start) * SPARK_BARS
        for bar in range(first, last // max(turn_set.frame_count, 1) + 1):
            if 0 <= bar < SPARK_BARS:
                ticks[bar] = 1
    return bytes(ticks)


def _ms(frames: float | None, rate_hz: int) -> int | None:
    return None if frames is None else round(frames * 1000 / rate_hz)
