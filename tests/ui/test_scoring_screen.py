"""The scoring screen under a rater's hands: keyboard only, and still there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services import layers, rating
from app.services.workspace import Workspace
from app.ui.scoring.screen import ScoringScreen
from tests.ui import review_support
from tests.ui.scoring_rig import Rig, make_rig

Key = Qt.Key


@pytest.fixture
def rig(workspace: Workspace) -> Rig:
    return make_rig(workspace)


@pytest.fixture
def ctx(qapp: QApplication, rig: Rig) -> Iterator[Any]:
    made = review_support.context(ws=rig.ws)
    made.viewer = rig.viewer
    made.actions.install(qapp)
    yield made
    made.actions.uninstall(qapp)
    made.runner.close()


def open_screen(ctx: Any, rig: Rig, qtbot: QtBot) -> ScoringScreen:
    screen = ScoringScreen(ctx)
    qtbot.addWidget(screen)
    screen.resize(1280, 800)
    screen.show()
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    screen.activate(call_id=rig.call_id, call_ids=[rig.call_id], rubric_id=rig.rubric.id)
    qtbot.waitUntil(lambda: screen.controller is not None)
    screen.setFocus()
    return screen


def press(screen: ScoringScreen, qtbot: QtBot, *keys: Any) -> None:
    for key in keys:
        code, mods = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
        QTest.keyClick(QApplication.focusWidget() or screen, code, mods)
    assert screen.controller is not None
    qtbot.waitUntil(lambda: screen.controller is None or screen.controller.is_idle)


def stored(rig: Rig) -> list[float | None]:
    form = rating.open_form(rig.ws, rig.viewer, rig.call_id, rig.rubric.id, rig.turn_set)
    return [form.answers[c].value for c in sorted(form.answers)]


def test_a_form_is_filled_and_submitted_with_no_mouse(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    screen = open_screen(ctx, rig, qtbot)
    control = Qt.KeyboardModifier.ControlModifier
    press(screen, qtbot, Key.Key_2, Key.Key_1, Key.Key_1, Key.Key_2, Key.Key_Backspace, Key.Key_1)
    press(screen, qtbot, Key.Key_V, (Key.Key_3, Qt.KeyboardModifier.ShiftModifier))
    assert screen.controller is not None
    with qtbot.waitSignal(screen.controller.submitted):
        QTest.keyClick(screen, Key.Key_Return, control)
    found = rating.scores(rig.ws, rig.viewer, call_id=rig.call_id)
    assert [s.answer.value for s in found] == [2, 1, 1, 2, None, 1]
    assert found[4].answer.status == "not_applicable"
    assert found[5].answer.confidence == 3
    assert found[5].answer.evidence[0].turn_id == "t6"


def test_the_screen_opens_no_window_but_its_own(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    screen = open_screen(ctx, rig, qtbot)
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [screen]


def test_digits_typed_into_the_rationale_are_text(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    screen = open_screen(ctx, rig, qtbot)
    press(screen, qtbot, Key.Key_F3)
    edit = screen.panel.card.rationale  # type: ignore[union-attr]
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClicks(edit, "2 late answers")
    press(screen, qtbot, Key.Key_Escape)
    qtbot.waitUntil(lambda: stored(rig) == [None])
    assert stored(rig) == [None]
    form = rating.open_form(rig.ws, rig.viewer, rig.call_id, rig.rubric.id, rig.turn_set)
    assert form.answers[0, 0].rationale == "2 late answers"


def test_words_are_found_in_the_transcript(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    screen = open_screen(ctx, rig, qtbot)
    control = Qt.KeyboardModifier.ControlModifier
    press(screen, qtbot, (Key.Key_F, control))
    bar = screen.transcript.find_bar
    assert bar.isVisible()
    assert QApplication.focusWidget() is bar.field
    press(screen, qtbot, Key.Key_1)
    assert bar.field.text() == "1"  # a digit typed there is text, not a score
    assert set(stored(rig)) <= {None}
    press(screen, qtbot, Key.Key_Escape)
    assert not bar.isVisible()


def test_scoring_goes_on_where_it_was(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    first = open_screen(ctx, rig, qtbot)
    press(first, qtbot, Key.Key_2, Key.Key_1, Key.Key_0)
    first.deactivate()
    first.close()
    again = open_screen(ctx, rig, qtbot)
    assert again.controller is not None
    assert again.controller.state.cell == again.controller.state.cells[3]
    assert stored(rig) == [2, 1, 0]


def test_the_turn_being_scored_is_the_turn_selected(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    screen = open_screen(ctx, rig, qtbot)
    assert screen.session.turn is not None
    assert screen.session.turn.index == 2
    press(screen, qtbot, Key.Key_1, Key.Key_1)
    assert screen.session.turn.index == 4
    press(screen, qtbot, Key.Key_Up)
    assert screen.session.turn.index == 2


def test_undo_in_the_screen_brings_the_focus_back(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    screen = open_screen(ctx, rig, qtbot)
    press(screen, qtbot, Key.Key_2, Key.Key_1)
    press(screen, qtbot, (Key.Key_Z, Qt.KeyboardModifier.ControlModifier))
    assert screen.controller is not None
    assert stored(rig) == [2]
    assert screen.controller.state.cell == screen.controller.state.cells[1]


def test_a_moved_boundary_leaves_the_score_where_it_was_given(
    ctx: Any, rig: Rig, qtbot: QtBot
) -> None:
    screen = open_screen(ctx, rig, qtbot)
    press(screen, qtbot, Key.Key_2)
    moved = rig.turn_set.turns[1]
    edit = {
        "segment_id": moved.segment_ids[0],
        "start": moved.span.start,
        "end": moved.span.end + 800,
    }
    layers.edit(rig.ws, rig.viewer, rig.call_id, "move", edit, base_layer_id=rig.turn_set.layer_id)
    screen.session.reload()
    qtbot.waitUntil(lambda: screen.panel.stale.count == 1)
    assert screen.controller is not None
    assert screen.controller.state.count_set() == 0
    screen.panel.stale._confirm.click()
    qtbot.waitUntil(lambda: screen.controller.state.count_set() == 1)  # type: ignore[union-attr]


def test_a_lead_is_told_that_the_vote_is_not_surely_blind(ctx: Any, rig: Rig, qtbot: QtBot) -> None:
    lead = make_rig(rig.ws, role="lead")
    ctx.viewer = lead.viewer
    screen = open_screen(ctx, lead, qtbot)
    assert "lead" in screen.header.blind.accessibleName()
