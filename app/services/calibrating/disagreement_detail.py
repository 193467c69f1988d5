"""One item on which a judge and people differ, opened: its words, the judge's reasons, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.calls import Call, Span, Speaker
from app.domain.errors import NotFound
from app.domain.ratings import Viewer
from app.services import rating, timing
from app.services.calibrating.disagreement import Differing, Listing
from app.services.calibrating.leads import lead_only
from app.services.calibrating.pair_second import pointed_at, turns_of
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts

AROUND = 2
"""Turns shown before and after those of the evidence."""
MOST_TURNS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A turn of the transcript."""

    speaker: Speaker
    span: Span
    text: str
    is_evidence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A call that an item is about, as far as the verdict on it points there."""

    call_id: str
    code: str
    title: str
    rate_hz: int
    evidence: tuple[Span, ...]
    """Where the judge points; the item's own span where it points nowhere."""
    lines: tuple[Line, ...]

    @property
    def span(self) -> Span:
        """What is played: the first piece of evidence."""
        return self.evidence[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What is read of an item once it is looked at."""

    row: Differing
    rationale: str
    """The judge's."""
    first: Heard
    second: Heard | None
    """Of a pair: its second call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one person wrote beside their score."""

    rater: str
    value: float | None
    text: str


def detail(ws: Workspace, viewer: Viewer, row: Differing) -> Detail:
    """Read what an item is about. People's notes stay closed; see `reveal_notes`.

    Raises:
        NotAllowed: a reviewer. NotFound: the call is gone.
    """
    lead_only(viewer)
    item = row.item
    with ws.db.read() as uow:
        calls = {c.id: c for c in uow.calls.many([item.call_id, item.other_call_id])}
        told = CalibrationFacts(uow.connection).details([row.score_id]).get(row.score_id, {})
    if item.call_id not in calls:
        raise NotFound(f"The call {row.code} is gone.")
    pointed = [Span(start, end) for _turn, start, end in told.get("evidence", ())]
    other = pointed_at(told.get("presentation", {}), turns_of(ws, item.other_call_id))
    second = calls.get(item.other_call_id)
    return Detail(
        row=row, rationale=told.get("rationale", ""),
        first=_heard(ws, calls[item.call_id], pointed, Span(item.start, item.end)),
        second=None if second is None else _heard(ws, second, other, Span(0, 0)),
    )  # fmt: skip


def _heard(ws: Workspace, call: Call, pointed: Sequence[Span], own: Span) -> Heard:
    whole = Span(own.start, own.end or call.frame_count)
    evidence = tuple(s for s in pointed if s.end > s.start) or (whole,)
    return Heard(
        call_id=call.id, code=call.code, title=call.title, rate_hz=call.rate_hz,
        evidence=evidence, lines=_lines(ws, call.id, evidence),
    )  # fmt: skip


def reveal_notes(
    ws: Workspace, viewer: Viewer, found: RatingSet, listing: Listing, row: Differing
) -> tuple[Note, ...]:
    """Open what people wrote beside their scores of an item; audited as any other reveal.

    Raises:
        NotAllowed: a reviewer.
    """
    lead_only(viewer)
    scores = rating.reveal(ws, viewer, row.item.call_id, listing.rubric_version_id)
    number = found.items.index(row.item)
    at = found.rubric.criteria.index(listing.criterion)
    mine = (found.item == number) & (found.criterion == at) & np.isin(found.rater, found.people)
    wanted = {found.rows[n].score_id for n in np.flatnonzero(mine).tolist()}
    return tuple(
        Note(
            rater=found.names.get(s.rater_id, ("", s.rater_id, ""))[1],
            value=s.answer.value, text=s.answer.rationale,
        )
        for s in scores
        if s.id in wanted
    )  # fmt: skip


def _lines(ws: Workspace, call_id: str, evidence: Sequence[Span]) -> tuple[Line, ...]:
    """The turns that the evidence touches, with a few around them."""
    try:
        turns = timing.turn_set(ws, call_id).turns
    except NotFound:
        return ()
    touched = [any(t.span.start < s.end and s.start < t.span.end for s in evidence) for t in turns]
    if not any(touched):
        return ()
    first = max(0, touched.index(True) - AROUND)
    last = len(touched) - touched[::-1].index(True) + AROUND
    return tuple(
        Line(speaker=t.speaker, span=t.span, text=t.text, is_evidence=hit)
        for t, hit in list(zip(turns, touched))[first:last][:MOST_TURNS]
    )
