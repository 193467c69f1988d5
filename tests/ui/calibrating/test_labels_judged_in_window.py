"""Labels come in, a judge run over them is started and its kappa shown: all in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.endpoints import EndpointProfile
from app.services import evaluating, opening
from app.services.judging import endpoints, judging_runs
from app.services.judging.caps import Caps
from app.services.workspace import Workspace
from app.ui.calibrating.labels_dialog import LabelsDialog
from app.ui.calibrating.screen import CalibrateScreen
from app.ui.context import UiContext
from app.ui.main_window import MainWindow
from app.ui.runs.new_judge_run import NewJudgeRun
from app.ui.runs.screen import RunsScreen
from tests.support.chat_server import ChatServer, serving
from tests.support.eva_labels import first_rows, kappa_quadratic, planted, verdict_of
from tests.ui.shell_support import add_calls, context

ROWS = 12
METRIC = "faithfulness"
LONG_MS = 20_000


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as found:
        yield found


@pytest.fixture
def ws(tmp_path: Path, server: ChatServer) -> Iterator[Workspace]:
    made = opening.open_workspace(tmp_path / "ws", create=True)
    add_calls(made, 2)  # that nobody labelled: no judge must be asked about them
    profile = EndpointProfile(name="here", base_url=server.url, model="m-1", concurrency=8)
    endpoints.save_endpoint(made, profile)
    yield made
    made.close()


@pytest.fixture
def ctx(ws: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(ws) as made:
        made.actions.install(qapp)
        yield made
        made.actions.uninstall(qapp)
        if made.has_runs:
            made.runs.close()


def press(key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """A key where the focus is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    held = Qt.KeyboardModifier.NoModifier
    for one in modifiers:
        held |= one
    QTest.keyClick(focused, key, held)


def tab_to(widget: QWidget) -> None:
    """Tab until a widget has the focus."""
    for _ in range(40):
        if widget.hasFocus():
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {widget.accessibleName() or widget}")


def settle(qtbot: Any, ctx: UiContext, screen: CalibrateScreen | None = None) -> None:
    def quiet() -> bool:
        return not ctx.runner.live and not (screen is not None and screen.loader.is_busy)

    qtbot.waitUntil(quiet, timeout=LONG_MS)


def test_labels_are_imported_judged_and_compared_by_keys(
    qtbot: Any, ctx: UiContext, server: ChatServer, shared_data: Path, tmp_path: Path
) -> None:
    path, rows = first_rows(shared_data, tmp_path, METRIC, ROWS)
    said = {row["id"]: verdict_of(row) for row in rows}
    server.script = planted(rows, said)
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show_screen("calibrate")
    window.show()
    window.activateWindow()
    screen = window.front
    assert isinstance(screen, CalibrateScreen)
    settle(qtbot, ctx, screen)

    import_by_keys(qtbot, window, path)
    settle(qtbot, ctx, screen)
    assert screen.board is not None
    assert len(screen.board.found.people) == 1
    assert screen.judges._pages.currentWidget() is screen.judges.words

    judge_by_keys(qtbot, window, screen)
    (run,) = evaluating.runs(ctx.ws)
    qtbot.waitUntil(lambda: evaluating.run(ctx.ws, run.id).state == "done", timeout=LONG_MS)
    assert len(server.asked) == ROWS
    assert judging_runs.caps_of(ctx.ws, run.id) == Caps()
    assert not judging_runs.skipped(ctx.ws, run.id)

    window.show_screen("calibrate")
    qtbot.waitUntil(lambda: bool(screen.board and screen.board.facts.judges), timeout=LONG_MS)
    settle(qtbot, ctx, screen)
    both = np.array([[row["expected_rating"], said[row["id"]]] for row in rows])
    kappa = f"{kappa_quadratic(both[:, 0], both[:, 1]):.2f}"
    assert kappa in str(screen.judges.model.index(0, 0).data())
    cards = {c.fact.caption: c.fact.value for c in screen.judges.cards.cards}
    assert cards["judge-human QWK"] == kappa
    published = screen.judges.verdict.list.rows[0]
    assert "QWK 0.84" in published.text
    assert f"ours {kappa}" in published.tip
    settle(qtbot, ctx, screen)


def import_by_keys(qtbot: Any, window: MainWindow, path: Path) -> None:
    """From the empty screen: open the dialog, type the file, import, close."""
    press(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(LabelsDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.file.hasFocus()
    QTest.keyClicks(dialog.file, str(path))
    press(Qt.Key.Key_Tab)
    qtbot.waitUntil(dialog.go_button.isEnabled, timeout=LONG_MS)
    assert dialog.form.counts.text().startswith(f"{ROWS} labels by 1 rater on {ROWS} new calls")
    tab_to(dialog.go_button)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.imported is not None, timeout=LONG_MS)
    press(Qt.Key.Key_Return)
    assert not dialog.isVisible()
    window.activateWindow()  # as a window manager does


def judge_by_keys(qtbot: Any, window: MainWindow, screen: CalibrateScreen) -> None:
    """From the screen that has people's scores alone: choose a judge, start."""
    qtbot.waitUntil(screen.judges.words._button.hasFocus)
    press(Qt.Key.Key_Space)
    dialog = window.findChild(NewJudgeRun)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog._offered is not None, timeout=LONG_MS)
    form = dialog.form
    assert (form.calls, form.which.current) == (ROWS, "these")
    form.judges.measures.tick([METRIC])
    qtbot.waitUntil(lambda: bool(dialog._source.text()), timeout=LONG_MS)
    assert f"{ROWS} requests" in dialog._needs.text()
    assert form.endpoint.model_name == "m-1"
    assert form.judges.hasFocus()
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.front, RunsScreen), timeout=LONG_MS)
