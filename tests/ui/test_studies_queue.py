"""A rubric session in the scoring screen: a queue of calls, hands on the keyboard, blind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services import opinions, rating
from app.services.studies import making, queueing
from app.services.workspace import Workspace
from app.ui.scoring.screen import ScoringScreen
from tests.ui import review_support
from tests.ui.studies_rig import StudyRig, judge_says, make_study

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def rig(workspace: Workspace) -> StudyRig:
    return make_study(workspace)


@pytest.fixture
def revealing(workspace: Workspace) -> StudyRig:
    return make_study(workspace, calls=2, criteria=2, reveal=True)


def context(rig: StudyRig) -> Any:
    made = review_support.context(ws=rig.ws)
    made.viewer = rig.viewer
    return made


@pytest.fixture
def opened(qapp: QApplication, qtbot: QtBot) -> Iterator[Any]:
    made: list[Any] = []

    def show(rig: StudyRig, *, begun: bool = True) -> ScoringScreen:
        ctx = context(rig)
        made.append(ctx)
        ctx.actions.install(qapp)
        screen = ScoringScreen(ctx)
        qtbot.addWidget(screen)
        screen.resize(1280, 800)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(screen.isActiveWindow)
        if not begun:
            screen.activate()
            return screen
        screen.activate(study_id=rig.study.id)
        qtbot.waitUntil(lambda: screen.controller is not None, timeout=10_000)
        screen.setFocus()
        return screen

    yield show
    for ctx in made:
        ctx.actions.uninstall(qapp)
        ctx.runner.close()


def press(screen: ScoringScreen, qtbot: QtBot, *keys: Any) -> int:
    for key in keys:
        code, mods = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
        QTest.keyClick(QApplication.focusWidget() or screen, code, mods)
    qtbot.waitUntil(lambda: screen.controller is None or screen.controller.is_idle)
    return len(keys)


def queue(rig: StudyRig) -> queueing.Queue:
    return queueing.queue(rig.ws, rig.viewer, rig.study.id)


def test_ten_criteria_with_at_most_fourteen_keys_beyond_the_scores(
    rig: StudyRig, opened: Any, qtbot: QtBot
) -> None:
    screen = opened(rig)
    first = screen.session.call_id
    beyond = 0
    press(screen, qtbot, Key.Key_2, Key.Key_0, Key.Key_1)
    beyond += press(screen, qtbot, Key.Key_Up, (Key.Key_3, SHIFT), Key.Key_V, Key.Key_Down)
    press(screen, qtbot, *[Key.Key_2] * 7)
    beyond += press(screen, qtbot, (Key.Key_Return, CONTROL))  # says that a reason is missing
    beyond += press(screen, qtbot, Key.Key_F3)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, "No.")
    beyond += press(screen, qtbot, Key.Key_Escape)
    qtbot.waitUntil(lambda: not screen.controller.state.missing())
    beyond += press(screen, qtbot, (Key.Key_Return, CONTROL))
    qtbot.waitUntil(lambda: screen.session.call_id not in ("", first), timeout=10_000)
    assert beyond <= 14
    found = {s.criterion_key: s.answer for s in rating.scores(rig.ws, rig.viewer, call_id=first)}
    given = [found[c.key].value for c in rig.rubric.criteria]
    assert given == [2, 0, 1, 2, 2, 2, 2, 2, 2, 2]
    assert found["c3"].confidence == 3
    assert len(found["c3"].evidence) == 1
    assert found["c2"].rationale == "No."
    assert queue(rig).done == 1


def test_arrows_choose_a_queue_and_enter_begins_it(
    rig: StudyRig, opened: Any, qtbot: QtBot
) -> None:
    other = make_study(rig.ws, calls=2, criteria=3)
    screen = opened(rig, begun=False)
    qtbot.waitUntil(lambda: len(screen.empty.list.lines) == 2)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is screen.empty.list)
    press(screen, qtbot, Key.Key_Down)
    chosen = screen.empty.list.key
    assert chosen == screen.empty.list.lines[1].key
    press(screen, qtbot, Key.Key_Return)
    qtbot.waitUntil(lambda: screen.controller is not None, timeout=10_000)
    wanted = other if chosen == other.study.id else rig
    assert screen.session.call_id in wanted.call_ids


def test_the_place_tells_the_code_and_never_the_study_s_name(
    rig: StudyRig, opened: Any, qtbot: QtBot
) -> None:
    screen = opened(rig)
    qtbot.waitUntil(lambda: "1 of 3" in screen.header._place.text())
    assert "Secret" not in screen.header._place.text()
    assert not screen.header._rubric.isEnabled()
    assert screen.header._title.text() == "", "a title may tell its file"
    assert screen.header.blind.accessibleName().endswith("stay hidden")


def test_next_and_previous_stay_in_the_queue(rig: StudyRig, opened: Any, qtbot: QtBot) -> None:
    screen = opened(rig)
    first = screen.session.call_id
    press(screen, qtbot, Key.Key_N)
    qtbot.waitUntil(lambda: screen.session.call_id not in ("", first))
    press(screen, qtbot, Key.Key_P)
    qtbot.waitUntil(lambda: screen.session.call_id == first)
    press(screen, qtbot, Key.Key_P)
    assert screen.session.call_id == first


def test_a_whole_call_is_skipped_with_its_reason(rig: StudyRig, opened: Any, qtbot: QtBot) -> None:
    screen = opened(rig)
    first = screen.session.call_id
    screen.queue.skip("Audio unusable")
    qtbot.waitUntil(lambda: screen.session.call_id not in ("", first))
    assert queue(rig).skipped == 1


def test_another_window_on_the_same_queue_gets_another_call(
    rig: StudyRig, opened: Any, qtbot: QtBot
) -> None:
    one, two = opened(rig), opened(rig)
    assert one.session.call_id != two.session.call_id


def test_nothing_opens_where_the_study_reveals_nothing(
    rig: StudyRig, opened: Any, qtbot: QtBot
) -> None:
    screen = opened(rig)
    first = screen.session.call_id
    judge_says(rig, first, 1)
    press(screen, qtbot, *[Key.Key_2] * 10)
    press(screen, qtbot, (Key.Key_Return, CONTROL))
    qtbot.waitUntil(lambda: screen.session.call_id not in ("", first), timeout=10_000)
    assert screen.reveal.told is None
    press(screen, qtbot, Key.Key_O)
    assert not screen.reveal.is_shown
    assert {s.rater_kind for s in rating.scores(rig.ws, rig.viewer, call_id=first)} == {"human"}


def test_after_submitting_the_judge_is_beside_mine_and_my_vote_stays(
    revealing: StudyRig, opened: Any, qtbot: QtBot
) -> None:
    rig = revealing
    for call_id in rig.call_ids:
        judge_says(rig, call_id, 1)
    screen = opened(rig)
    first = screen.session.call_id
    press(screen, qtbot, Key.Key_1, Key.Key_2, (Key.Key_Return, CONTROL))
    qtbot.waitUntil(lambda: screen.reveal.is_shown, timeout=10_000)
    panel = screen.reveal.panel
    assert [line.mine for line in panel._lines] == ["1", "2"]
    assert [line.differs for line in panel._lines] == [False, True]
    press(screen, qtbot, Key.Key_A)
    qtbot.waitUntil(lambda: len(opinions.opinions(rig.ws, rig.viewer, first)) == 1)
    panel._on_reason(panel._lines[1].others[0].score_id, "hallucinated")
    qtbot.waitUntil(lambda: len(opinions.opinions(rig.ws, rig.viewer, first)) == 2)
    told = {o.agrees: o.reason_code for o in opinions.opinions(rig.ws, rig.viewer, first)}
    assert told == {True: "", False: "hallucinated"}
    own = [s for s in rating.scores(rig.ws, rig.viewer, call_id=first) if s.rater_kind == "human"]
    assert [s.answer.value for s in own] == [1, 2]
    press(screen, qtbot, (Key.Key_Return, CONTROL))
    qtbot.waitUntil(lambda: screen.session.call_id not in ("", first), timeout=10_000)
    assert not screen.reveal.is_shown


def test_when_nothing_is_left_it_says_so(revealing: StudyRig, opened: Any, qtbot: QtBot) -> None:
    screen = opened(revealing)
    for reason in ("Wrong language", "Audio unusable"):
        before = screen.session.call_id
        screen.queue.skip(reason)
        qtbot.waitUntil(lambda b=before: screen.session.call_id != b, timeout=10_000)  # type: ignore[misc]
    qtbot.waitUntil(lambda: screen.session.state == "empty")
    assert not screen.queue.is_on
    assert screen.empty.isVisible()


def test_queues_wait_under_score_and_enter_begins(
    rig: StudyRig, qapp: QApplication, qtbot: QtBot
) -> None:
    ctx = context(rig)
    screen = ScoringScreen(ctx)
    qtbot.addWidget(screen)
    screen.show()
    screen.activate()
    qtbot.waitUntil(lambda: screen.empty.has_offers)
    assert [line.title for line in screen.empty.list.lines] == ["Ten questions"]
    QTest.keyClick(screen.empty.list, Key.Key_Return)
    qtbot.waitUntil(lambda: screen.controller is not None, timeout=10_000)
    making.set_state(rig.ws, rig.lead, rig.study.id, "paused")
    ctx.runner.close()
