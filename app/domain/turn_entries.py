"""What it is when one begins to speak inside the other's utterance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import Speaker, other
from app.domain.turns import OverlapKind
from app.domain.utterances import Lane, Limits, Speech

NO_TURN: frozenset[OverlapKind] = frozenset({"backchannel", "false_interruption"})
"""Kinds of overlap whose second voice takes no turn."""


@dataclass(slots=True)
class Entry:
    """An utterance that began inside one of the other's, and what that was."""

    into: Speech
    kind: OverlapKind
    edited: bool


@dataclass(slots=True)
class Work:
    """What the rules share while deriving one turn set."""

    limits: Limits
    params: Mapping[str, Any]
    lanes: dict[Speaker, Lane]
    overrides: Mapping[str, OverlapKind]
    entries: dict[int, Entry] = field(default_factory=dict)
    """By id() of the utterance that began second."""

    def kind_of(self, speech: Speech) -> OverlapKind | None:
        """What its entry was; None where it began in the other's silence."""
        entry = self.entries.get(id(speech))
        return entry.kind if entry else None

    def takes_turn(self, speech: Speech) -> bool:
        """Whether it is a turn of its speaker or part of one."""
        kind = self.kind_of(speech)
        return kind is None or kind not in NO_TURN


def classify(work: Work, ordered: Sequence[Speech]) -> None:
    """Find every utterance begun inside one of the other's, and say what kind of entry it is."""
    for speech in ordered:
        into = work.lanes[other(speech.speaker)].at(speech.start)
        if into is None or into.order > speech.order:
            continue
        said = next((work.overrides[i] for i in speech.segment_ids if i in work.overrides), None)
        kind = said or _kind_by_rule(work, speech, into)
        work.entries[id(speech)] = Entry(into, kind, said is not None)
    _inherit(work, ordered)


def _kind_by_rule(work: Work, speech: Speech, into: Speech) -> OverlapKind:
    limits, p = work.limits, work.params
    left = into.end - speech.start
    if _is_backchannel(work, speech, into):
        return "backchannel"
    if limits.at_most(left, p["terminal_overlap_ms"]):
        return "terminal"
    return "interruption" if limits.at_most(left, p["yield_window_ms"]) else "talk_over"


def _is_backchannel(work: Work, speech: Speech, into: Speech) -> bool:
    limits, p = work.limits, work.params
    if not limits.at_most(speech.end - speech.start, p["backchannel_max_ms"]):
        return False
    if speech.word_count is not None and speech.word_count > p["backchannel_max_words"]:
        return False
    return not limits.shorter(into.end - speech.end, p["backchannel_resume_ms"])


def _inherit(work: Work, ordered: Sequence[Speech]) -> None:
    """A later utterance of the same turn inside the same speech is not an entry of its own.

    Only a turn's onset can interrupt, so what follows takes the kind of the entry before it.
    """
    last: dict[Speaker, Speech] = {}
    for speech in ordered:
        entry = work.entries.get(id(speech))
        if entry is not None and entry.kind in NO_TURN:
            continue
        before = last.get(speech.speaker)
        first = work.entries.get(id(before)) if before is not None else None
        if entry is not None and not entry.edited and first and first.into is entry.into:
            entry.kind = first.kind
        last[speech.speaker] = speech
