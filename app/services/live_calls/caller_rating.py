"""How the call was, by whoever was in it: asked right after it, before any figure is shown."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.calls import Span
from app.domain.errors import BadInput, NotFound
from app.domain.forms import Submission
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.rubrics import RubricVersion
from app.services import rating
from app.services.assets import asset
from app.services.calls import get_call
from app.services.rubrics import add_rubric, read_rubric, rubric_versions
from app.services.workspace import Workspace

RUBRIC = "conversation"


def conversation_rubric(ws: Workspace) -> RubricVersion:
    """The newest version of the form in this workspace."""
    known = [r for r in rubric_versions(ws) if r.key == RUBRIC]
    if known:
        return max(known, key=lambda r: r.version)
    return add_rubric(ws, read_rubric(asset("rubrics", f"{RUBRIC}.yaml")))


def awaits_rating(ws: Workspace, viewer: Viewer, call_id: str) -> bool:
    """Whether the viewer placed that call and has still to rate it; until then, show no figure."""
    with ws.db.read() as uow:
        return uow.scores.awaits_caller(viewer, call_id)


def rate(ws: Workspace, viewer: Viewer, call_id: str, answers: Mapping[str, Answer]) -> Submission:
    """Store the caller's form.

    Args:
        ws: the workspace.
        viewer: who was in the call.
        call_id: the call.
        answers: by the criterion's key; each that may not be left out has to be there.

    Raises:
        BadInput: an answer is missing or not on its scale. NotFound: no such call or question.
    """
    call, rubric = get_call(ws, call_id), conversation_rubric(ws)
    criteria = {c.key: c for c in rubric.criteria}
    unknown = answers.keys() - criteria.keys()
    if unknown:
        raise NotFound(f"The form has no question {min(unknown)!r}.")
    missing = [c.title for c in rubric.criteria if not c.na_allowed and c.key not in answers]
    if missing:
        raise BadInput(f"Not answered yet: {', '.join(missing)}.", "Answer each question.")
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, call.frame_count))
    for key, answer in answers.items():
        rating.check_answer(criteria[key], item, answer)
    for key, answer in answers.items():
        rating.draft(ws, viewer, item, criteria[key].id, answer)
    return rating.submit(ws, viewer, call_id, rubric.id)


def skip(ws: Workspace, viewer: Viewer, call_id: str, reason: str) -> Submission:
    """Leave the form unanswered: what is stored is the reason, and no value.

    Raises:
        BadInput: there is no reason. NotFound: no such call.
    """
    if not reason.strip():
        raise BadInput("A rating is skipped with a reason.", "Say in some words why.")
    call, rubric = get_call(ws, call_id), conversation_rubric(ws)
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, call.frame_count))
    free = next(c for c in rubric.criteria if c.na_allowed)
    answer = Answer(status="not_applicable", na_reason=f"skipped: {reason.strip()}")
    rating.draft(ws, viewer, item, free.id, answer)
    return rating.submit(ws, viewer, call_id, rubric.id)
