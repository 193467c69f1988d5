"""Draws speech as text, so that a case can be read: one character is 100 ms at 1 kHz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.calls import Span, Speaker
from app.domain.segments import Layer, Segment
from app.domain.turn_rules import derive
from app.domain.turns import OverlapKind, TurnSet

RATE = 1000
STEP = 100
LAYER = Layer(
    id="layer", call_id="call", kind="speech", origin="detector", name="test",
    producer="test/1", version=1,
)  # fmt: skip


def seg(who: Speaker, start: int, end: int, id_: str = "", text: str = "") -> Segment:
    """A segment in ms (frames at 1 kHz); its id says who and when unless given."""
    return Segment(id=id_ or f"{who[0]}{start}", speaker=who, span=Span(start, end), text=text)


def drawn(caller: str, agent: str) -> list[Segment]:
    """`"..###.##"` and the like: each run of `#` is a segment."""
    out: list[Segment] = []
    sides: tuple[tuple[Speaker, str], ...] = (("caller", caller), ("agent", agent))
    for who, line in sides:
        start = None
        for i, mark in enumerate([*line, "."]):
            if mark == "#" and start is None:
                start = i
            elif mark != "#" and start is not None:
                out.append(seg(who, start * STEP, i * STEP))
                start = None
    return out


def turns_of(
    segments: Sequence[Segment],
    transcript: Sequence[Segment] = (),
    *,
    frame_count: int = 60_000,
    overrides: Mapping[str, OverlapKind] | None = None,
) -> TurnSet:
    """The turn set of those segments at 1 kHz by `callbench-1`."""
    return derive(
        segments,
        transcript,
        layer=LAYER,
        rate_hz=RATE,
        frame_count=frame_count,
        overrides=overrides,
    )


def shape(turn_set: TurnSet) -> list[tuple[str, int, int]]:
    """(c or a, start, end) of each turn."""
    return [(t.speaker[0], t.span.start, t.span.end) for t in turn_set.turns]


def overlaps(turn_set: TurnSet) -> list[tuple[str, int, int, str]]:
    """(by, start, end, kind) of each overlap."""
    return [(o.by[0], o.span.start, o.span.end, o.kind) for o in turn_set.overlaps]


def interruptions(turn_set: TurnSet) -> list[tuple[str, int, int | None]]:
    """(by, onset, yield) of each interruption."""
    return [(i.by[0], i.onset, i.yield_frames) for i in turn_set.interruptions]
