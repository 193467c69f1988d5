"""Editing rubrics: new versions, old ones kept, problems in words, files that come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.rubrics import Criterion, Level, RubricVersion
from app.services import opening, raters, rating, rubric_editing, rubrics
from app.services.workspace import Workspace
from tests.ui.shell_support import add_calls


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = opening.open_workspace(tmp_path / "ws", create=True)
    yield opened
    opened.close()


@pytest.fixture
def lead(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Lee", "lead")


def draft() -> RubricVersion:
    made = rubric_editing.blank("Care, with hardship")
    levels = tuple(Level(value=v, anchor=f"Anchor {v}.") for v in (2, 1, 0))
    first = replace(made.criteria[0], title="Tone", question="How does it sound?", levels=levels)
    return replace(made, criteria=(first,))


def test_a_new_rubric_is_version_one_and_a_change_is_the_next(ws: Workspace, lead: Viewer) -> None:
    one = rubric_editing.save(ws, lead, draft())
    assert (one.key, one.version) == ("care_with_hardship", 1)
    changed = replace(one.criteria[0], question="How does it sound to the caller?")
    two = rubric_editing.save(ws, lead, replace(one, criteria=(changed,)))
    assert (two.key, two.version) == (one.key, 2)
    stored = [r for r in rubrics.rubric_versions(ws) if r.key == one.key]
    assert [r.criteria[0].question for r in stored] == [
        "How does it sound?",
        "How does it sound to the caller?",
    ]


def test_scores_stay_with_the_version_they_were_given_on(ws: Workspace, lead: Viewer) -> None:
    (call_id,) = add_calls(ws, 1)
    one = rubric_editing.save(ws, lead, draft())
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, 80_000))
    rating.draft(ws, lead, item, one.criteria[0].id, Answer(status="observed", value=2))
    rating.submit(ws, lead, call_id, one.id)
    rubric_editing.save(ws, lead, replace(one, title="Care"))
    (score,) = rating.scores(ws, lead, call_id=call_id)
    assert score.rubric_version_id == one.id


def test_nothing_new_is_not_saved_and_an_old_wording_is_a_version_again(
    ws: Workspace, lead: Viewer
) -> None:
    one = rubric_editing.save(ws, lead, draft())
    with pytest.raises(BadInput, match="Nothing differs from version 1"):
        rubric_editing.save(ws, lead, one)
    rubric_editing.save(ws, lead, replace(one, title="Care"))
    three = rubric_editing.save(ws, lead, one)
    assert three.version == 3
    assert three.title == one.title
    with pytest.raises(BadInput, match="version 3"):
        rubric_editing.save(ws, lead, one)
    rubric_editing.save(ws, lead, replace(one, title="Care"))
    assert rubric_editing.save(ws, lead, one).version == 5


def test_reviewers_may_not_save(ws: Workspace) -> None:
    with pytest.raises(NotAllowed):
        rubric_editing.save(ws, raters.sign_in(ws, "Ann", "reviewer"), draft())


def broken(**changes: object) -> list[str]:
    made = draft()
    one = replace(made.criteria[0], **changes)  # type: ignore[arg-type]
    return [p.words for p in rubric_editing.problems(replace(made, criteria=(one,)))]


def test_what_is_wrong_is_said_in_words() -> None:
    assert rubric_editing.problems(draft()) == ()
    assert broken(title=" ") == ["1. It has no title."]
    assert broken(question="") == ["1. “Tone” asks no question."]
    twice = (Level(value=1, anchor="a"), Level(value=1, anchor="b"))
    assert broken(levels=twice) == ["1. “Tone” has the value 1 twice."]
    far = (Level(value=12, anchor="a"), Level(value=1, anchor=""))
    assert broken(levels=far) == [
        "1. “Tone” has a value that no digit key gives; use 0 to 9.",
        "1. “Tone” has no written anchor at 1.",
    ]
    assert broken(scale="binary") == ["1. “Tone” is binary, so it has two levels."]
    assert broken(rationale_required_at=(7,)) == [
        "1. “Tone” asks a rationale at 7, which is not on its scale."
    ]
    assert broken(weight=-1.0) == ["1. “Tone” has a negative weight."]
    same = replace(draft(), criteria=draft().criteria * 2)
    assert [p.criterion for p in rubric_editing.problems(same)] == [1]
    none = replace(draft(), title="", criteria=())
    assert len(rubric_editing.problems(none)) == 2


def test_a_file_comes_back_as_it_went(ws: Workspace, lead: Viewer, tmp_path: Path) -> None:
    one = replace(
        draft().criteria[0], rationale_required_at=(0,), examples=("“I am sorry to hear that.”",),
        weight=2.0, na_allowed=False, higher_is_better=False, scope="agent_turn",
    )  # fmt: skip
    kept = replace(draft(), criteria=(one,), source="Ours", extra={"na_rule": "Always."})
    saved = rubric_editing.save(ws, lead, kept)
    path = tmp_path / "care.yaml"
    rubric_editing.export_file(saved, path)
    again = rubric_editing.import_file(path)
    assert rubric_editing.meaning(again) == rubric_editing.meaning(saved)
    with pytest.raises(BadInput, match="Nothing differs"):
        rubric_editing.save(ws, lead, again)


def test_built_in_rubrics_are_all_in_order_and_can_be_written(ws: Workspace) -> None:
    found = rubrics.rubric_versions(ws)
    assert found
    for rubric in found:
        assert rubric_editing.problems(rubric) == (), rubric.key
        assert rubric.key in rubric_editing.to_yaml(rubric)


def test_another_scale_keeps_the_anchors_of_values_that_both_have() -> None:
    (one,) = draft().criteria
    binary = rubric_editing.with_scale(replace(one, rationale_required_at=(0, 2)), "binary")
    assert [(lv.value, lv.anchor) for lv in binary.levels] == [(1, "Anchor 1."), (0, "Anchor 0.")]
    assert binary.rationale_required_at == (0,)
    assert rubric_editing.with_scale(one, "interval").levels == one.levels


def test_keys_follow_titles_and_never_meet() -> None:
    (one,) = draft().criteria
    first: Criterion = rubric_editing.keyed(one, ())
    assert first.key == "tone"
    assert rubric_editing.keyed(one, (first,)).key == "tone_2"
    assert rubric_editing.slug("Ärger!") == "rger"
