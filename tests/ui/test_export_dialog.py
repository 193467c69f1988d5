"""Exporting from the window: real files in the chosen folder, errors in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.domain.work import Quiet
from app.services import browsing, importing
from app.services.workspace import Workspace
from app.ui.library.export_dialog import ExportDialog
from tests.ui import review_support


@pytest.fixture
def ctx(qapp: object, workspace: Workspace, make_wav: Callable[..., Path]) -> Iterator[Any]:
    noise = np.random.default_rng(3).normal(0, 0.1, (16_000, 2))
    run = importing.scan(
        Quiet(), workspace, [make_wav("one.wav", noise)], importing.ImportOptions()
    )
    assert importing.commit(Quiet(), workspace, run).imported
    made = review_support.context(ws=workspace)
    yield made
    made.runner.close()


def open_dialog(ctx: Any, qtbot: QtBot) -> ExportDialog:
    seqs = browsing.call_ids(ctx.ws, ctx.viewer, browsing.parse_query(""))
    dialog = ExportDialog(ctx, "", [int(n) for n in seqs], None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize("name", ["csv", "textgrid", "eaf"])
def test_the_chosen_format_is_written_with_its_manifest(
    ctx: Any, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    dialog, out = open_dialog(ctx, qtbot), tmp_path / "out"
    dialog.formats[name].click()
    dialog.folder.setText(str(out))
    dialog.go_button.click()
    qtbot.waitUntil(lambda: dialog.go_button.text() == "Close")
    assert json.loads((out / "manifest.json").read_text())["files"]


def test_a_chosen_folder_outlives_another_choice_of_format(
    ctx: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = open_dialog(ctx, qtbot)
    dialog.formats["vtt"].click()
    assert dialog.folder.text() == str(ctx.ws.export_dir / "vtt")
    dialog.folder.setText(str(tmp_path / "mine"))
    dialog.formats["rttm"].click()
    assert dialog.folder.text() == str(tmp_path / "mine")


def test_a_folder_with_other_things_in_it_is_left_alone(
    ctx: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    dialog = open_dialog(ctx, qtbot)
    dialog.folder.setText(str(tmp_path))
    dialog.go_button.click()
    qtbot.waitUntil(lambda: dialog.go_button.text() == "Close")
    assert (tmp_path / "letter.txt").read_text() == "dear"
    assert not (tmp_path / "manifest.json").exists()
