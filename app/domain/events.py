"""Things that happened at a time in a call besides speech. Frames at the call's rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.domain.calls import Span
from app.domain.turns import TurnSet

EventKind = Literal[
    "endpoint", "first_byte", "tool", "dtmf", "transfer", "barge_in", "dead_air", "other"
]

KINDS: frozenset[str] = frozenset(get_args(EventKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """A mark of the event lane. A point event has an empty span."""

    kind: EventKind
    span: Span
    label: str = ""
    derived: bool = False
    """True where it follows from the turns and was not reported by a platform."""


def reported(raw: Iterable[object], frame_count: int) -> tuple[CallEvent, ...]:
    """Events that came with the call: `{kind, start, end?, label?}` in frames.

    What has no usable start is left out; a kind that is not known becomes `other`; times are cut
    to the call.
    """
    out: list[CallEvent] = []
    for item in raw:
        if not isinstance(item, Mapping):
            continue
        start, end = item.get("start"), item.get("end")
        if not isinstance(start, int):
            continue
        first = min(max(start, 0), frame_count)
        last = min(max(end, first), frame_count) if isinstance(end, int) else first
        kind = item.get("kind")
        known: Any = kind if isinstance(kind, str) and kind in KINDS else "other"
        label = item.get("label")
        out.append(
            CallEvent(
                kind=known,
                span=Span(first, last),
                label=label if isinstance(label, str) else "",
            )
        )
    return tuple(out)


def derived(turn_set: TurnSet) -> tuple[CallEvent, ...]:
    """Barge-ins (the caller interrupts the agent) and dead air."""
    barge_ins = [
        CallEvent(kind="barge_in", span=Span(i.onset, i.onset), label="barge-in", derived=True)
        for i in turn_set.interruptions
        if i.by == "caller"
    ]
    silences = [
        CallEvent(kind="dead_air", span=span, label="dead air", derived=True)
        for span in turn_set.dead_air
    ]
    return (*barge_ins, *silences)


def in_order(events: Iterable[CallEvent]) -> tuple[CallEvent, ...]:
    """By start, then end, then kind."""
    return tuple(sorted(events, key=lambda e: (e.span, e.kind)))
