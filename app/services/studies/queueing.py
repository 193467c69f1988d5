"""Rubric studies: the calls that a rater still has to score, in their own order."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.domain.studies import Heard
from app.services.studies import joining, making, repeating
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCall:
    """A call to be scored: its place tells no more than where in the queue it is."""

    trial_id: str
    call_id: str
    number: int
    """Of all calls of this rater, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What is left of a rater's calls."""

    study_id: str
    rubric_version_id: str
    reveal: bool
    """Whether judges' and others' scores open after submitting."""
    left: tuple[QueuedCall, ...]
    done: int
    skipped: int


def queue(ws: Workspace, viewer: Viewer, study_id: str) -> Queue:
    """The calls left for the viewer; drawn and assigned at the first time.

    Raises:
        BadInput: it is no rubric study, or has all its raters.
        NotAllowed: it was never open to the viewer.
    """
    study = making.get(ws, study_id)
    if study.instrument != "rubric":
        raise BadInput(f"{study.code} is a listening study.", "Begin a listening session.")
    joining.join(ws, viewer, study.id)
    with ws.db.read() as uow:
        rows = AssignmentRepo(uow.connection).queue(study.id, viewer.rater_id)
    left = tuple(
        QueuedCall(trial_id=row.trial_id, call_id=row.call_id, number=number)
        for number, row in enumerate(rows, start=1)
        if row.submitted_at is None and not row.skipped
    )
    done = sum(row.submitted_at is not None for row in rows)
    return Queue(
        study_id=study.id,
        rubric_version_id=study.rubric_version_id,
        reveal=study.design.reveal,
        left=left,
        done=done,
        skipped=len(rows) - done - len(left),
    )


def take(ws: Workspace, viewer: Viewer, study_id: str, owner: str) -> QueuedCall | None:
    """The next call for the window `owner`; None where nothing is left that no window is on.

    Raises:
        NotAllowed: the study is not open.
    """
    study = making.get(ws, study_id)
    if study.state != "open":
        raise NotAllowed(f"{study.code} is {study.state}.", "Ask its owner to open it.")
    for call in queue(ws, viewer, study.id).left:
        if hold(ws, viewer, call.trial_id, owner):
            return call
    return None


def hold(ws: Workspace, viewer: Viewer, trial_id: str, owner: str) -> bool:
    """Keep a call for a window, which must say so every few seconds; False where another has it.

    The form of a call that comes again is emptied when it is held for the first time.

    Raises:
        NotFound: it is not one of the viewer's.
    """
    with ws.db.human() as uow:
        trial = uow.votes.trial(viewer, trial_id)
        if trial is None:
            raise NotFound("That call is not one of yours.")
        held = uow.votes.lease(trial_id, owner)
        if held:
            repeating.begin(uow, viewer, trial)
        return held


def skip(ws: Workspace, viewer: Viewer, trial_id: str, reason: str) -> Changes:
    """Leave a call of the queue out for good, with the reason: it cannot be scored.

    Raises:
        NotFound: it is not one of the viewer's. NotAllowed: it was skipped before.
        BadInput: no reason.
    """
    if not reason.strip():
        raise BadInput("Skipping needs a reason.", "Say why the call cannot be scored.")
    with ws.db.human() as uow:
        trial = uow.votes.trial(viewer, trial_id)
        if trial is None:
            raise NotFound("That call is not one of yours.")
        if uow.votes.has_vote(trial.id):
            raise NotAllowed("That call was skipped before.", "Go on with the next one.")
        session_id = uow.votes.last_session(trial.study_id, viewer.rater_id)
        uow.votes.add(
            trial_id=trial.id,
            session_id=session_id or uow.votes.add_session(trial.study_id, viewer.rater_id),
            value=None, raw_value=None, void_reason="fault", score_id=None, heard=Heard(),
            rt_ms=0, note=reason.strip(),
        )  # fmt: skip
        uow.touch(Changes(studies=True))
    return uow.changes
