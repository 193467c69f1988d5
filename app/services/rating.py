"""Scores: every key is a durable draft; submitting freezes the whole form as a version."""

from __future__ import annotations

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.forms import Saved, Submission, applies
from app.domain.query import Query
from app.domain.ratings import Answer, ItemRef, Phase, Score, Viewer
from app.domain.rubrics import Criterion
from app.services.rating_forms import find_rubric, items_of, mark_stale, open_form
from app.services.rubrics import load_rubrics, rubric_versions
from app.services.workspace import Workspace
from db.repos.scores import NewScore
from db.unit_of_work import Reader, UnitOfWork

__all__ = [
    "confirm_stale",
    "draft",
    "items_of",
    "load_rubrics",
    "mark_stale",
    "open_form",
    "reveal",
    "rubric_versions",
    "scores",
    "submit",
]


def draft(
    ws: Workspace,
    viewer: Viewer,
    item: ItemRef,
    criterion_id: str,
    answer: Answer,
    *,
    blind: bool | None = None,
    duration_ms: int = 0,
) -> Saved:
    """Store one answer as a draft; it is on disk when this returns.

    Args:
        ws: the workspace.
        viewer: whose answer.
        item: what it is about, pinned to the layer that was on the screen.
        criterion_id: which question.
        answer: the answer.
        blind: False where the caller knows that something was shown; otherwise it is worked out
            from what was open to the viewer. True cannot be claimed over what was open.
        duration_ms: active time since the last answer.

    Raises:
        NotFound: no such criterion.
        BadInput: the value is not on the scale, or the criterion is not asked of that item.
    """
    with ws.db.human() as uow:
        criterion = uow.rubrics.criterion(criterion_id)
        rubric_id = uow.rubrics.of_criterion(criterion_id)
        if criterion is None or rubric_id is None:
            raise NotFound(f"There is no criterion {criterion_id}.")
        check_answer(criterion, item, answer)
        before = uow.scores.latest_in_cell(viewer.rater_id, item, criterion_id)
        row = NewScore(
            call_id=item.call_id,
            item_id=uow.scores.item(item),
            rubric_version_id=rubric_id,
            criterion_id=criterion_id,
            rater_id=viewer.rater_id,
            answer=answer,
            phase="draft",
            blind=is_blind(uow, viewer, item.call_id) and blind is not False,
            duration_ms=max(duration_ms, 0),
            supersedes_id=before.id if before else None,
        )
        score_id, now = append_draft(uow, row)
        uow.actions.add(
            item.call_id,
            viewer.rater_id,
            _step_name(criterion, answer),
            {
                "type": "score",
                "score_id": score_id,
                "before_id": before.id if before else None,
                "rubric_version_id": rubric_id,
            },
        )
    return Saved(score_id=score_id, created_at=now, changes=uow.changes)


def append_draft(uow: UnitOfWork, row: NewScore) -> tuple[str, str]:
    """Append a draft and keep the summary; (score id, time)."""
    saved = uow.scores.add(row)
    uow.summaries.mark_begun(row.call_id)
    uow.touch(Changes(scores=frozenset({row.call_id})))
    return saved


def is_blind(uow: Reader, viewer: Viewer, call_id: str) -> bool:
    """Whether nothing of judges or other raters on that call was open to the viewer."""
    return not uow.scores.could_have_seen(viewer, call_id)


def check_answer(criterion: Criterion, item: ItemRef, answer: Answer) -> None:
    """Refuse what the scale does not have.

    Raises:
        BadInput: with the values that may be given.
    """
    if not applies(criterion, item):
        raise BadInput(f"“{criterion.title}” is not asked of this item.")
    if answer.status == "observed":
        if answer.value is None or not criterion.takes(answer.value):
            raise BadInput(
                f"{answer.value} is not on the scale of “{criterion.title}”.",
                f"Use {criterion.taken}.",
            )
    elif answer.value is not None:
        raise BadInput("An answer without a score cannot carry a value.")
    if answer.status == "not_applicable" and not criterion.na_allowed:
        raise BadInput(f"“{criterion.title}” must be scored.", "Give a score.")


def submit(ws: Workspace, viewer: Viewer, call_id: str, rubric_version_id: str) -> Submission:
    """Freeze the viewer's whole form as its next version. Earlier versions stay.

    Answers on speech that is no longer in the newest layer are part of it, as they were given.

    Raises:
        BadInput: nothing is answered, or nothing changed since the last version.
        NotFound: no such rubric version.
    """
    with ws.db.human() as uow:
        rubric = find_rubric(uow, rubric_version_id)
        rows = uow.scores.form(viewer.rater_id, call_id, rubric_version_id)
        kept = [s for s in rows if s.answer.status != "cleared"]
        if not kept:
            raise BadInput("Nothing is scored yet.", "Score at least one criterion first.")
        if not uow.scores.has_draft(viewer.rater_id, call_id, rubric_version_id):
            raise BadInput("Nothing has changed since this form was submitted.")
        submission_id, version, now = uow.scores.add_submission(
            viewer.rater_id, call_id, rubric_version_id
        )
        for score in kept:
            uow.scores.add(_frozen(score, submission_id))
        uow.actions.add(
            call_id,
            viewer.rater_id,
            f"Submit {rubric.title}",
            {"type": "submit", "rubric_version_id": rubric_version_id},
            kind="submit",
        )
        uow.summaries.refresh_raters(call_id)
        uow.touch(Changes(scores=frozenset({call_id}), calls=frozenset({call_id})))
    return Submission(
        id=submission_id,
        call_id=call_id,
        rubric_version_id=rubric_version_id,
        rater_id=viewer.rater_id,
        version=version,
        submitted_at=now,
        score_count=len(kept),
        changes=uow.changes,
    )


def confirm_stale(ws: Workspace, viewer: Viewer, score_id: str, new_item: ItemRef) -> Saved:
    """Give a stale answer again for an item of the newest layer, by its rater's own decision.

    The old row stays bound to its item.

    Raises:
        NotFound: the viewer has no such score.
    """
    with ws.db.read() as uow:
        old = uow.scores.own(viewer, score_id)
    if old is None:
        raise NotFound("That score is not one of yours.")
    return draft(ws, viewer, new_item, old.criterion_id, old.answer, blind=old.blind)


def scores(
    ws: Workspace,
    viewer: Viewer,
    *,
    call_id: str | None = None,
    query: Query | None = None,
    phase: Phase = "submitted",
) -> list[Score]:
    """The scores that the viewer may see: newest versions; or the viewer's own drafts.

    Args:
        ws: the workspace.
        viewer: who is looking; a reviewer gets no judge's or other person's score of an item
            that they have not submitted.
        call_id: of one call.
        query: of the calls that the viewer's query finds.
        phase: `submitted` or `draft`.
    """
    with ws.db.read() as uow:
        wanted: list[str] | None = None
        if call_id is not None:
            wanted = [call_id]
        elif query is not None:
            wanted = uow.calls.ids_of(uow.library.seqs(viewer, query))
        return uow.scores.visible(viewer, call_ids=wanted, phase=phase)


def reveal(ws: Workspace, viewer: Viewer, call_id: str, rubric_version_id: str) -> list[Score]:
    """Show what judges and others gave on a form that the viewer has submitted; audited.

    Raises:
        NotAllowed: a reviewer has not submitted the form yet, or the workspace keeps it hidden.
    """
    with ws.db.human() as uow:
        version, _ = uow.scores.last_submission(viewer.rater_id, call_id, rubric_version_id)
        if not viewer.is_lead and version == 0:
            raise NotAllowed(
                "Other scores of this call are hidden until yours are submitted.", "Submit first."
            )
        if not viewer.is_lead and uow.settings.get("reveal_after_submit", True) is False:
            raise NotAllowed("This workspace keeps other scores hidden.", "Ask the lead.")
        if uow.scores.is_withheld(viewer, call_id):
            raise NotAllowed(
                "A study keeps other scores of this call hidden until it is closed.",
                "Ask the study's owner.",
            )
        found = [
            s
            for s in uow.scores.visible(viewer, call_ids=[call_id])
            if s.rubric_version_id == rubric_version_id and s.rater_id != viewer.rater_id
        ]
        uow.scores.audit_reveal(viewer, call_id, rubric_version_id, f"{len(found)} scores")
    return found


def _frozen(score: Score, submission_id: str) -> NewScore:
    return NewScore(
        call_id=score.item.call_id,
        item_id=score.item_id,
        rubric_version_id=score.rubric_version_id,
        criterion_id=score.criterion_id,
        rater_id=score.rater_id,
        answer=score.answer,
        phase="submitted",
        blind=score.blind,
        duration_ms=score.duration_ms,
        supersedes_id=score.id,
        submission_id=submission_id,
    )


def _step_name(criterion: Criterion, answer: Answer) -> str:
    shown = {
        "observed": str(answer.value),
        "not_applicable": "n/a",
        "abstained": "skipped",
        "cleared": "cleared",
    }
    return f"{criterion.title}: {shown.get(answer.status, answer.status)}"
