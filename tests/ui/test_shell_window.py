from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.domain.errors import BadInput, UserError
from app.services.workspace import Workspace
from app.ui.action_specs import SCREEN_SCOPES
from app.ui.actions import ActionTable
from app.ui.context import UiContext
from app.ui.crash import report_of
from app.ui.keys_sheet import KeyRow, KeysSheet
from app.ui.main_window import MainWindow
from app.ui.screenshot.render import render
from app.ui.status_bar import StatusBar, local_clock
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.focus_ring import FocusRing
from app.ui.widgets.segmented import Segment, Segmented
from tests.ui.shell_support import add_calls, context


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


def test_a_picture_has_the_asked_size_and_theme(
    workspace: Workspace, qapp: Any, tmp_path: Path
) -> None:
    add_calls(workspace, 2)
    corners = {}
    for theme in ("dark", "light"):
        out = tmp_path / f"{theme}.png"
        render(workspace, "library", out, theme=theme, size=(1280, 800))
        image = QImage(str(out))
        assert (image.width(), image.height()) == (1280, 800)
        corners[theme] = image.pixelColor(2, 600)
        assert corners[theme] == Theme(theme).color("bg0")  # type: ignore[arg-type]
    assert corners["dark"] != corners["light"]


@pytest.mark.parametrize(("screen", "theme"), [("nowhere", "dark"), ("library", "pink")])
def test_a_picture_of_nothing_is_refused(
    workspace: Workspace, qapp: Any, tmp_path: Path, screen: str, theme: str
) -> None:
    with pytest.raises(BadInput):
        render(workspace, screen, tmp_path / "x.png", theme=theme)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("screen", sorted(SCREEN_SCOPES))
def test_the_sheet_lists_every_key_of_the_screen(qtbot: Any, ctx: UiContext, screen: str) -> None:
    sheet = KeysSheet(ctx.theme, ctx.actions, screen, screen, None)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(sheet)
    words = {row.accessibleName().partition(": ")[2] for row in sheet.findChildren(KeyRow)}
    wanted = {
        spec.text
        for spec in ctx.actions.specs
        if spec.scope in SCREEN_SCOPES[screen]
        and ctx.actions.keys(spec.id)
        and not spec.id.startswith("score.digit_")
    }
    assert wanted <= words


def test_the_ring_is_drawn_after_tab_and_not_after_a_click(qtbot: Any, qapp: Any) -> None:
    theme, actions = Theme(), ActionTable()
    actions.install(qapp)
    window = QWidget()
    layout = QVBoxLayout(window)
    buttons = [Button(theme, word) for word in ("One", "Two")]
    for button in buttons:
        layout.addWidget(button)
    ring = FocusRing(window, theme, actions)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    buttons[0].setFocus()
    assert not ring.isVisible()
    QTest.keyClick(buttons[0], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is buttons[1]
    assert ring.isVisible()
    around = buttons[1].geometry().adjusted(-4, -4, 4, 4)
    assert ring.geometry() == around
    actions.uninstall(qapp)


def test_the_status_bar_keeps_to_six_hints_and_says_when_it_saved(qtbot: Any, qapp: Any) -> None:
    bar = StatusBar(Theme(), ActionTable())
    qtbot.addWidget(bar)
    bar.show_hints([(("library.open",), f"word {n}") for n in range(9)], ["Filter 41 ms"])
    bar.show_device("Scarlett, 11 ms")
    bar.show_viewer("Ada, lead")
    stamp = "2026-11-21T10:20:30.000000Z"
    bar.show_saved(stamp)
    assert len(bar._hints) == 6
    assert bar.accessibleName() == (
        f"Filter 41 ms, Scarlett, 11 ms, Ada, lead, Saved {local_clock(stamp)}"
    )
    bar.resize(600, 25)
    bar.grab()
    clicked: list[int] = []
    bar.viewer_clicked.connect(lambda: clicked.append(1))
    at = bar._viewer_box.center().toPoint()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(2, 5))
    assert clicked == [1]


def test_segments_are_chosen_by_click_and_by_arrow(qtbot: Any, qapp: Any) -> None:
    row = Segmented(Theme(), [Segment("a", "First"), Segment("b", "Second")], name="Choice")
    qtbot.addWidget(row)
    row.resize(row.sizeHint())
    chosen: list[str] = []
    row.chosen.connect(chosen.append)
    where = QPoint(row.width() - 6, row.height() // 2)
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    QTest.keyClick(row, Qt.Key.Key_Left)
    QTest.keyClick(row, Qt.Key.Key_Left)
    assert chosen == ["b", "a"]
    assert row.accessibleName() == "Choice: First"


def test_a_persons_error_is_words_and_ours_is_a_report(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    shown: list[BaseException] = []
    monkeypatch.setattr(window.acts, "open_crash", shown.append)
    window.on_failure(UserError("The disk is full.", "Free some space."))
    assert window.messages.words == "The disk is full. Free some space."
    assert shown == []
    error = ValueError("ours")
    window.on_failure(error)
    assert shown == [error]
    assert "ValueError: ours" in report_of(error)
    qtbot.waitUntil(lambda: not ctx.runner.live)


def test_calls_that_ended_in_the_middle_are_kept_and_told_of(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    from app.services import live_calls

    told: list[str] = []
    ctx.bus.message.connect(lambda _kind, words, _more: told.append(words))
    kept = SimpleNamespace(code="CB-00007")
    monkeypatch.setattr(live_calls, "recover", lambda _task, _ws: (kept,))
    (ctx.ws.path / "live").mkdir()
    window = MainWindow(ctx)
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: any("CB-00007" in words for words in told))
