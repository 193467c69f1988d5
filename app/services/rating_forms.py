"""What a rubric asks about a call, and how far a rater has come with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.calls import Span
from app.domain.errors import NotFound
from app.domain.forms import Cell, Form
from app.domain.ratings import Answer, ItemRef, Score, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.turns import TurnSet
from app.services.workspace import Workspace
from db.unit_of_work import Reader

_Key = tuple[str, int, int, str | None]

_FREE = ("call", "clip")
"""Kinds of items that are bound to no timing."""


def items_of(call_id: str, rubric: RubricVersion, turn_set: TurnSet) -> tuple[ItemRef, ...]:
    """What the rubric asks about on that timing: the call, its turns, or its agent turns."""
    scopes = {criterion.scope for criterion in rubric.criteria}
    found: list[ItemRef] = []
    if "call" in scopes:
        found.append(ItemRef(kind="call", call_id=call_id, span=Span(0, turn_set.frame_count)))
    for turn in turn_set.turns:
        if "turn" in scopes or f"{turn.speaker}_turn" in scopes:
            found.append(
                ItemRef(
                    kind="turn",
                    call_id=call_id,
                    span=turn.span,
                    layer_id=turn_set.layer_id,
                    layer_version=turn_set.layer_version,
                    profile_id=turn_set.profile.id,
                    turn_index=turn.index,
                    speaker=turn.speaker,
                )
            )
    return tuple(found)


def open_form(
    ws: Workspace, viewer: Viewer, call_id: str, rubric_version_id: str, turn_set: TurnSet
) -> Form:
    """The viewer's form on a call, as far as it has come.

    An answer belongs to a stretch of one speaker's speech: it shows in the cell with exactly that
    stretch in the given timing. Answers whose stretch is gone are in `stale`.

    Raises:
        NotFound: no such rubric version.
    """
    with ws.db.read() as uow:
        rubric = find_rubric(uow, rubric_version_id)
        rows = uow.scores.form(viewer.rater_id, call_id, rubric_version_id)
        version, at = uow.scores.last_submission(viewer.rater_id, call_id, rubric_version_id)
        active_ms = uow.scores.active_ms(viewer.rater_id, call_id, rubric_version_id)
        has_draft = uow.scores.has_draft(viewer.rater_id, call_id, rubric_version_id)
    items = items_of(call_id, rubric, turn_set)
    place = {_key(item): at for at, item in enumerate(items)}
    column = {criterion.id: at for at, criterion in enumerate(rubric.criteria)}
    answers: dict[Cell, Answer] = {}
    score_ids: dict[Cell, str] = {}
    stale: list[Score] = []
    for score in rows:
        if _is_blank(score.answer):
            continue
        group = place.get(_key(score.item))
        if group is None:
            stale.append(_stale(score))
            continue
        cell = (group, column[score.criterion_id])
        answers[cell], score_ids[cell] = score.answer, score.id
    return Form(
        call_id=call_id,
        rubric=rubric,
        items=items,
        answers=answers,
        score_ids=score_ids,
        stale=tuple(stale),
        version=version,
        submitted_at=at,
        active_ms=active_ms,
        has_draft=has_draft,
    )


def mark_stale(found: Sequence[Score], items: Sequence[ItemRef]) -> list[Score]:
    """The scores, each told whether its item is among `items` (those of the newest layer)."""
    present = {_key(item) for item in items}
    return [s if _key(s.item) in present or s.item.kind in _FREE else _stale(s) for s in found]


def _key(item: ItemRef) -> _Key:
    if item.kind == "call":
        return ("call", 0, 0, None)
    return (item.kind, item.span.start, item.span.end, item.speaker)


def _stale(score: Score) -> Score:
    return replace(score, stale=True)


def find_rubric(uow: Reader, rubric_version_id: str) -> RubricVersion:
    """The rubric version of that id.

    Raises:
        NotFound: there is none.
    """
    found = uow.rubrics.get(rubric_version_id)
    if found is None:
        raise NotFound(f"There is no rubric version {rubric_version_id}.")
    return found


def _is_blank(answer: Answer) -> bool:
    """Whether a cleared answer has nothing written beside it either."""
    beside = answer.rationale or answer.evidence or answer.flagged or answer.confidence
    return answer.status == "cleared" and not beside
