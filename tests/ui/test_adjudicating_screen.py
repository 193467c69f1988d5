"""Adjudication by keys: the table, the evidence, final values with where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.adjudication import Final, Table
from app.domain.calls import Span
from app.services import adjudicating, raters, rating
from app.services.workspace import Workspace
from app.ui.adjudicating.lanes import EvidenceLanes, Lane
from app.ui.adjudicating.screen import AdjudicateScreen
from app.ui.theme import Theme
from tests.ui import review_support
from tests.ui.studies_rig import StudyRig, fill, make_study

Key = Qt.Key


@pytest.fixture
def rig(workspace: Workspace) -> StudyRig:
    made = make_study(workspace, calls=2, criteria=3)
    people = [raters.sign_in(workspace, name, "reviewer") for name in ("Ann", "Bea", "Cy")]
    for person, values in zip(people, ((1, 2, 0), (1, 0, 1), (1, 2, 2)), strict=True):
        fill(made, person, made.call_ids[0], *values, rationale=f"{person.name} says so")
    for person in people[:2]:
        fill(made, person, made.call_ids[1], 2)
    return made


@pytest.fixture
def screen(rig: StudyRig, qapp: QApplication, qtbot: QtBot) -> Iterator[AdjudicateScreen]:
    ctx = review_support.context(ws=rig.ws)
    ctx.viewer = rig.lead
    ctx.actions.install(qapp)
    made = AdjudicateScreen(ctx)
    qtbot.addWidget(made)
    made.resize(1216, 776)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.activate(study=rig.study.code)
    qtbot.waitUntil(lambda: made.table is not None, timeout=10_000)
    yield made
    ctx.actions.uninstall(qapp)
    ctx.runner.close()


def press(*keys: Qt.Key) -> None:
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


def table(rig: StudyRig, at: int = 0) -> Table:
    return adjudicating.table(rig.ws, rig.lead, rig.call_ids[at], rig.rubric.id)


def final(rig: StudyRig, line: int) -> Final:
    found = table(rig).lines[line].final
    assert found is not None
    return found


def shown(screen: AdjudicateScreen) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in screen.parts.grid.rows]


def test_the_most_disputed_call_comes_first_and_its_first_dispute_is_in_focus(
    screen: AdjudicateScreen, rig: StudyRig
) -> None:
    assert [row.key for row in screen.parts.model.rows] == list(rig.call_ids)
    assert shown(screen)[1] == ["Criterion 2", "2", "0", "2", "2", "–", ""]
    assert screen.line is not None
    assert screen.line.criterion.title == "Criterion 2"


def test_a_call_is_settled_by_keys_and_the_next_one_comes(
    screen: AdjudicateScreen, rig: StudyRig, qtbot: QtBot
) -> None:
    press(Key.Key_M, Key.Key_Return)
    qtbot.waitUntil(lambda: table(rig).lines[1].final is not None)
    assert final(rig, 1).provenance == "majority"
    qtbot.waitUntil(lambda: screen.line is not None and screen.line.criterion.key == "c3")
    press(Key.Key_1, Key.Key_Return)
    assert table(rig).lines[2].final is None, "no cause yet"
    screen.parts.grid.setFocus()
    press(Key.Key_C, Key.Key_Return)
    qtbot.waitUntil(lambda: table(rig).lines[2].final is not None)
    told = final(rig, 2)
    assert (told.value, told.provenance, told.cause) == (1, "adjudicated", "The evidence decides")
    qtbot.waitUntil(lambda: screen.line is not None and screen.line.criterion.key == "c1")
    press(Key.Key_M, Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.parts.model.rows) == 1, timeout=10_000)
    assert final(rig, 0).provenance == "unanimous"
    qtbot.waitUntil(lambda: screen.table is not None and screen.table.call_id == rig.call_ids[1])
    votes = [s for s in rating.scores(rig.ws, rig.lead) if s.rater_kind == "human"]
    assert len([s for s in votes if s.rater_id in table(rig).raters]) == 15, "votes stay"


def test_what_most_gave_is_taken_at_once_until_nothing_waits(
    screen: AdjudicateScreen, rig: StudyRig, qtbot: QtBot
) -> None:
    screen.settle_agreed()
    qtbot.waitUntil(lambda: [bool(x.final) for x in table(rig).lines] == [True, True, False])
    qtbot.waitUntil(lambda: screen.line is not None and screen.line.criterion.key == "c3")
    press(Key.Key_N)
    qtbot.waitUntil(lambda: screen.table is not None and screen.table.call_id == rig.call_ids[1])
    screen.settle_agreed()
    qtbot.waitUntil(lambda: len(screen.parts.model.rows) == 1)


def test_left_and_right_choose_whose_evidence_is_heard(
    screen: AdjudicateScreen, rig: StudyRig
) -> None:
    names = list(table(rig).raters.values())
    assert names == ["Ann", "Bea", "Cy"]
    first = screen.evidence.rater
    press(Key.Key_Right)
    assert screen.evidence.rater != first
    press(Key.Key_Left, Key.Key_Left)
    assert screen.evidence.rater == first


def test_a_click_on_evidence_asks_for_its_sound(qtbot: QtBot) -> None:
    lanes = EvidenceLanes(Theme())
    qtbot.addWidget(lanes)
    lanes.resize(736, 60)
    lanes.show_call((), 1000)
    lanes.show_lanes([Lane(rater_id="a", name="Ann", spans=(Span(500, 600),))], "a")
    x = lanes._x(550)
    with qtbot.waitSignal(lanes.played) as told:
        QTest.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=QPoint(x, 36))
    assert told.args == [Span(500, 600)]


def test_reviewers_see_nothing_of_it(rig: StudyRig, qtbot: QtBot) -> None:
    ctx: Any = review_support.context(ws=rig.ws)
    ctx.viewer = rig.viewer
    made = AdjudicateScreen(ctx)
    qtbot.addWidget(made)
    made.show()
    made.activate(study=rig.study.id)
    assert made.parts.words.isVisible()
    assert made.table is None
    with qtbot.waitSignal(made.navigate) as told:
        made.parts.words.acted.emit()
    assert told.args[0] == "score"
    ctx.runner.close()


def test_one_call_of_a_rubric_is_shown_whatever_study_it_is_in(
    rig: StudyRig, screen: AdjudicateScreen, qtbot: QtBot
) -> None:
    wanted = rig.call_ids[1]
    screen.activate(rubric=rig.study.rubric_version_id, call_id=wanted)
    qtbot.waitUntil(lambda: screen.table is not None and screen.table.call_id == wanted)
    assert screen.waiting is not None
    assert screen.waiting.study is None
    assert rig.study.code not in screen.parts.title.text()
    screen.activate(study=rig.study.code)
    qtbot.waitUntil(lambda: screen.waiting is not None and screen.waiting.study is not None)
