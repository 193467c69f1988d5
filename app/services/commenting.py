"""Time-stamped comments and markers. An edit appends a version; deleting hides the thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Comment, Viewer
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork

SEVERITIES = (1, 2, 3)


def add(
    ws: Workspace,
    viewer: Viewer,
    call_id: str,
    *,
    start: int,
    end: int | None = None,
    body: str = "",
    severity: int = 1,
    tags: Sequence[str] = (),
    turn_index: int | None = None,
    is_marker: bool = False,
) -> Comment:
    """Add a comment at a frame or over a span; durable before it returns.

    Raises:
        BadInput: it is empty, or ends before it begins.
        NotFound: there is no such call.
    """
    comment = Comment(
        id="",
        thread_id="",
        call_id=call_id,
        rater_id=viewer.rater_id,
        rater_name=viewer.name,
        start=start,
        end=end,
        body=body.strip(),
        severity=severity,
        tags=tuple(tags),
        turn_index=turn_index,
        created_at="",
        is_marker=is_marker,
    )
    _check(comment)
    with ws.db.human() as uow:
        if uow.calls.seq(call_id) is None:
            raise NotFound(f"There is no call {call_id}.")
        name = "Add marker" if is_marker else "Add comment"
        return append(uow, comment, name, before_id=None)


def edit(
    ws: Workspace,
    viewer: Viewer,
    thread_id: str,
    *,
    body: str | None = None,
    severity: int | None = None,
    tags: Sequence[str] | None = None,
    start: int | None = None,
    end: int | None = None,
) -> Comment:
    """Change one's own comment; the earlier version stays on record.

    Raises:
        NotFound: there is no such comment.
        NotAllowed: it is someone else's.
        BadInput: it would be empty, or end before it begins.
    """
    with ws.db.human() as uow:
        old = _own(uow, viewer, thread_id)
        new = replace(
            old,
            body=old.body if body is None else body.strip(),
            severity=old.severity if severity is None else severity,
            tags=old.tags if tags is None else tuple(tags),
            start=old.start if start is None else start,
            end=old.end if end is None else end,
        )
        _check(new)
        return append(uow, new, "Edit comment", before_id=old.id)


def delete(ws: Workspace, viewer: Viewer, thread_id: str) -> Changes:
    """Take away one's own comment; it can be brought back by undo.

    Raises:
        NotFound: there is no such comment.
        NotAllowed: it is someone else's.
    """
    with ws.db.human() as uow:
        old = _own(uow, viewer, thread_id)
        append(uow, old, "Delete comment", before_id=old.id, deleted=True)
    return uow.changes


def comments(ws: Workspace, viewer: Viewer, call_id: str) -> Sequence[Comment]:
    """What the viewer may see: their own always, others' once the call is open to them."""
    with ws.db.read() as uow:
        return uow.comments.of_call(viewer, call_id)


def hidden(ws: Workspace, viewer: Viewer, call_id: str) -> bool:
    """Whether others' comments on this call are kept from the viewer, if there are any."""
    with ws.db.read() as uow:
        return uow.comments.any_hidden(viewer, call_id)


def append(
    uow: UnitOfWork, comment: Comment, name: str, *, before_id: str | None, deleted: bool = False
) -> Comment:
    """Append a version and its undo step; the version as stored."""
    comment_id = uow.comments.add(comment, deleted=deleted)
    uow.actions.add(
        comment.call_id,
        comment.rater_id,
        name,
        {"type": "comment", "comment_id": comment_id, "before_id": before_id},
    )
    uow.touch(Changes(comments=frozenset({comment.call_id})))
    stored = uow.comments.version(comment_id)
    if stored is None:
        raise NotFound("The comment was not stored.")
    return stored[0]


def _own(uow: UnitOfWork, viewer: Viewer, thread_id: str) -> Comment:
    found = uow.comments.newest(thread_id)
    if found is None or found[1]:
        raise NotFound("That comment is not there any more.")
    if found[0].rater_id != viewer.rater_id:
        raise NotAllowed("Only its writer can change a comment.", "Add one of your own.")
    return found[0]


def _check(comment: Comment) -> None:
    if not comment.body and not comment.is_marker:
        raise BadInput("The comment is empty.", "Type something, or set a marker instead.")
    if comment.start < 0 or (comment.end is not None and comment.end < comment.start):
        raise BadInput("A comment must begin inside the call and end after it begins.")
    if comment.severity not in SEVERITIES:
        raise BadInput(f"There is no severity {comment.severity}.", "Use 1, 2 or 3.")


list = comments  # noqa: A001  (reads well at the call: `commenting.list`)
