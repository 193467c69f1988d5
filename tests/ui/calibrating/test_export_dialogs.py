"""The dialogs of the dataset and of the report: real files, words for what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.services.workspace import Workspace
from app.ui.calibrating.export_dialog import ExportDialog
from app.ui.calibrating.report_dialog import ReportDialog
from app.ui.context import UiContext
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import noisy, truth, world

N = 40


@pytest.fixture
def ctx(workspace: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    made = world(workspace, N)
    for at, name in enumerate(("Ann", "Ben")):
        made.say(made.person(name), "tone", noisy(truth(N), at, sd=0.3))
    made.say(made.judge(), "tone", noisy(truth(N), 9, sd=0.4))
    with context(workspace) as found:
        yield found


def finished(qtbot: Any, dialog: Any) -> None:
    qtbot.waitUntil(lambda: dialog._task is None and dialog.pages.isVisible(), timeout=20_000)


def test_what_is_ticked_is_written(qtbot: Any, ctx: UiContext, tmp_path: Path) -> None:
    dialog = ExportDialog(ctx, "synthetic@1", None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.place.path.name == "calibration-synthetic-1"
    dialog.judges.click()
    dialog.forms["alt-test"].click()
    dialog.forms["arena"].click()
    dialog.place.edit.setText(str(tmp_path / "set"))
    dialog.go_button.click()
    finished(qtbot, dialog)
    manifest = json.loads((tmp_path / "set" / "manifest.json").read_text("utf-8"))
    assert manifest["with_judges"] is False
    assert manifest["adapters"] == ["alt-test", "arena"]
    assert dialog.progress.words.startswith("Wrote 40 items and 80 scores of 40 calls in ")
    assert dialog.problem.text().startswith("arena: there is nothing for it")
    assert dialog.open_button.isVisible()
    assert dialog.cancel_button.text() == "Close"


def test_a_taken_place_is_told_and_can_be_mended(
    qtbot: Any, ctx: UiContext, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    dialog = ExportDialog(ctx, "synthetic@1", None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.place.edit.setText(str(tmp_path))
    dialog.go_button.click()
    finished(qtbot, dialog)
    assert "holds no export" in dialog.problem.text()
    dialog.place.edit.setText(str(tmp_path / "set"))
    dialog.go_button.click()
    finished(qtbot, dialog)
    assert not dialog.problem.isVisible()
    assert (tmp_path / "set" / "paired.csv").is_file()


def test_closing_stops_the_work(qtbot: Any, ctx: UiContext, tmp_path: Path) -> None:
    dialog = ExportDialog(ctx, "synthetic@1", None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.place.edit.setText(str(tmp_path / "set"))
    dialog.go_button.click()
    task = dialog._task
    assert task is not None
    with qtbot.waitSignal(task.finished, timeout=20_000):
        dialog.reject()
    assert not (tmp_path / "set").exists()


def test_the_report_is_written(qtbot: Any, ctx: UiContext, tmp_path: Path) -> None:
    dialog = ReportDialog(ctx, "synthetic@1", None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.place.edit.setText(str(tmp_path / "r.html"))
    dialog.go_button.click()
    finished(qtbot, dialog)
    assert "1 judge version on 1 dimension" in dialog.progress.words
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")
