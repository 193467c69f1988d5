"""Moving through a form: nothing is skipped, nothing is counted that was not given."""

from __future__ import annotations

import pytest

from app.domain.calls import Span
from app.domain.forms import Form
from app.domain.ratings import Answer, ItemRef
from app.domain.rubrics import Criterion, Level, RubricVersion, Scope
from app.ui.scoring.form_state import FormState, not_applicable, scored, skipped


def criterion(key: str, scope: Scope = "agent_turn", extreme: tuple[int, ...] = ()) -> Criterion:
    levels = tuple(Level(value=v, anchor=str(v)) for v in (0, 1, 2))
    return Criterion(
        id=key, key=key, title=key, question="?", scope=scope, scale="ordinal",
        levels=levels, rationale_required_at=extreme,
    )  # fmt: skip


def form_state(*criteria: Criterion) -> FormState:
    turns = [
        ItemRef(kind="turn", call_id="c", span=Span(i, i + 1), turn_index=i, speaker="agent")
        for i in (2, 4)
    ]
    call = ItemRef(kind="call", call_id="c", span=Span(0, 9))
    rubric = RubricVersion(
        id="r1", key="r", version=1, title="R", sha256="0" * 64, criteria=criteria
    )
    return FormState(Form(call_id="c", rubric=rubric, items=(*turns, call)))


@pytest.fixture
def form() -> FormState:
    return form_state(criterion("a"), criterion("b", extreme=(0,)), criterion("z", "call"))


def test_each_criterion_is_asked_only_of_what_it_is_about(form: FormState) -> None:
    assert form.cells == ((0, 0), (0, 1), (1, 0), (1, 1), (2, 2))


def test_down_passes_from_the_last_criterion_of_a_turn_to_the_next_turn(form: FormState) -> None:
    assert (form.cell, *(form.cell for _ in range(4) if form.move(1))) == form.cells
    assert not form.move(1)
    assert form.cell == (2, 2)


def test_next_unset_wraps_once_and_says_when_nothing_is_left(form: FormState) -> None:
    for cell in form.cells[1:]:
        form.answers[cell] = Answer(status="observed", value=1)
    form.focus((1, 1))
    assert form.next_unset()
    assert form.cell == (0, 0)
    form.answers[0, 0] = not_applicable(None)
    assert not form.next_unset()
    assert form.count_set() == len(form.cells)


def test_going_to_a_turn_lands_on_its_first_gap(form: FormState) -> None:
    form.answers[1, 0] = scored(None, 2)
    assert form.focus_item(1)
    assert form.cell == (1, 1)
    assert not form.focus_item(9)


def test_a_cleared_answer_counts_as_unset(form: FormState) -> None:
    form.answers[0, 0] = Answer(status="cleared")
    assert form.answer((0, 0)) is None
    assert form.count_set() == 0


def test_an_extreme_score_without_its_reason_keeps_the_form_open(form: FormState) -> None:
    for cell in form.cells:
        form.answers[cell] = scored(None, 0)
    assert form.missing() == [(0, 1), (1, 1)]
    form.answers[0, 1] = Answer(status="observed", value=0, rationale="Cut the caller off twice.")
    assert form.missing() == [(1, 1)]


def test_a_skip_counts_as_an_answer_but_carries_no_value() -> None:
    gone = skipped(Answer(status="observed", value=2, confidence=1), "Line too bad to judge.")
    assert (gone.status, gone.value, gone.confidence) == ("abstained", None, 1)


def test_changing_a_score_keeps_what_was_written_beside_it() -> None:
    before = Answer(status="observed", value=1, confidence=3, rationale="late")
    after = scored(before, 2)
    assert (after.value, after.confidence, after.rationale) == (2, 3, "late")
    gone = not_applicable(after)
    assert (gone.value, gone.status, gone.rationale) == (None, "not_applicable", "late")


def test_a_form_without_turns_is_empty() -> None:
    rubric = RubricVersion(
        id="r1", key="r", version=1, title="R", sha256="0" * 64, criteria=(criterion("a"),)
    )
    assert FormState(Form(call_id="c", rubric=rubric, items=())).is_empty
