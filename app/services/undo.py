"""Undo and redo as inverse events: rows are added, none is ever changed or taken away.

The log is kept per call and rater, so it survives a restart. Submitting ends what can be taken
back of that form: a submitted version is corrected by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.changes import Changes
from app.domain.errors import BadInput, Bug
from app.domain.forms import Step
from app.domain.layer_edits import EditError
from app.domain.ratings import Answer, Viewer
from app.services import redacting
from app.services.calls import change_call
from app.services.layers import touch_layer
from app.services.rating import append_draft, is_blind
from app.services.workspace import Workspace
from db.repos.actions import Action
from db.repos.scores import NewScore
from db.unit_of_work import UnitOfWork

LIMIT = 200
"""Steps that can be taken back."""


@dataclass(slots=True)
class _Stacks:
    undo: list[Action] = field(default_factory=list)
    redo: list[Action] = field(default_factory=list)


def undo(ws: Workspace, viewer: Viewer, call_id: str) -> Step | None:
    """Take back the viewer's last step on that call; None where there is none.

    Raises:
        BadInput: a later correction by someone else builds on it.
    """
    return _move(ws, viewer, call_id, back=True)


def redo(ws: Workspace, viewer: Viewer, call_id: str) -> Step | None:
    """Make the step again that was taken back last; None where there is none."""
    return _move(ws, viewer, call_id, back=False)


def peek(ws: Workspace, viewer: Viewer, call_id: str) -> tuple[str | None, str | None]:
    """The names of the steps that undo and redo would act on."""
    with ws.db.read() as uow:
        stacks = _replayed(uow.actions.of_call(call_id, viewer.rater_id))
    return (
        stacks.undo[-1].name if stacks.undo else None,
        stacks.redo[-1].name if stacks.redo else None,
    )


def _replayed(log: list[Action]) -> _Stacks:
    stacks = _Stacks()
    for action in log:
        if action.kind == "do":
            stacks.undo.append(action)
            stacks.redo.clear()
            if len(stacks.undo) > LIMIT:
                del stacks.undo[0]
        elif action.kind == "undo":
            stacks.redo.append(stacks.undo.pop())
        elif action.kind == "redo":
            stacks.undo.append(stacks.redo.pop())
        else:
            rubric = action.payload["rubric_version_id"]
            stacks.undo = [a for a in stacks.undo if not _of_form(a, rubric)]
            stacks.redo = [a for a in stacks.redo if not _of_form(a, rubric)]
    return stacks


def _of_form(action: Action, rubric_version_id: str) -> bool:
    return action.payload.get("rubric_version_id") == rubric_version_id


def _move(ws: Workspace, viewer: Viewer, call_id: str, *, back: bool) -> Step | None:
    with ws.db.human() as uow:
        stacks = _replayed(uow.actions.of_call(call_id, viewer.rater_id))
        pile = stacks.undo if back else stacks.redo
        if not pile:
            return None
        step = pile[-1]
        kind = step.payload["type"]
        if kind == "score":
            _score(uow, viewer, step, back=back)
        elif kind == "edit":
            _edit(uow, viewer, step, back=back)
        elif kind == "comment":
            _comment(uow, step, back=back)
        elif kind == "redaction":
            redacting.step(uow, viewer, step.payload["redaction_id"], back=back)
        elif kind == "call":
            change_call(
                uow, viewer, call_id, step.payload["before" if back else "after"], log=False
            )
        else:
            raise Bug(f"no inverse for a step of type {kind}")
        uow.actions.add(
            call_id,
            viewer.rater_id,
            step.name,
            {},
            kind="undo" if back else "redo",
            target_id=step.id,
        )
    return Step(name=step.name, changes=uow.changes)


def _score(uow: UnitOfWork, viewer: Viewer, step: Action, *, back: bool) -> None:
    """Draft again the answer from before (or the one that was taken back)."""
    given = uow.scores.own(viewer, step.payload["score_id"])
    if given is None:
        raise Bug("the undo log names a score that is not there")
    before_id = step.payload["before_id"]
    before = uow.scores.own(viewer, before_id) if before_id else None
    answer = given.answer
    if back:
        answer = before.answer if before is not None else Answer(status="cleared")
    latest = uow.scores.latest_in_cell(viewer.rater_id, given.item, given.criterion_id)
    append_draft(
        uow,
        NewScore(
            call_id=given.item.call_id,
            item_id=given.item_id,
            rubric_version_id=given.rubric_version_id,
            criterion_id=given.criterion_id,
            rater_id=viewer.rater_id,
            answer=answer,
            phase="draft",
            blind=is_blind(uow, viewer, given.item.call_id) and given.blind,
            supersedes_id=latest.id if latest else None,
        ),
    )


def _edit(uow: UnitOfWork, viewer: Viewer, step: Action, *, back: bool) -> None:
    layer_id, edit_id = step.payload["layer_id"], step.payload["edit_id"]
    uow.layers.add_edit(
        layer_id, "revoke" if back else "restore", {}, viewer.rater_id, target_id=edit_id
    )
    layer = uow.layers.get(layer_id)
    if layer is None:
        raise Bug("the undo log names a layer that is not there")
    try:
        uow.layers.segments(layer)
    except EditError as error:
        raise BadInput(
            f"“{step.name}” cannot be changed: a later correction builds on it.",
            "Take the later correction back first.",
        ) from error
    touch_layer(uow, layer)


def _comment(uow: UnitOfWork, step: Action, *, back: bool) -> None:
    given = uow.comments.version(step.payload["comment_id"])
    if given is None:
        raise Bug("the undo log names a comment that is not there")
    before_id = step.payload["before_id"]
    wanted, deleted = given
    if back:
        before = uow.comments.version(before_id) if before_id else None
        wanted, deleted = before if before is not None else (given[0], True)
    uow.comments.add(wanted, deleted=deleted)
    uow.touch(Changes(comments=frozenset({wanted.call_id})))
