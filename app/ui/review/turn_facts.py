"""What the inspector says about a turn, in words and numbers. Knows no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.clock import format_time
from app.domain.latency import Band, Thresholds, frames_to_ms
from app.domain.turns import Interruption, Turn
from app.services.reviewing import Review
from app.ui.timeline.marks import OVERLAP_WORDS, Marks, number, reported

VOID_WORDS = {
    "latency": "latencies",
    "overlap": "overlaps",
    "interruption": "interruptions",
    "level": "levels",
    "turn": "turns",
    "text": "error rates",
    "judge": "judges' scores",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A row: what, how much, from where. `token` colours the number."""

    what: str
    value: str
    source: str = ""
    token: str = "t1"


@dataclass(frozen=True, slots=True)
class Headline:
    """The latency, large, and what it compares with."""

    label: str
    value: str
    rest: str
    band: Band | None


def headline(review: Review, turn: Turn, thresholds: Thresholds) -> Headline:
    """The turn's latency among those of the call."""
    label = "Response latency" if turn.speaker == "agent" else "Caller's reply"
    if turn.latency is None:
        return Headline(label, "", "none: the first turn of the call", None)
    ms = frames_to_ms(turn.latency.frames, review.call.rate_hz)
    if turn.speaker == "caller":
        return Headline(label, number(ms), "ms after the agent", None)
    return Headline(label, number(ms), f"ms, {_against(ms, review)}", thresholds.band(ms))


def _against(ms: float, review: Review) -> str:
    p50, p95, count = review.stats.p50_ms, review.stats.p95_ms, review.stats.count
    if p50 is None or p95 is None or count < 3:
        return f"one of {count}" if count > 1 else "the only one"
    if ms > p95:
        return f"above p95 of this call ({number(p95)})"
    if ms > p50:
        return f"above the median of this call ({number(p50)})"
    return f"up to the median of this call ({number(p50)})"


def facts(review: Review, turn: Turn) -> list[Fact]:
    """Measured, reported, gap, barge-in and overlaps of the turn."""
    rate = review.call.rate_hz
    out: list[Fact] = []
    if turn.latency is not None:
        ms = frames_to_ms(turn.latency.frames, rate)
        out.append(Fact("Measured", number(ms), producer_words(review)))
        out += _reported(review, turn, ms)
    out += [_barge_in(i, rate) for i in _into(review, turn)]
    out += _overlaps(review, turn)
    return out


def _reported(review: Review, turn: Turn, ms: float) -> list[Fact]:
    """What the platform claims for an agent's turn, and how far off that is."""
    if turn.speaker != "agent" or review.turn_set is None:
        return []
    turns = Marks(review.turn_set.turns, lambda t: t.span)
    for item in reported(review.reported, turns, review.call.rate_hz).items:
        if item.off_ms is not None and item.segment.span.overlap(turn.span):
            gap = -item.off_ms
            words = "platform reports early" if gap > 0 else "platform reports late"
            sign = "+" if gap > 0 else ""
            return [
                Fact("Reported", number(ms + item.off_ms), "platform's own log"),
                Fact("Gap", f"{sign}{number(gap)}", words, "warn" if abs(gap) >= 50 else "t1"),
            ]
    return []


def _into(review: Review, turn: Turn) -> list[Interruption]:
    """Interruptions of this turn by the other."""
    if review.turn_set is None:
        return []
    return [
        i
        for i in review.turn_set.interruptions
        if i.by != turn.speaker and turn.span.contains(i.onset)
    ]


def _barge_in(item: Interruption, rate_hz: int) -> Fact:
    onset = f"{item.by} onset {format_time(item.onset, rate_hz)}"
    what = "Stop after barge-in" if item.by == "caller" else "Stop after interruption"
    if item.yield_frames is None:
        return Fact(what, "did not stop", onset, "danger")
    return Fact(what, number(frames_to_ms(item.yield_frames, rate_hz)), onset)


def _overlaps(review: Review, turn: Turn) -> list[Fact]:
    if review.turn_set is None:
        return []
    mine = set(turn.segment_ids)
    return [
        Fact(
            "Overlap",
            number(frames_to_ms(o.span.frames, review.call.rate_hz)),
            OVERLAP_WORDS[o.kind] + (", set by a person" if o.edited else ""),
            "overlap",
        )
        for o in review.turn_set.overlaps
        if o.segment_ids[1] in mine
    ]


def producer_words(review: Review) -> str:
    """Who measured it: `Silero 6.2, threshold 0.50`."""
    layer = review.layer
    if layer is None:
        return ""
    if layer.origin == "human":
        return "corrected by a person"
    return layer.name


def provenance(review: Review) -> str:
    """Layer, version and profile that all figures stand on."""
    if review.layer is None or review.turn_set is None:
        return ""
    edits = f", version {review.layer.version}"
    return f"Layer: {review.layer.name}{edits}. Rules: {review.turn_set.profile.id}."


def void_words(review: Review) -> str:
    """Which figures must not be trusted; empty where all may."""
    voided = [VOID_WORDS.get(v, v) for v in review.voids]
    if not voided:
        return ""
    return f"Not to be trusted in this recording: {', '.join(voided)}. See Recording."
