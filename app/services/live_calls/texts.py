"""What was said in a live call, by whom, when, and whether the caller heard it.

The agent's text comes whole and early; how much of it was heard follows from how much of its
sound was: the words are shared out by the share of frames that were played. Agents that send in
real time stop sending when interrupted; there, what can have been spoken counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.agents.captions import FAST_CHARACTERS_PER_S, heard_share, shared
from app.agents.clock import CallClock
from app.agents.measures import CallMeasures
from app.agents.recorded import Recorded
from app.domain import unrated
from app.domain.calls import Span, Speaker
from app.domain.ids import new_id
from app.domain.segments import Segment

TIMING = {unrated.TIMING: True}
KEY = {"talk_began": "key to talk pressed", "talk_ended": "key to talk let go"}
REACH_MS = 1_500.0
"""How far the server's beginning of the caller's speech may lie from ours."""


@dataclass(slots=True)
class _Item:
    """Frames of an utterance of the agent: all that came, and those that were queued."""

    total: int = 0
    start: int = -1
    end: int = -1


def segments(call: Recorded, measures: CallMeasures) -> tuple[Segment, ...]:
    """The lines of both, in frames of the call."""
    clock = CallClock(call)
    found = [*_agent(call, clock, measures), *_caller(call, clock, measures)]
    return tuple(sorted(found, key=lambda s: (s.span, s.speaker)))


def intended(lines: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The agent's lines alone, heard or not: what it meant to say."""
    return tuple(
        Segment(id=new_id(), speaker="agent", span=s.span, text=s.text, heard=s.heard)
        for s in lines
        if s.speaker == "agent"
    )


def _texts(call: Recorded, kind: str) -> dict[str, str]:
    """By item: the whole text where it came, else the pieces that did."""
    pieces: dict[str, list[str]] = defaultdict(list)
    whole: dict[str, str] = {}
    for note in call.noted(kind):
        item, text = str(note.get("item_id", "")), str(note.get("text", ""))
        if note.get("whole"):
            whole[item] = text
        else:
            pieces[item].append(text)
    return {i: whole.get(i) or "".join(pieces[i]) for i in [*pieces, *whole]}


def _agent(call: Recorded, clock: CallClock, measures: CallMeasures) -> list[Segment]:
    texts = _texts(call, "agent_text")
    spoken = {s.item_id: Span(s.onset, s.end) for s in measures.agent}
    flushed = {str(n["item_id"]): n for n in call.noted("flush")}
    found: list[Segment] = []
    lost_until: dict[int, int] = {}  # by flush: what it cut of several utterances lies in a row
    for item_id, item in _items(call).items():
        text = texts.get(item_id, "").strip()
        if not text or not item.total:
            continue
        span, cut = spoken.get(item_id), flushed.get(item_id)
        share = 1.0
        if cut is not None:
            played = int(cut["position"]) - item.start
            share = heard_share(played, item.total, call.rate_hz, text)
        elif span is None:
            share = 0.0
        said, rest = shared(text, share)
        end = span.end if span else clock.index_at(cut["at_ns"]) if cut else len(call.heard)
        if said and span is not None:
            found.append(_line("agent", span, said))
        if rest:
            flush = int(cut["position"]) if cut is not None else -1
            start = min(max(end, lost_until.get(flush, 0)), len(call.heard) - 1)
            lost = Span(start, min(len(call.heard), start + round((1 - share) * item.total)))
            if lost.frames > 0:
                lost_until[flush] = lost.end
                found.append(_line("agent", lost, rest, heard=False))
    return [*found, *_unspoken(call, clock, max(lost_until.values(), default=0))]


def _unspoken(call: Recorded, clock: CallClock, after: int) -> Iterator[Segment]:
    """What the agent had written when it was interrupted, behind what was cut of its sound."""
    last = len(call.heard)
    for note in call.noted("agent_text"):
        if note.get("unheard"):
            start = min(max(clock.index_at(note["at_ns"]), after), last - 1)
            lasts = round(len(note["text"]) / FAST_CHARACTERS_PER_S * call.rate_hz)
            after = min(last, start + max(1, lasts))
            yield _line("agent", Span(start, after), note["text"], heard=False)


def _items(call: Recorded) -> Mapping[str, _Item]:
    items: dict[str, _Item] = defaultdict(_Item)
    for packet in call.packets:
        item = items[packet.item_id]
        item.total += packet.frames
        if packet.position >= 0:
            item.start = packet.position if item.start < 0 else item.start
            item.end = packet.position + packet.frames
    return items


def _caller(call: Recorded, clock: CallClock, measures: CallMeasures) -> list[Segment]:
    """The caller's lines as the server heard them, on our own spans of speech."""
    begins = {
        str(n.get("item_id", "")): clock.index_at(n["at_ns"]) for n in call.noted("caller_started")
    }
    reach = REACH_MS * call.rate_hz / 1000
    texts = {i: t.strip() for i, t in _texts(call, "caller_text").items() if i in begins}
    starts = sorted(begins.values())
    found = []
    for item_id, text in texts.items():
        at = begins[item_id]
        until = next((s for s in starts if s > at), len(call.sent)) - reach
        mine = [c for c in measures.caller if at - reach <= c.start <= max(at, until)]
        if text and mine:
            found.append(_line("caller", Span(mine[0].start, mine[-1].end), text))
    return found


def _line(speaker: Speaker, span: Span, text: str, *, heard: bool = True) -> Segment:
    return Segment(id=new_id(), speaker=speaker, span=span, text=text, heard=heard)


def events(call: Recorded) -> list[dict[str, Any]]:
    """What happened, as `call.extra["events"]` holds it: frames of the call, in order."""
    clock = CallClock(call)
    frames = len(call.heard)
    found: list[dict[str, Any]] = []
    muted: int | None = None
    for note in call.notes:
        at = _at(note, clock, frames)
        if note["what"] == "muted":
            muted = at
        elif note["what"] == "unmuted" and muted is not None:
            found.append({"kind": "other", "start": muted, "end": at, "label": "muted"})
            muted = None
        elif (entry := _entry(note)) is not None:
            found.append({"start": at, **entry})
    if muted is not None:
        found.append({"kind": "other", "start": muted, "end": frames, "label": "muted"})
    return sorted(found, key=lambda e: e["start"])


def presses(call: Recorded) -> list[list[int | bool]]:
    """[frame of the call, whether pressed or let go] of each turn of the key to talk."""
    clock, frames = CallClock(call), len(call.heard)
    noted = call.noted("talk_began", "talk_ended")
    return [[_at(n, clock, frames), n["what"] == "talk_began"] for n in noted]


def _at(note: Mapping[str, Any], clock: CallClock, frames: int) -> int:
    index = note["index"] if "index" in note else clock.index_at(note["at_ns"])
    return min(max(0, int(index)), frames)


def _entry(note: Mapping[str, Any]) -> dict[str, Any] | None:
    what = note["what"]
    if what in ("restarted", *KEY):
        return {"kind": "other", "label": str(note.get("words") or KEY.get(what, what))[:200]}
    if what in ("mark", "note", "step", "dtmf"):
        return {"kind": "other", "label": str(note.get("label") or what)[:200]}
    if what == "typed":
        return {"kind": "other", "label": f"typed: {note.get('label', '')}"[:200]}
    if what == "clip":
        return {"kind": "other", "label": f"clip: {note.get('label', '')}"[:200]}
    if what == "tool":
        return {"kind": "tool", "label": str(note.get("name", ""))[:200]}
    if what == "caller_stopped":
        return {"kind": "endpoint", "label": "end of speech, says the agent", **TIMING}
    if what == "flush":
        label = f"cut after {note.get('played_ms', 0)} ms"
        return {"kind": "other", "label": label, **TIMING}
    if what == "ran_dry":
        return {"kind": "other", "label": "the agent's sound ran dry", **TIMING}
    if what == "error":
        return {"kind": "other", "label": f"error: {note.get('text', '')}"[:200]}
    return None
