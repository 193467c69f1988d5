"""The dialog for a new run, by keyboard alone; what it makes, and what it remembers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from shiboken6 import isValid

from app.domain.evaluation import Run
from app.services import browsing, evaluating
from app.services.evaluating import choosing
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.main_window import MainWindow
from app.ui.runs.measure_model import FamilyHead, MeasureModel, measure_rows
from app.ui.runs.new_run import NewRunDialog
from app.ui.runs.screen import RunsScreen
from tests.ui import runs_rig as rig
from tests.ui.shell_support import wait_listed

LONG_MS = 20_000


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[rig.Gate]:
    yield rig.use_evaluators(monkeypatch)
    rig.forget_evaluators()


@pytest.fixture
def ids(workspace: Workspace, tmp_path: Path, gate: rig.Gate) -> list[str]:
    return rig.add_recordings(workspace, tmp_path / "recordings", 3)


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any, ids: list[str]) -> Iterator[UiContext]:
    with rig.window_on(workspace) as made:
        made.actions.install(qapp)
        yield made
        made.actions.uninstall(qapp)


def seqs_of(ctx: UiContext) -> list[int]:
    return [int(n) for n in browsing.call_ids(ctx.ws, ctx.viewer, browsing.parse_query(""))]


def open_dialog(
    qtbot: Any, ctx: UiContext, query: str = "", seqs: list[int] | None = None
) -> tuple[NewRunDialog, list[Run]]:
    """The dialog, once it has read what can be measured; and the runs that it starts."""
    started: list[Run] = []
    dialog = NewRunDialog(ctx, query, seqs or [], started.append, None)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: bool(dialog._offers) and not ctx.runner.live)
    return dialog, started


def tab_to(dialog: NewRunDialog, wanted: Any) -> None:
    """Press Tab until `wanted` has the focus."""
    for _ in range(40):
        if QApplication.focusWidget() is wanted:
            return
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
    pytest.fail(f"Tab never comes to {wanted}")


def press(key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key)


def test_the_usual_choice_is_ticked_and_counted(qtbot: Any, ctx: UiContext) -> None:
    dialog, _ = open_dialog(qtbot, ctx)
    assert dialog.measures.measures.ticked == ("speech.detect", "test.fails")
    assert dialog._steps.text().startswith("At most 6 steps: 3 calls, 2 each.")
    assert dialog.which.isHidden()
    assert dialog.where.values() == ("processes", dialog.where._cores, "")
    assert dialog.go_button.isEnabled()


def test_everything_can_be_chosen_by_keyboard(qtbot: Any, ctx: UiContext) -> None:
    dialog, started = open_dialog(qtbot, ctx, seqs=seqs_of(ctx)[:2])
    tab_to(dialog, dialog.which)
    press(Qt.Key.Key_Right)
    assert dialog.which.current == "all"
    press(Qt.Key.Key_Left)
    assert dialog.which.current == "selected"
    choose = dialog.recogniser.choose
    assert choose is not None
    tab_to(dialog, choose)
    press(Qt.Key.Key_Right)
    assert dialog.recogniser.current == "asr.test"
    model = dialog.recogniser._forms["asr.test"].fields["model"]
    assert isinstance(model, QLineEdit)
    tab_to(dialog, model)
    model.selectAll()
    QTest.keyClicks(model, "base")
    tab_to(dialog, dialog.where.workers)
    press(Qt.Key.Key_Up)
    tab_to(dialog, dialog.retry)
    press(Qt.Key.Key_Space)
    tab_to(dialog, dialog.measures)
    for row, wanted in enumerate(dialog.measures.measures.rows):
        if getattr(wanted, "name", "") == "test.held":
            while dialog.measures.currentIndex().row() < row:
                press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space)
    assert dialog.measures.measures.ticked == ("speech.detect", "test.fails", "test.held")
    assert dialog._steps.text().startswith("At most 8 steps: 2 calls, 4 each.")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(started), timeout=LONG_MS)
    run = started[0]
    assert {s.name: dict(s.args) for s in run.specs}["asr.test"]["model"] == "base"
    assert [s.name for s in run.specs] == ["speech.detect", "asr.test", "test.held", "test.fails"]
    assert (run.calls, run.retry_failed, run.state) == (2, True, "queued")
    assert run.workers == dialog.where._cores + 1


def test_the_last_choice_is_remembered(qtbot: Any, ctx: UiContext) -> None:
    dialog, started = open_dialog(qtbot, ctx)
    dialog.measures.measures.tick(["test.held"])
    assert dialog.recogniser.choose is not None
    dialog.recogniser.choose._choose("asr.test")
    dialog.retry.setChecked(True)
    dialog.where.workers.setValue(3)
    dialog._go()
    qtbot.waitUntil(lambda: bool(started), timeout=LONG_MS)
    again, _ = open_dialog(qtbot, ctx)
    assert again.measures.measures.ticked == ("test.held",)
    assert again.recogniser.current == "asr.test"
    assert again.retry.isChecked()
    assert again.where.values()[1] == 3
    again._tick_usual()
    assert again.measures.measures.ticked == ("speech.detect", "test.fails")


def test_the_usual_choice_has_a_name_of_its_own(qtbot: Any, ctx: UiContext) -> None:
    dialog, started = open_dialog(qtbot, ctx)
    dialog._go()
    qtbot.waitUntil(lambda: bool(started), timeout=LONG_MS)
    assert started[0].title == choosing.USUAL_TITLE


def test_what_the_filter_finds_is_kept_with_the_run(qtbot: Any, ctx: UiContext) -> None:
    dialog, started = open_dialog(qtbot, ctx, query="code:CB-00002")
    assert dialog.which.current == "found"
    assert dialog._chosen.text() == "1 call: code:CB-00002"
    dialog._go()
    qtbot.waitUntil(lambda: bool(started), timeout=LONG_MS)
    assert (started[0].calls, started[0].query) == (1, "code:CB-00002")


def test_nothing_ticked_cannot_be_started(qtbot: Any, ctx: UiContext) -> None:
    dialog, started = open_dialog(qtbot, ctx)
    dialog._tick_none()
    assert not dialog.go_button.isEnabled()
    dialog._go()
    assert evaluating.runs(ctx.ws) == []
    dialog._tick_all()
    assert dialog.go_button.isEnabled()
    assert started == []


def test_errors_are_said_in_words_and_nothing_is_lost(qtbot: Any, ctx: UiContext) -> None:
    dialog, started = open_dialog(qtbot, ctx)
    assert dialog.recogniser.choose is not None
    dialog.recogniser.choose._choose("asr.test")
    beam = dialog.recogniser._forms["asr.test"].fields["beam"]
    assert isinstance(beam, QLineEdit)
    beam.setText("many")
    dialog._go()
    assert dialog.problem.text() == "Beam is a number, not “many”."
    beam.setText("7")
    dialog.where.choose._choose("dask")
    assert dialog.where.address.isVisible()
    dialog._go()
    qtbot.waitUntil(lambda: "address" in dialog.problem.text(), timeout=LONG_MS)
    assert evaluating.runs(ctx.ws) == []
    dialog.where.address.setText("tcp://127.0.0.1:8786")
    dialog._go()
    qtbot.waitUntil(lambda: bool(started), timeout=LONG_MS)
    assert started[0].where == "dask"
    assert choosing.address(ctx.ws, started[0].id) == "tcp://127.0.0.1:8786"
    args = {s.name: dict(s.args) for s in started[0].specs}["asr.test"]
    assert (args["beam"], args["words"], args["folder"]) == (7, True, None)


def test_a_dialog_closed_while_it_reads_takes_no_answer(qtbot: Any, ctx: UiContext) -> None:
    dialog = NewRunDialog(ctx, "", [], lambda _run: None, None)
    dialog.open()
    dialog.reject()
    qtbot.waitUntil(lambda: not ctx.runner.live)
    assert not isValid(dialog)


def test_a_run_that_was_stored_is_started_even_if_the_dialog_is_closed(
    qtbot: Any, ctx: UiContext
) -> None:
    dialog, started = open_dialog(qtbot, ctx)
    dialog._go()
    dialog.reject()
    qtbot.waitUntil(lambda: bool(started), timeout=LONG_MS)


def test_detection_counts_where_it_comes_by_itself(ctx: UiContext) -> None:
    offers = [replace(o, by_timing=o.name == "test.held") for o in choosing.offers(ctx.ws)]
    assert choosing.steps_each(["test.fails", ""], offers) == 1
    assert choosing.steps_each(["test.held"], offers) == 2
    assert choosing.steps_each(["test.held", "speech.detect"], offers) == 2


def test_a_family_is_ticked_as_one(ctx: UiContext) -> None:
    model = MeasureModel()
    model.set_rows(measure_rows(choosing.offers(ctx.ws)), ["test.fails"])
    heads = [row for row in model.rows if isinstance(row, FamilyHead)]
    assert [head.title for head in heads] == ["Groundwork", "Turn-taking", "Sound"]
    turns = model.rows.index(heads[1])
    assert model.data(model.index(turns + 1), Qt.ItemDataRole.DisplayRole) == (
        "Length: Length in frames, Half of it"
    )
    assert model.state(heads[1]) is Qt.CheckState.Checked
    model.toggle(turns)
    assert model.ticked == ()
    model.toggle(turns)
    assert model.ticked == ("test.fails",)
    model.toggle(99)


def test_evaluate_in_the_library_starts_a_run_and_shows_it(
    qtbot: Any, ctx: UiContext, gate: rig.Gate
) -> None:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.show()
    library: Any = window.front
    wait_listed(qtbot, library, 3)
    library.table.choose_rows([0, 1])
    library.table.setFocus()
    QTest.keyClick(library.table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = window.findChildren(NewRunDialog)
    qtbot.waitUntil(lambda: bool(dialog._offers), timeout=LONG_MS)
    assert dialog.which.current == "selected"
    dialog.measures.measures.tick(["test.held"])
    dialog.go_button.click()
    qtbot.waitUntil(lambda: isinstance(window.front, RunsScreen), timeout=LONG_MS)
    screen = window.front
    assert isinstance(screen, RunsScreen)
    qtbot.waitUntil(lambda: screen.current is not None, timeout=LONG_MS)
    assert screen.current is not None
    assert screen.current.calls == 2
    gate.open()
    run = screen.current
    qtbot.waitUntil(lambda: rig.state_of(ctx, run) == "done", timeout=LONG_MS)
    qtbot.waitUntil(lambda: not ctx.runs.feeds and not ctx.runner.live, timeout=LONG_MS)


def test_the_menu_over_a_call_offers_to_evaluate(qtbot: Any, ctx: UiContext) -> None:
    window = MainWindow(ctx, theme="dark")
    qtbot.addWidget(window)
    window.show()
    library: Any = window.front
    wait_listed(qtbot, library, 3)
    library.table.choose(1)
    library.table.customContextMenuRequested.emit(QPoint(40, 60))
    (menu,) = library.findChildren(QMenu)
    entries = {entry.text().partition("\t")[0]: entry for entry in menu.actions()}
    assert "Restore" not in entries
    with qtbot.waitSignal(library.evaluate_asked) as asked:
        entries["Evaluate"].trigger()
    assert len(asked.args[1]) == 1
    menu.close()
    qtbot.waitUntil(lambda: not ctx.runner.live)
