from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.domain.segments import Layer
from app.services import calls, commenting, layers, rating, undo
from app.services.workspace import Workspace


def values(ws: Workspace, viewer: Viewer, call_id: str, rubric: RubricVersion) -> list[Any]:
    with ws.db.read() as uow:
        rows = uow.scores.form(viewer.rater_id, call_id, rubric.id)
    return [s.answer.value for s in rows if s.answer.status != "cleared"]


def test_scores_go_back_and_forth_by_new_rows(
    ws: Workspace, kit: SimpleNamespace, reviewer: Viewer, call_id: str, call_rubric: RubricVersion
) -> None:
    item, criterion = kit.whole(call_id), call_rubric.criteria[0].id
    for value in (1, 2, 3):
        rating.draft(ws, reviewer, item, criterion, kit.answer(value))
    seen = [values(ws, reviewer, call_id, call_rubric)]
    for step in (undo.undo, undo.undo, undo.undo, undo.redo, undo.redo, undo.redo):
        assert step(ws, reviewer, call_id) is not None
        seen.append(values(ws, reviewer, call_id, call_rubric))
    assert seen == [[3], [2], [1], [], [1], [2], [3]]
    assert undo.redo(ws, reviewer, call_id) is None
    assert len(rating.scores(ws, reviewer, phase="draft")) == 9, "every step added a row"


def test_a_new_step_ends_what_could_be_redone(
    ws: Workspace, kit: SimpleNamespace, reviewer: Viewer, call_id: str, call_rubric: RubricVersion
) -> None:
    item, criterion = kit.whole(call_id), call_rubric.criteria[0].id
    rating.draft(ws, reviewer, item, criterion, kit.answer(1))
    undo.undo(ws, reviewer, call_id)
    commenting.add(ws, reviewer, call_id, start=0, body="x")
    assert undo.peek(ws, reviewer, call_id) == ("Add comment", None)


def test_two_hundred_steps_survive_a_restart(
    ws: Workspace, kit: SimpleNamespace, reviewer: Viewer, call_id: str, call_rubric: RubricVersion
) -> None:
    item, criterion = kit.whole(call_id), call_rubric.criteria[0].id
    for at in range(205):
        rating.draft(ws, reviewer, item, criterion, kit.answer(at % 6))
    ws.close()
    again = Workspace.open(ws.path)
    try:
        back = 0
        while undo.undo(again, reviewer, call_id) is not None:
            back += 1
        assert back == undo.LIMIT == 200
        assert values(again, reviewer, call_id, call_rubric) == [4 % 6]
        while undo.redo(again, reviewer, call_id) is not None:
            back -= 1
        assert back == 0
        assert values(again, reviewer, call_id, call_rubric) == [204 % 6]
    finally:
        again.close()


def test_submitting_ends_what_can_be_undone_of_that_form(
    ws: Workspace, kit: SimpleNamespace, reviewer: Viewer, call_id: str, call_rubric: RubricVersion
) -> None:
    commenting.add(ws, reviewer, call_id, start=0, body="x")
    rating.draft(ws, reviewer, kit.whole(call_id), call_rubric.criteria[0].id, kit.answer(1))
    rating.submit(ws, reviewer, call_id, call_rubric.id)
    assert undo.peek(ws, reviewer, call_id) == ("Add comment", None)


def test_each_rater_undoes_their_own(
    ws: Workspace, reviewer: Viewer, lead: Viewer, call_id: str
) -> None:
    commenting.add(ws, reviewer, call_id, start=0, body="mine")
    commenting.add(ws, lead, call_id, start=1, body="lead's")
    undo.undo(ws, reviewer, call_id)
    assert [c.body for c in commenting.comments(ws, lead, call_id)] == ["lead's"]
    assert undo.undo(ws, reviewer, call_id) is None


def test_comments_edit_and_delete_come_back(ws: Workspace, reviewer: Viewer, call_id: str) -> None:
    def bodies() -> list[str]:
        return [c.body for c in commenting.comments(ws, reviewer, call_id)]

    first = commenting.add(ws, reviewer, call_id, start=0, body="one")
    commenting.edit(ws, reviewer, first.thread_id, body="two")
    commenting.delete(ws, reviewer, first.thread_id)
    seen = [bodies()]
    for step in (undo.undo, undo.undo, undo.undo, undo.redo, undo.redo, undo.redo):
        step(ws, reviewer, call_id)
        seen.append(bodies())
    assert seen == [[], ["two"], ["one"], [], ["one"], ["two"], []]


def test_boundaries_go_back_and_the_machine_layer_never_moved(
    ws: Workspace, reviewer: Viewer, call_id: str, speech: Layer
) -> None:
    machine = layers.segments(ws, speech.id)
    human = layers.edit(
        ws, reviewer, call_id, "delete", {"segment_id": "s1"}, base_layer_id=speech.id
    ).layer
    layers.edit(
        ws,
        reviewer,
        call_id,
        "merge",
        {"segment_id": "s2", "with_id": "s4"},
        base_layer_id=human.id,
    )

    def ids() -> list[str]:
        return [s.id for s in layers.segments(ws, human.id)]

    seen = [ids()]
    for step in (undo.undo, undo.undo, undo.redo, undo.redo):
        step(ws, reviewer, call_id)
        seen.append(ids())
    full = ["s1", "s2", "s3", "s4"]
    assert seen == [["s2", "s3"], full[1:], full, full[1:], ["s2", "s3"]]
    assert layers.segments(ws, speech.id) == machine
    assert layers.get_layer(ws, human.id).version == 6, "taking back is a version of its own"
    assert [s.id for s in layers.segments(ws, human.id, 1)] == full[1:]
    assert [s.id for s in layers.segments(ws, human.id, 4)] == full


def test_a_step_that_others_built_on_is_refused_and_nothing_changes(
    ws: Workspace, reviewer: Viewer, lead: Viewer, call_id: str, speech: Layer
) -> None:
    human = layers.edit(
        ws,
        reviewer,
        call_id,
        "split",
        {"segment_id": "s2", "at": 15_000, "new_id": "s2b"},
        base_layer_id=speech.id,
    ).layer
    layers.edit(ws, lead, call_id, "delete", {"segment_id": "s2b"}, base_layer_id=human.id)
    before = layers.segments(ws, human.id)
    with pytest.raises(BadInput, match="later correction builds on it"):
        undo.undo(ws, reviewer, call_id)
    assert layers.segments(ws, human.id) == before
    assert undo.peek(ws, reviewer, call_id)[0] == "Split segment"


def test_flags_tags_and_titles_are_steps_too(ws: Workspace, reviewer: Viewer, call_id: str) -> None:
    calls.update_call(ws, reviewer, call_id, title="New", tags=["a", "b"], flagged=True)
    assert undo.undo(ws, reviewer, call_id) is not None
    call = calls.get_call(ws, call_id)
    assert (call.title, call.tags, call.flagged) == ("A call", (), False)
    undo.redo(ws, reviewer, call_id)
    call = calls.get_call(ws, call_id)
    assert (call.title, call.tags, call.flagged) == ("New", ("a", "b"), True)
