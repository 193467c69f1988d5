from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput, NotFound
from app.domain.ratings import Answer, Evidence, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.segments import Layer
from app.services import layers, rating, rubrics, undo
from app.services.workspace import Workspace


@pytest.fixture
def form(
    ws: Workspace,
    kit: SimpleNamespace,
    reviewer: Viewer,
    rubric: RubricVersion,
    call_id: str,
    speech: Layer,
) -> Any:
    return rating.open_form(ws, reviewer, call_id, rubric.id, kit.turn_set(ws, speech))


def reopened(ws: Workspace, kit: Any, viewer: Viewer, form: Any, layer_id: str) -> Any:
    timing = kit.turn_set(ws, layers.get_layer(ws, layer_id))
    return rating.open_form(ws, viewer, form.call_id, form.rubric.id, timing)


def test_a_fresh_form_asks_about_agent_turns(form: Any) -> None:
    assert [item.turn_index for item in form.items] == [2, 4]
    assert {item.speaker for item in form.items} == {"agent"}
    assert (form.version, form.submitted_at, form.answers, form.has_draft) == (0, None, {}, False)


def test_scopes_choose_items(ws: Workspace, kit: Any, speech: Layer) -> None:
    timing = kit.turn_set(ws, speech)
    made = {s: rubrics.rubric_of(kit.rubric_body("r", s)) for s in ("call", "turn", "agent_turn")}
    count = {s: len(rating.items_of(speech.call_id, r, timing)) for s, r in made.items()}
    assert count == {"call": 1, "turn": 4, "agent_turn": 2}


def test_every_part_of_an_answer_comes_back(
    ws: Workspace, kit: Any, reviewer: Viewer, form: Any, speech: Layer
) -> None:
    given = Answer(
        status="observed",
        value=3,
        confidence=2,
        rationale="“naïve” 理由",
        evidence=(Evidence(turn_id="t2", span=Span(9000, 20000)),),
        flagged=True,
    )
    rating.draft(ws, reviewer, form.items[0], form.rubric.criteria[0].id, given, duration_ms=1500)
    na = Answer(status="not_applicable", na_reason="no question asked")
    rating.draft(ws, reviewer, form.items[1], form.rubric.criteria[1].id, na, duration_ms=500)
    again = reopened(ws, kit, reviewer, form, speech.id)
    assert again.answers == {(0, 0): given, (1, 1): na}
    assert again.active_ms == 2000
    assert again.has_draft


def test_a_corrected_answer_supersedes_and_the_first_stays(
    ws: Workspace, kit: Any, reviewer: Viewer, form: Any, speech: Layer
) -> None:
    criterion = form.rubric.criteria[0].id
    first = rating.draft(ws, reviewer, form.items[0], criterion, kit.answer(1))
    second = rating.draft(ws, reviewer, form.items[0], criterion, kit.answer(2))
    drafts = rating.scores(ws, reviewer, phase="draft")
    assert [(s.id, s.answer.value, s.supersedes_id) for s in drafts] == [
        (first.score_id, 1, None),
        (second.score_id, 2, first.score_id),
    ]
    assert reopened(ws, kit, reviewer, form, speech.id).answers[(0, 0)].value == 2


def test_submit_freezes_versions(
    ws: Workspace, kit: Any, reviewer: Viewer, lead: Viewer, form: Any, speech: Layer
) -> None:
    item, (one, two) = form.items[0], form.rubric.criteria
    rating.draft(ws, reviewer, item, one.id, kit.answer(1))
    rating.draft(ws, reviewer, item, two.id, kit.answer(4))
    first = rating.submit(ws, reviewer, form.call_id, form.rubric.id)
    assert (first.version, first.score_count) == (1, 2)
    with pytest.raises(BadInput, match="Nothing has changed"):
        rating.submit(ws, reviewer, form.call_id, form.rubric.id)
    rating.draft(ws, reviewer, item, one.id, kit.answer(3))
    edited = reopened(ws, kit, reviewer, form, speech.id)
    assert (edited.version, edited.has_draft) == (1, True)
    assert [s.answer.value for s in rating.scores(ws, lead)] == [1, 4], "the edit is a draft yet"
    second = rating.submit(ws, reviewer, form.call_id, form.rubric.id)
    assert (second.version, second.score_count) == (2, 2)
    assert sorted(s.answer.value or 0 for s in rating.scores(ws, lead)) == [3, 4]
    with ws.db.read() as uow:
        all_rows = uow.scores.visible(lead, newest=False)
    assert [s.answer.value for s in all_rows if s.submission_id == first.id] == [1, 4]


def test_a_cleared_answer_is_not_submitted(
    ws: Workspace, kit: Any, reviewer: Viewer, form: Any
) -> None:
    item, (one, two) = form.items[0], form.rubric.criteria
    rating.draft(ws, reviewer, item, one.id, kit.answer(1))
    rating.draft(ws, reviewer, item, two.id, kit.answer(1))
    rating.draft(ws, reviewer, item, one.id, Answer(status="cleared"))
    assert rating.submit(ws, reviewer, form.call_id, form.rubric.id).score_count == 1
    rating.draft(ws, reviewer, item, two.id, Answer(status="cleared"))
    with pytest.raises(BadInput, match="Nothing is scored"):
        rating.submit(ws, reviewer, form.call_id, form.rubric.id)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(status="observed", value=9), "not on the scale"),
        (Answer(status="observed", value=None), "not on the scale"),
        (Answer(status="abstained", value=1), "cannot carry a value"),
    ],
)
def test_answers_off_the_scale_are_refused(
    ws: Workspace, reviewer: Viewer, form: Any, answer: Answer, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        rating.draft(ws, reviewer, form.items[0], form.rubric.criteria[0].id, answer)
    assert rating.scores(ws, reviewer, phase="draft") == []


def test_a_question_about_turns_is_not_asked_of_the_call(
    ws: Workspace, kit: Any, reviewer: Viewer, form: Any
) -> None:
    with pytest.raises(BadInput, match="not asked of this item"):
        rating.draft(
            ws, reviewer, kit.whole(form.call_id), form.rubric.criteria[0].id, kit.answer(1)
        )
    with pytest.raises(NotFound):
        rating.draft(ws, reviewer, form.items[0], "none", kit.answer(1))


def test_moving_a_boundary_leaves_the_score_with_its_item(
    ws: Workspace, kit: Any, reviewer: Viewer, form: Any, speech: Layer
) -> None:
    criterion = form.rubric.criteria[0].id
    for item in form.items:
        rating.draft(ws, reviewer, item, criterion, kit.answer(2))
    moved = layers.edit(
        ws,
        reviewer,
        form.call_id,
        "move",
        {"segment_id": "s2", "start": 9_500, "end": 20_000},
        base_layer_id=speech.id,
    )
    after = reopened(ws, kit, reviewer, form, moved.layer.id)
    assert set(after.answers) == {(1, 0)}, "the untouched turn keeps its answer"
    (stale,) = after.stale
    assert stale.stale
    assert stale.item.span == form.items[0].span
    assert (stale.item.layer_id, stale.item.layer_version) == (speech.id, 1)
    saved = rating.confirm_stale(ws, reviewer, stale.id, after.items[0])
    confirmed = reopened(ws, kit, reviewer, form, moved.layer.id)
    assert confirmed.answers[(0, 0)].value == 2
    assert confirmed.score_ids[(0, 0)] == saved.score_id
    with ws.db.read() as uow:
        old = uow.scores.own(reviewer, stale.id)
    assert old is not None
    assert old.item == stale.item, "the first score was not bound anew"
    undo.undo(ws, reviewer, form.call_id)
    undo.undo(ws, reviewer, form.call_id)
    back = reopened(ws, kit, reviewer, form, moved.layer.id)
    assert back.answers[(0, 0)].value == 2, "with the old boundary the old score fits again"


def test_nobody_confirms_anothers_score(
    ws: Workspace, kit: Any, reviewer: Viewer, other_reviewer: Viewer, form: Any
) -> None:
    saved = rating.draft(ws, reviewer, form.items[0], form.rubric.criteria[0].id, kit.answer(2))
    with pytest.raises(NotFound, match="not one of yours"):
        rating.confirm_stale(ws, other_reviewer, saved.score_id, form.items[1])


def test_mark_stale_compares_with_the_newest_items(
    ws: Workspace, kit: Any, reviewer: Viewer, form: Any
) -> None:
    for item in form.items:
        rating.draft(ws, reviewer, item, form.rubric.criteria[0].id, kit.answer(2))
    found = rating.scores(ws, reviewer, phase="draft")
    assert [s.stale for s in rating.mark_stale(found, form.items[:1])] == [False, True]


def test_human_state_follows(ws: Workspace, kit: Any, reviewer: Viewer, form: Any) -> None:
    from app.services import browsing

    def state() -> str:
        return browsing.call_rows(ws, reviewer, [1])[0].human_state

    assert state() == "none"
    rating.draft(ws, reviewer, form.items[0], form.rubric.criteria[0].id, kit.answer(2))
    assert state() == "partial"
    rating.submit(ws, reviewer, form.call_id, form.rubric.id)
    assert state() == "complete"


def test_rubric_files_become_versions(ws: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    text = (
        "key: gic\ntitle: GIC\nnote: kept\ncriteria:\n- key: a\n  title: A\n  question: q\n"
        "  scope: call\n  levels:\n  - {value: 0, anchor: none}\n  - {value: 1, anchor: some}\n"
        "  rationale_required_at: [0]\n"
    )
    file.write_text(text)
    assert rating.load_rubrics(ws, tmp_path) == 1
    assert rating.load_rubrics(ws, tmp_path) == 0, "the same body is the same version"
    file.write_text(text.replace("question: q", "question: better"))
    assert rating.load_rubrics(ws, tmp_path) == 1
    versions = rating.rubric_versions(ws)
    assert [(v.key, v.version, v.criteria[0].question) for v in versions] == [
        ("gic", 1, "q"),
        ("gic", 2, "better"),
    ]
    assert versions[0].extra == {"note": "kept"}
    assert versions[0].criteria[0].rationale_required_at == (0,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("key: a", "lacks 'title'"),
        ("[1, 2]", "no table"),
        ("a: [", "cannot be read"),
        (
            "key: a\ntitle: t\ncriteria: [{key: k, title: t, question: q, scope: page, "
            "levels: []}]",
            "scope “page”",
        ),
    ],
)
def test_a_bad_rubric_is_named(ws: Workspace, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(BadInput, match=words) as caught:
        rating.load_rubrics(ws, tmp_path)
    assert "bad.yaml" in caught.value.what
