"""Keys on a form: in order, saved before shown, there again after a restart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.domain.calls import Span
from app.domain.errors import EnvironmentFault
from app.domain.ratings import Evidence
from app.services import rating
from app.services.workspace import Workspace
from app.tasks.runner import TaskRunner
from app.ui.scoring.controller import ScoringController
from app.ui.scoring.form_state import FormState
from tests.ui.scoring_rig import Rig, make_rig


@pytest.fixture
def rig(workspace: Workspace) -> Rig:
    return make_rig(workspace)


@pytest.fixture
def runner(qapp: object) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    made.close()


def open_state(rig: Rig) -> FormState:
    return FormState(rating.open_form(rig.ws, rig.viewer, rig.call_id, rig.rubric.id, rig.turn_set))


@pytest.fixture
def controller(rig: Rig, runner: TaskRunner) -> ScoringController:
    return ScoringController(runner, rig.ws, rig.viewer, open_state(rig))


def values(state: FormState) -> list[int | None]:
    return [a.value if (a := state.answer(cell)) else None for cell in state.cells]


def settle(qtbot: QtBot, controller: ScoringController) -> None:
    qtbot.waitUntil(lambda: controller.is_idle)


def test_fast_digits_go_to_one_criterion_after_the_other(
    controller: ScoringController, rig: Rig, qtbot: QtBot
) -> None:
    for digit in (2, 1, 0, 2, 1, 1):
        controller.score(digit)
    settle(qtbot, controller)
    assert values(controller.state) == [2, 1, 0, 2, 1, 1]
    assert values(open_state(rig)) == [2, 1, 0, 2, 1, 1]


def test_nothing_shows_before_it_is_stored(
    controller: ScoringController, rig: Rig, qtbot: QtBot
) -> None:
    stored_when_shown: list[list[int | None]] = []
    controller.changed.connect(lambda: stored_when_shown.append(values(open_state(rig))))
    controller.score(2)
    assert controller.state.answer((0, 0)) is None
    settle(qtbot, controller)
    assert stored_when_shown[0][0] == 2


def test_a_digit_off_the_scale_is_refused_in_words(
    controller: ScoringController, qtbot: QtBot
) -> None:
    said: list[str] = []
    controller.refused.connect(said.append)
    controller.score(5)
    settle(qtbot, controller)
    assert said == ["5 is not on this scale (0, 1, 2)."]
    assert controller.state.count_set() == 0


def test_not_applicable_only_where_the_rubric_allows_it(
    controller: ScoringController, qtbot: QtBot
) -> None:
    controller.mark_not_applicable()
    controller.mark_not_applicable()
    settle(qtbot, controller)
    answers = [controller.state.answer(cell) for cell in controller.state.cells[:2]]
    assert answers[0] is not None
    assert answers[0].status == "not_applicable"
    assert answers[1] is None


def test_what_is_written_before_the_score_survives_a_restart(
    controller: ScoringController, rig: Rig, qtbot: QtBot
) -> None:
    cell = controller.state.cell
    controller.set_rationale(cell, "Talks over the caller.")
    controller.toggle_evidence(Evidence(turn_id="t2", span=Span(0, 9)))
    settle(qtbot, controller)
    again = open_state(rig)
    assert again.answers[cell].rationale == "Talks over the caller."
    assert again.answers[cell].evidence[0].turn_id == "t2"
    assert not again.is_set(cell)


def test_undo_takes_back_and_redo_brings_again(
    controller: ScoringController, rig: Rig, qtbot: QtBot
) -> None:
    controller.score(2)
    controller.score(1)
    controller.undo(rig.turn_set)
    settle(qtbot, controller)
    assert values(controller.state)[:2] == [2, None]
    controller.undo(rig.turn_set)
    controller.redo(rig.turn_set)
    settle(qtbot, controller)
    assert values(controller.state)[:2] == [2, None]
    assert values(open_state(rig))[:2] == [2, None]


def test_submit_waits_for_every_gap_and_every_reason(
    controller: ScoringController, rig: Rig, qtbot: QtBot
) -> None:
    said: list[str] = []
    controller.refused.connect(said.append)
    for _ in range(5):
        controller.score(0)
    controller.submit()
    settle(qtbot, controller)
    assert said == ["Not submitted: 1 criterion unset and 2 scores need a reason."]
    for cell in controller.state.cells:
        controller.set_rationale(cell, "Cold.")
    controller.focus(controller.state.cells[-1])
    controller.score(1)
    with qtbot.waitSignal(controller.submitted) as done:
        controller.submit()
    assert done.args[0].version == 1
    stored = rating.scores(rig.ws, rig.viewer, call_id=rig.call_id)
    assert len(stored) == 6
    assert all(score.blind for score in stored)


def test_a_failed_write_is_told_and_shows_nothing(
    controller: ScoringController, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise EnvironmentFault("The disk is full.", "Free some space.")

    monkeypatch.setattr(rating, "draft", full)
    with qtbot.waitSignal(controller.failed) as caught:
        controller.score(2)
        controller.score(1)
    assert caught.args[0].remedy == "Free some space."
    assert controller.state.count_set() == 0
    assert controller.is_idle
