from __future__ import annotations

import pytest

from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.services import commenting
from app.services.workspace import Workspace


def test_comments_are_listed_by_time_with_all_they_carry(
    ws: Workspace, reviewer: Viewer, call_id: str
) -> None:
    commenting.add(ws, reviewer, call_id, start=900, body="late")
    made = commenting.add(
        ws,
        reviewer,
        call_id,
        start=100,
        end=200,
        body=" <b>not bold</b> ",
        severity=3,
        tags=("latency",),
        turn_index=4,
    )
    listed = commenting.list(ws, reviewer, call_id)
    assert [c.body for c in listed] == ["<b>not bold</b>", "late"]
    assert listed[0] == made
    assert (made.end, made.severity, made.tags, made.turn_index) == (200, 3, ("latency",), 4)


def test_editing_appends_a_version(ws: Workspace, reviewer: Viewer, call_id: str) -> None:
    made = commenting.add(ws, reviewer, call_id, start=1, body="one")
    edited = commenting.edit(ws, reviewer, made.thread_id, body="two", severity=2)
    assert edited.id != made.id
    assert [c.body for c in commenting.comments(ws, reviewer, call_id)] == ["two"]
    with ws.db.read() as uow:
        kept = uow.comments.version(made.id)
    assert kept is not None
    assert kept[0].body == "one"


def test_only_the_writer_changes_a_comment(
    ws: Workspace, reviewer: Viewer, lead: Viewer, call_id: str
) -> None:
    made = commenting.add(ws, reviewer, call_id, start=1, body="one")
    with pytest.raises(NotAllowed):
        commenting.edit(ws, lead, made.thread_id, body="x")
    with pytest.raises(NotAllowed):
        commenting.delete(ws, lead, made.thread_id)
    assert commenting.delete(ws, reviewer, made.thread_id).comments == {call_id}
    with pytest.raises(NotFound):
        commenting.edit(ws, reviewer, made.thread_id, body="x")
    assert commenting.comments(ws, lead, call_id) == []


def test_a_marker_may_be_silent_and_a_comment_not(
    ws: Workspace, reviewer: Viewer, call_id: str
) -> None:
    assert commenting.add(ws, reviewer, call_id, start=1, is_marker=True).is_marker
    for bad in ({"body": " "}, {"body": "x", "severity": 4}, {"body": "x", "end": 0}):
        with pytest.raises(BadInput):
            commenting.add(ws, reviewer, call_id, start=1, **bad)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        commenting.add(ws, reviewer, call_id, start=-1, body="x")
    with pytest.raises(NotFound):
        commenting.add(ws, reviewer, "none", start=1, body="x")
