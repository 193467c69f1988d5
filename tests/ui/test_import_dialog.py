from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.domain.imports import ImportResult
from app.domain.transcript_files import ColumnMap
from app.services import browsing
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.importing.columns_page import read_head
from app.ui.importing.dialog import ImportDialog
from app.ui.importing.listen import first_sound
from tests.ui.shell_support import context

RATE_HZ = 16_000
Wav = Callable[..., Path]


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


def talk(seed: int = 1, seconds: float = 3.0) -> np.ndarray:
    """Two channels taking turns in bursts of noise."""
    noise = np.random.default_rng(seed).normal(0, 0.1, (round(seconds * RATE_HZ), 2))
    time = np.arange(len(noise)) / RATE_HZ
    first = (time % 2 < 1)[:, None]
    noise[:, :1] *= first
    noise[:, 1:] *= ~first
    return noise


def open_dialog(qtbot: Any, ctx: UiContext, *paths: Path) -> ImportDialog:
    dialog = ImportDialog(ctx, list(paths), None)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.run is not None, timeout=20_000)
    return dialog


def count(ws: Workspace, ctx: UiContext) -> int:
    return len(browsing.call_ids(ws, ctx.viewer, browsing.parse_query("")))


def finish(qtbot: Any, dialog: ImportDialog) -> ImportResult:
    dialog._commit()
    qtbot.waitUntil(lambda: dialog.imported is not None, timeout=60_000)
    assert dialog.imported is not None
    return dialog.imported


def test_the_dry_run_reports_and_writes_nothing(
    qtbot: Any, ctx: UiContext, make_wav: Wav, tmp_path: Path
) -> None:
    good = make_wav("in/good.wav", talk(), RATE_HZ)
    (good.parent / "broken.wav").write_bytes(b"RIFF nothing")
    dialog = open_dialog(qtbot, ctx, good.parent)
    rows = dialog.report.model
    assert [rows.index(r, 1).data() for r in range(rows.rowCount())] == ["good.wav", "broken.wav"]
    assert "broken.wav" in rows.index(1, 2).data()
    assert "1 recording to import, 1 cannot be read" in dialog.report.summary.text()
    assert count(ctx.ws, ctx) == 0
    dialog.reject()


def test_channels_must_be_confirmed_before_importing(
    qtbot: Any, ctx: UiContext, make_wav: Wav
) -> None:
    dialog = open_dialog(qtbot, ctx, make_wav("in/a.wav", talk(), RATE_HZ))
    assert not dialog.go_button.isEnabled()
    (row,) = dialog.report._rows.values()
    row._map.chosen.emit("agent,caller")
    row._map.set_current("agent,caller")
    row.confirm()
    assert dialog.go_button.isEnabled()
    result = finish(qtbot, dialog)
    assert len(result.imported) == 1
    from app.services.calls import get_call

    call = get_call(ctx.ws, result.imported[0].id)
    assert call.channel_map == "agent,caller"
    track = call.track("agent")
    assert track is not None
    assert track.channel_index == 0
    qtbot.waitUntil(lambda: not ctx.runner.live)
    again = open_dialog(qtbot, ctx, Path(call.source_path))
    assert again.run is not None
    assert len(again.run.duplicates) == 1
    assert not again.go_button.isEnabled()
    again.reject()


def test_an_unticked_recording_is_left_out(qtbot: Any, ctx: UiContext, make_wav: Wav) -> None:
    one = make_wav("in/one.wav", talk(1), RATE_HZ)
    make_wav("in/two.wav", talk(2), RATE_HZ)
    dialog = open_dialog(qtbot, ctx, one.parent)
    for row in dialog.report._rows.values():
        row.confirm()
    dialog.report.model.toggle(0)
    assert dialog.go_button.text() == "Import 1 recording"
    result = finish(qtbot, dialog)
    assert [Path(i.path).name for i in result.imported] == ["two.wav"]
    qtbot.waitUntil(lambda: not ctx.runner.live)


def test_failures_are_listed_with_their_reason(qtbot: Any, ctx: UiContext, make_wav: Wav) -> None:
    good = make_wav("in/good.wav", talk(), RATE_HZ)
    (good.parent / "empty.wav").write_bytes(b"")
    dialog = open_dialog(qtbot, ctx, good.parent)
    for row in dialog.report._rows.values():
        row.confirm()
    finish(qtbot, dialog)
    assert dialog.outcome.summary.text() == "1 recording imported, 1 failed"
    assert "empty.wav" in dialog.outcome.list.toPlainText()
    qtbot.waitUntil(lambda: not ctx.runner.live)


def test_columns_of_a_table_can_be_said(qtbot: Any, ctx: UiContext, make_wav: Wav) -> None:
    good = make_wav("in/call.wav", talk(), RATE_HZ)
    table = good.with_suffix(".csv")
    table.write_text("von;bis;wer;was\n0.1;0.9;caller;Hallo\n1.1;1.9;agent;Guten Tag\n", "utf-8")
    head = read_head(table)
    assert head.names == ("von", "bis", "wer", "was")
    assert head.rows[0] == ("0.1", "0.9", "caller", "Hallo")
    dialog = open_dialog(qtbot, ctx, good.parent)
    dialog.columns.show_table(head, ColumnMap())
    assert dialog.columns.problem
    for key, column in (("start", 1), ("end", 2), ("speaker", 3), ("text", 4)):
        box = dialog.columns._boxes[key]
        box.setCurrentIndex(box.findData(head.names[column - 1]))
    assert not dialog.columns.problem
    before = dialog.run
    dialog.use_columns(dialog.columns.columns)
    qtbot.waitUntil(lambda: dialog.run is not before, timeout=20_000)
    assert dialog.run is not None
    (found,) = dialog.run.fresh[0].transcripts
    assert found.transcript is not None
    assert [cue.text for cue in found.transcript.cues] == ["Hallo", "Guten Tag"]
    dialog.reject()


def test_hearing_takes_one_channel_from_its_first_sound(make_wav: Wav) -> None:
    sound = np.zeros((RATE_HZ * 2, 2))
    sound[RATE_HZ:, 1] = 0.25
    path = make_wav("quiet.wav", sound, RATE_HZ)
    left, rate_hz = first_sound(path, 0)
    right, _ = first_sound(path, 1)
    assert rate_hz == RATE_HZ
    assert abs(left).max() == 0
    assert right.max() == pytest.approx(0.25, abs=0.001)
    assert len(right) <= RATE_HZ * 2
