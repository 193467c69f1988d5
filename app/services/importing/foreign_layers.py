"""Layers and events of a call of another system, in frames of the call as it is stored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.domain.browsing import SPARK_BARS
from app.domain.calls import SPEAKERS, Finding, Span
from app.domain.clock import to_frames, utc_now
from app.domain.events import KINDS
from app.domain.ids import new_id
from app.domain.segments import Layer, Segment, Word
from app.services.importing.foreign import ForeignCall, ForeignEvent, ForeignLayer, ForeignLine
from app.services.importing.foreign_files import clean
from app.services.importing.layers import Drafted

MAX_S = 86_400.0
"""Later times than this are damage."""
MAX_TEXT = 20_000
ACTIVITY_LEVEL = 120
"""Height, of 255, of a bar that is all speech where there is no sound to measure."""


def sound(seconds: float | None) -> bool:
    """Whether that can be a time in a call."""
    return seconds is not None and math.isfinite(seconds) and abs(seconds) <= MAX_S


def last_s(call: ForeignCall) -> float:
    """The latest time that the call's layers and events name; 0.0 if they name none."""
    ends = [line.end_s for layer in call.layers for line in layer.lines]
    ends += [e.end_s if e.end_s is not None else e.start_s for e in call.events]
    return max((s for s in ends if sound(s)), default=0.0)


class Clock:
    """Seconds of the other system as frames of the stored call."""

    def __init__(self, rate_hz: int, frame_count: int, shift_s: float) -> None:
        self.rate_hz, self.frame_count, self._shift_s = rate_hz, frame_count, shift_s

    def frame(self, seconds: float) -> int:
        """The nearest frame; may lie outside the call."""
        return to_frames(seconds + self._shift_s, self.rate_hz)

    def span(self, start_s: float, end_s: float) -> Span | None:
        """At least one frame, cut to the call; None for what is no time or lies outside."""
        if not (sound(start_s) and sound(end_s)):
            return None
        start, end = self.frame(start_s), self.frame(max(start_s, end_s))
        if start >= self.frame_count or end < 0:
            return None
        start = max(0, start)
        return Span(start, min(self.frame_count, max(start + 1, end)))


def drafts(call: ForeignCall, call_id: str, clock: Clock) -> tuple[list[Drafted], list[str]]:
    """The call's layers that have lines, and warnings on lines that had to be left out."""
    found: list[Drafted] = []
    warnings: list[str] = []
    for layer in call.layers:
        segments = [s for line in layer.lines if (s := _segment(layer, line, clock)) is not None]
        lost = len(layer.lines) - len(segments)
        if lost:
            lines = "1 line" if lost == 1 else f"{lost} lines"
            warnings.append(f"{layer.name}: {lines} outside the call were left out.")
        if segments:
            found.append(Drafted(layer=_layer(layer, call_id), segments=tuple(segments)))
    return found, warnings


def _layer(layer: ForeignLayer, call_id: str) -> Layer:
    role = {"text_role": layer.text_role} if layer.text_role else {}
    return Layer(
        id=new_id(),
        call_id=call_id,
        kind=layer.kind,
        origin="platform",
        name=clean(layer.name)[:200],
        producer=clean(layer.producer)[:200],
        version=1,
        params=clean({**layer.params, **role}),
        created_at=utc_now(),
    )


def _segment(layer: ForeignLayer, line: ForeignLine, clock: Clock) -> Segment | None:
    span = clock.span(line.start_s, line.end_s)
    if span is None or line.speaker not in SPEAKERS:
        return None
    has_text = layer.kind == "transcript"
    return Segment(
        id=new_id(),
        speaker=line.speaker,
        span=span,
        text=" ".join(clean(line.text).split())[:MAX_TEXT] if has_text else "",
        confidence=_confidence(line.confidence),
        words=_words(line, clock) if has_text else (),
        heard=line.heard,
    )


def _words(line: ForeignLine, clock: Clock) -> tuple[Word, ...]:
    found = []
    for text, start_s, end_s, confidence in line.words:
        span = clock.span(start_s, end_s)
        if span is not None and text.strip():
            found.append(
                Word(text=clean(text)[:200], span=span, confidence=_confidence(confidence))
            )
    return tuple(found)


def _confidence(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 1 else None


def events(found: Sequence[ForeignEvent], clock: Clock) -> list[dict[str, Any]]:
    """Events as `call.extra["events"]` holds them, by start; those outside the call left out."""
    out: list[dict[str, Any]] = []
    for event in found:
        span = clock.span(event.start_s, event.start_s if event.end_s is None else event.end_s)
        if span is None:
            continue
        entry: dict[str, Any] = {
            "kind": event.kind if event.kind in KINDS else "other",
            "start": span.start,
            "label": clean(event.label)[:200],
        }
        if event.end_s is not None and event.end_s > event.start_s:
            entry["end"] = span.end
        out.append(entry)
    return sorted(out, key=lambda e: e["start"])


def responses(given: object, clock: Clock) -> list[dict[str, Any]]:
    """`[{start_s, stages}]` in seconds as `[{start, stages}]` in frames."""
    if not isinstance(given, list):
        return []
    found = []
    for item in given:
        start_s = item.get("start_s") if isinstance(item, Mapping) else None
        if isinstance(start_s, int | float) and sound(start_s):
            found.append({"start": max(0, clock.frame(start_s)), "stages": item.get("stages", {})})
    return found


def findings(layers: Iterable[ForeignLayer]) -> list[Finding]:
    """What must be said where the times of speech are not measured ones."""
    bases = {x.params.get("time_basis") for x in layers if x.kind == "speech" and x.lines}
    if not bases & {"estimated", "none"}:
        return []
    return [
        Finding(
            code="times_estimated",
            message="The source does not say when each turn began and ended; its times are "
            "estimates that only keep the order.",
            voids=("latency", "overlap", "interruption"),
        )
    ]


def activity_bars(segments: Sequence[Segment], frame_count: int) -> bytes:
    """The library's bars for a call without sound: how much of each part each side speaks."""
    out = np.zeros((len(SPEAKERS), SPARK_BARS))
    width = frame_count / SPARK_BARS
    for segment in segments:
        row = out[SPEAKERS.index(segment.speaker)]
        first, last = segment.span.start / width, min(segment.span.end / width, SPARK_BARS)
        for bar in range(int(first), min(int(last) + 1, SPARK_BARS)):
            row[bar] += max(0.0, min(last, bar + 1) - max(first, bar))
    return bytes(np.round(np.clip(out, 0, 1) * ACTIVITY_LEVEL).astype(np.uint8).ravel())
