"""The call's turns in a worker: derived from a speech layer, as the review screen does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.calls import Call, Span, Speaker
from app.domain.segments import LayerOrigin
from app.domain.turn_profiles import CALLBENCH_1
from app.domain.turn_rules import derive
from app.domain.turns import (
    Interruption,
    Latency,
    OverlapKind,
    Profile,
    Turn,
    TurnSet,
    Utterance,
)
from app.eval.base import CallInput, LayerInput, Read
from app.eval.turns import unbroken

READS: frozenset[Read] = frozenset({"speech", "human", "heard", "spoken", "intended"})
"""What turns follow from: who speaks when, and the words, which tell a backchannel from a turn."""

_RANK: Mapping[LayerOrigin, int] = {
    "human": 0,
    "import": 1,
    "platform": 2,
    "detector": 3,
    "plan": 4,
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A response latency with its place: from the other's offset to the turn's onset.

    `frames` is signed; `span` runs forward in time either way.
    """

    turn: Turn
    previous: Turn
    frames: int
    span: Span


def transcript_of(source: CallInput) -> LayerInput | None:
    """The transcript that gives the turns their words: a person's, else the best delivered."""
    found = list(source.texts.values())
    return min(
        sorted(found, key=lambda t: t.layer.id, reverse=True),
        key=lambda t: _RANK[t.layer.origin],
        default=None,
    )


def turns_of(layer: LayerInput, source: CallInput, profile: Profile = CALLBENCH_1) -> TurnSet:
    """Turns and what is between them, from `layer`. Frames at the call's rate."""
    text = transcript_of(source)
    call = source.call
    return derive(
        layer.segments,
        text.segments if text is not None else (),
        profile,
        layer=layer.layer,
        rate_hz=call.rate_hz,
        frame_count=call.frame_count,
        overrides=layer.overrides,
        voids=[v for f in call.warnings for v in f.voids],
    )


def gaps(turn_set: TurnSet, speaker: Speaker) -> list[Gap]:
    """The latencies of that speaker's turns, in order of time."""
    turns = {t.id: t for t in turn_set.turns}
    return [
        _gap(turns, latency)
        for latency in turn_set.latencies
        if turns[latency.turn_id].speaker == speaker
    ]


def _gap(turns: Mapping[str, Turn], latency: Latency) -> Gap:
    turn, previous = turns[latency.turn_id], turns[latency.previous_turn_id]
    onset, offset = turn.span.start, previous.span.end
    return Gap(turn, previous, latency.frames, Span(min(onset, offset), max(onset, offset)))


def entries(turn_set: TurnSet) -> list[tuple[Utterance, OverlapKind]]:
    """Utterances begun inside the other's speech, each once, with what that was."""
    kinds: dict[tuple[Speaker, str], OverlapKind] = {}
    for overlap in turn_set.overlaps:
        kinds.setdefault((overlap.by, overlap.segment_ids[1]), overlap.kind)
    out = []
    for utterance in turn_set.utterances:
        kind = kinds.get((utterance.speaker, utterance.segment_ids[0]))
        if kind is not None:
            out.append((utterance, kind))
    return out


def stop_span(turn_set: TurnSet, interruption: Interruption) -> Span:
    """From an interruption's onset to where the interrupted utterance really ended."""
    into = interruption.segment_ids[0]
    ends = (u.span.end for u in turn_set.utterances if into in u.segment_ids)
    end = next(ends, interruption.onset)
    return Span(interruption.onset, max(end, interruption.onset))


def came_with(call: Call, system: str, version: str = "") -> bool:
    """Whether the call was imported from that system's files (of that version of it).

    Where such files say what a speech layer can only guess, they alone are measured: a figure of
    a call has one origin.
    """
    told, how = call.extra.get("import"), call.extra.get("conditions")
    source = told.get("source") if isinstance(told, Mapping) else None
    found = how.get("version") if isinstance(how, Mapping) else None
    return source == system and (not version or str(found) == version)


def void_reason(source: CallInput, *families: str) -> str:
    """Why the recording cannot support figures of those families of turns; empty where it can."""
    for finding in source.call.warnings:
        if any(family in finding.voids for family in families):
            return finding.message
    if source.speech is None or source.speech.layer.origin != "detector":
        return ""
    return unbroken.reason(source.speech.segments, source.call.rate_hz)


def ms(frames: float, rate_hz: int) -> float:
    """Milliseconds of `frames`, to the microsecond."""
    return round(frames * 1000 / rate_hz, 3)


def seconds(frames: float, rate_hz: int) -> float:
    """Seconds of `frames`, to the microsecond."""
    return round(frames / rate_hz, 6)
