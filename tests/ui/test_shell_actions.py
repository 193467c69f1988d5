from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.errors import BadInput
from app.ui.action_specs import ACTIONS, SCREEN_SCOPES, scopes_meet
from app.ui.actions import ActionTable, KeyConflict
from app.ui.key_events import normal


class Pane(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.inner = QWidget(self)
        self.inner.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.edit = QLineEdit(self)
        self.button = QPushButton("Go", self)
        layout = QVBoxLayout(self)
        for widget in (self.inner, self.edit, self.button):
            layout.addWidget(widget)


@pytest.fixture
def table(qapp: Any) -> Iterator[ActionTable]:
    actions = ActionTable()
    actions.install(qapp)
    yield actions
    actions.uninstall(qapp)


@pytest.fixture
def pane(qtbot: Any) -> Pane:
    pane = Pane()
    qtbot.addWidget(pane)
    pane.show()
    pane.activateWindow()
    qtbot.waitUntil(pane.isActiveWindow)
    return pane


def test_no_default_key_is_ambiguous_where_it_holds() -> None:
    clashes = [
        (one.id, two.id, key)
        for i, one in enumerate(ACTIONS)
        for two in ACTIONS[i + 1 :]
        for key in {normal(k) for k in one.keys} & {normal(k) for k in two.keys}
        if scopes_meet(one.scope, two.scope)
    ]
    assert clashes == []


def test_every_scope_is_on_a_screen_and_every_key_is_a_key() -> None:
    shown = {scope for scopes in SCREEN_SCOPES.values() for scope in scopes}
    assert {spec.scope for spec in ACTIONS} <= shown
    for spec in ACTIONS:
        assert all(normal(key) for key in spec.keys)


@pytest.mark.parametrize(
    ("key", "action"),
    [
        (Qt.Key.Key_Space, "transport.play"),
        (Qt.Key.Key_J, "transport.back_shuttle"),
        (Qt.Key.Key_Period, "transport.next_turn"),
        (Qt.Key.Key_BracketLeft, "transport.loop_in"),
        (Qt.Key.Key_Backslash, "transport.loop"),
        (Qt.Key.Key_Equal, "transport.faster"),
        (Qt.Key.Key_7, "score.digit_7"),
        (Qt.Key.Key_Enter, "score.next_unset"),
    ],
)
def test_a_key_does_its_action(table: ActionTable, pane: Pane, key: Any, action: str) -> None:
    done: list[str] = []
    table.bind(pane, {action: lambda: done.append(action)})
    pane.inner.setFocus()
    QTest.keyClick(pane.inner, key)
    assert done == [action]


def test_shift_digits_and_signs_are_told_apart(table: ActionTable, pane: Pane) -> None:
    done: list[str] = []
    wanted = ("score.confidence_1", "score.digit_1", "app.keys")
    table.bind(pane, {name: lambda n=name: done.append(n) for name in wanted})
    shift = Qt.KeyboardModifier.ShiftModifier
    pane.inner.setFocus()
    QTest.keyClick(pane.inner, Qt.Key.Key_Exclam, shift)
    QTest.keyClick(pane.inner, Qt.Key.Key_1)
    QTest.keyClick(pane.inner, Qt.Key.Key_Question, shift)
    assert done == list(wanted)


def test_the_inner_holder_wins_and_a_disabled_action_passes_on(
    table: ActionTable, pane: Pane
) -> None:
    done: list[str] = []
    editing = [True]
    table.bind(pane, {"transport.back_1s": lambda: done.append("seek")})
    table.bind(
        pane.inner,
        {"edit.earlier_10ms": lambda: done.append("edit")},
        enabled=lambda _id: editing[0],
    )
    pane.inner.setFocus()
    QTest.keyClick(pane.inner, Qt.Key.Key_Left)
    editing[0] = False
    QTest.keyClick(pane.inner, Qt.Key.Key_Left)
    assert done == ["edit", "seek"]


def test_keys_rest_while_typing_but_for_those_that_must_not(table: ActionTable, pane: Pane) -> None:
    done: list[str] = []
    names = ("transport.play", "score.digit_3", "review.table", "review.score", "review.escape",
             "transport.home", "edit_history.undo")  # fmt: skip
    table.bind(pane, {name: lambda n=name: done.append(n) for name in names})
    pane.edit.setFocus()
    QTest.keyClicks(pane.edit, "3 words")
    QTest.keyClick(pane.edit, Qt.Key.Key_Home)
    QTest.keyClick(pane.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert done == []
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(pane.edit, Qt.Key.Key_Space, control)
    QTest.keyClick(pane.edit, Qt.Key.Key_F6)
    QTest.keyClick(pane.edit, Qt.Key.Key_Return, control)
    QTest.keyClick(pane.edit, Qt.Key.Key_Escape)
    assert done == ["transport.play", "review.table", "review.score", "review.escape"]


def test_a_focused_button_keeps_the_keys_that_press_it(table: ActionTable, pane: Pane) -> None:
    done: list[str] = []
    table.bind(pane, {"transport.play": lambda: done.append("play")})
    pane.button.clicked.connect(lambda: done.append("button"))
    pane.button.setFocus()
    QTest.keyClick(pane.button, Qt.Key.Key_Space)
    assert done == ["button"]


def test_remapping_moves_key_and_cap_and_refuses_what_is_taken(
    table: ActionTable, pane: Pane
) -> None:
    done: list[str] = []
    table.bind(pane, {"transport.replay": lambda: done.append("replay")})
    with pytest.raises(KeyConflict, match="Slow"):
        table.remap("transport.replay", ["S"])
    table.remap("transport.replay", ["Ctrl+R"])
    assert table.cap("transport.replay") == "Ctrl+R"
    pane.inner.setFocus()
    QTest.keyClick(pane.inner, Qt.Key.Key_R)
    QTest.keyClick(pane.inner, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert done == ["replay"]
    fresh = ActionTable()
    assert fresh.load_remapped(table.remapped) == []
    assert fresh.cap("transport.replay") == "Ctrl+R"
    assert fresh.load_remapped({"transport.replay": ["S"], "no.such": ["A"]}) == [
        "transport.replay",
        "no.such",
    ]
    table.reset()
    assert table.remapped == {}


def test_the_same_key_may_mean_other_things_on_other_screens() -> None:
    actions = ActionTable()
    assert actions.conflict("library.flag", "C") is None
    assert actions.conflict("score.flag", "G") is not None
    with pytest.raises(BadInput):
        actions.remap("library.flag", ["NoSuchKey"])


def test_caps_can_be_hidden() -> None:
    actions = ActionTable()
    assert actions.cap("library.open") == "Enter"
    actions.show_caps(False)
    assert actions.cap("library.open") == ""
    assert "Enter" in actions.tip("library.open")


def test_a_held_key_repeats_only_where_that_makes_sense(table: ActionTable, pane: Pane) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    done: list[str] = []
    table.bind(
        pane,
        {
            "transport.play": lambda: done.append("play"),
            "transport.back_1s": lambda: done.append("back"),
        },
    )
    pane.inner.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Left):
        for held in (False, True, True):
            event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", held)
            QApplication.sendEvent(pane.inner, event)
    assert done == ["play", "back", "back", "back"]


def test_an_error_in_an_action_reaches_the_crash_hook_and_kills_nothing(
    table: ActionTable, pane: Pane, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type[BaseException]] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, _error, _trace: caught.append(kind))

    def broken() -> None:
        raise ZeroDivisionError

    table.bind(pane, {"library.flag": broken})
    pane.inner.setFocus()
    for _ in range(3):
        QTest.keyClick(pane.inner, Qt.Key.Key_F)
    assert caught == [ZeroDivisionError] * 3


def test_a_table_that_was_uninstalled_hears_nothing(
    table: ActionTable, pane: Pane, qapp: Any
) -> None:
    heard: list[str] = []
    table.bind(pane, {"library.flag": lambda: heard.append("flag")})
    pane.inner.setFocus()
    table.uninstall(qapp)
    table.uninstall(qapp)
    QTest.keyClick(pane.inner, Qt.Key.Key_F)
    assert heard == []
