"""A dataset's folder is looked at, taken in, and told; what is none says so and stays out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.cli.output import Progress
from app.services.calibrating.board import rubrics_scored
from app.services.calibrating.export import export_dataset
from app.services.workspace import Workspace
from app.ui.calibrating.dataset_dialog import DatasetDialog
from app.ui.context import UiContext
from app.ui.import_acts import ImportActs
from tests.ui.shell_support import context
from tests.unit.calibrating.synthetic import noisy, truth, world

N = 12


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    ws = Workspace.open(folder / "workspace")
    made = world(ws, N)
    made.say(made.person("Ann"), "tone", noisy(truth(N), 1, sd=0.3))
    made.say(made.judge(), "tone", noisy(truth(N), 9, sd=0.4))
    export_dataset(Progress(quiet=True), ws, made.lead, "synthetic", folder / "set")
    ws.close()
    return folder / "set"


@pytest.fixture
def ctx(workspace: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


def opened(qtbot: Any, ctx: UiContext, folder: Path | None = None, **more: Any) -> DatasetDialog:
    dialog = DatasetDialog(ctx, None, folder, **more)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def settled(qtbot: Any, dialog: DatasetDialog) -> None:
    qtbot.waitUntil(
        lambda: not dialog.work.is_busy and not dialog._settle.isActive(), timeout=20_000
    )


def test_it_says_what_the_folder_holds_and_what_came(
    qtbot: Any, ctx: UiContext, exported: Path
) -> None:
    dialog = opened(qtbot, ctx)
    assert not dialog.go_button.isEnabled()
    assert dialog.plain_button.isHidden()
    dialog.place.edit.setText(str(exported))
    settled(qtbot, dialog)
    assert "12 calls, 12 items, 24 scores by 1 person and 1 judge version" in dialog.holds.text()
    assert rubrics_scored(ctx.ws, ctx.viewer) == []
    with qtbot.waitSignal(ctx.bus.changed):
        dialog.go_button.click()
    settled(qtbot, dialog)
    assert "12 calls added; 24 scores added" in dialog.progress.words
    (offered,) = rubrics_scored(ctx.ws, ctx.viewer)
    with qtbot.waitSignal(dialog.show_asked) as told:
        dialog.go_button.click()
    assert told.args == [offered.ref]


def test_a_folder_that_was_changed_is_refused_and_another_can_be_named(
    qtbot: Any, ctx: UiContext, exported: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(exported, folder)
    (folder / "scores.jsonl").write_text("{}\n")
    dialog = opened(qtbot, ctx, folder)
    settled(qtbot, dialog)
    dialog.go_button.click()
    settled(qtbot, dialog)
    assert "scores.jsonl is not what the manifest says" in dialog.problem.text()
    assert dialog.pages.currentIndex() == 0
    assert rubrics_scored(ctx.ws, ctx.viewer) == []
    dialog.place.edit.setText(str(tmp_path))
    settled(qtbot, dialog)
    assert "holds no calibration dataset" in dialog.problem.text()
    assert not dialog.go_button.isEnabled()


def test_a_hostile_manifest_is_words_and_no_more(
    qtbot: Any, ctx: UiContext, exported: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(exported, folder)
    body = json.loads((folder / "manifest.json").read_text("utf-8"))
    body |= {"counts": [1], "rubric": {"title": "<b>x</b>" * 100}, "raters": 3, "judges": {}}
    (folder / "manifest.json").write_text(json.dumps(body), "utf-8")
    dialog = opened(qtbot, ctx, folder)
    settled(qtbot, dialog)
    assert "<b>x</b>" in dialog.holds.text()
    assert len(dialog.holds.text()) < 250


def test_where_it_was_dropped_it_may_also_be_plain_recordings(
    qtbot: Any, ctx: UiContext, exported: Path
) -> None:
    done: list[str] = []
    dialog = opened(qtbot, ctx, exported, as_recordings=lambda: done.append("plain"))
    dialog.plain_button.click()
    assert done == ["plain"]
    assert not dialog.isVisible()


class Window(QWidget):
    """As much of the window as its acts ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str]] = []

    def show_screen(self, key: str, *, rubric: str) -> None:
        self.shown.append((key, rubric))


def test_a_dropped_dataset_says_what_it_is_and_leads_to_its_figures(
    qtbot: Any, ctx: UiContext, exported: Path
) -> None:
    window = Window()
    qtbot.addWidget(window)
    ImportActs(ctx, window).open([exported])  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(window.findChildren(DatasetDialog)), timeout=20_000)
    (dialog,) = window.findChildren(DatasetDialog)
    settled(qtbot, dialog)
    assert not dialog.plain_button.isHidden()
    dialog.go_button.click()
    settled(qtbot, dialog)
    dialog.go_button.click()
    assert window.shown == [("calibrate", "synthetic@1")]
