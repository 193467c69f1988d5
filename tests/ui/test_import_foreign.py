"""A dropped run of another system says what it is and what is lost, then comes in whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.services import browsing
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.importing.foreign_dialog import ForeignDialog, whose
from app.ui.widgets.labels import Label
from tests.ui.shell_support import context

VAPI = {
    "id": "call-1",
    "assistantId": "nora",
    "startedAt": "2026-11-20T10:00:00Z",
    "endedAt": "2026-11-20T10:00:20Z",
    "endedReason": "customer-ended-call",
    "artifact": {
        "messages": [
            {"role": "bot", "message": "Hello, this is Nora.", "time": 1763632801000,
             "endTime": 1763632803000, "secondsFromStart": 1.0},
            {"role": "user", "message": "Hello.", "time": 1763632804000,
             "endTime": 1763632805000, "secondsFromStart": 4.0},
        ],
        "recording": {"stereoUrl": "https://example.invalid/call-1.wav"},
    },
}  # fmt: skip


@pytest.fixture
def call_file(tmp_path: Path) -> Path:
    path = tmp_path / "vapi" / "call-1.json"
    path.parent.mkdir()
    path.write_text(json.dumps(VAPI))
    return path


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


def opened(qtbot: Any, ctx: UiContext, path: Path, asked: list[str]) -> ForeignDialog:
    dialog = ForeignDialog(ctx, [path], "Vapi", lambda: asked.append("plain"), None)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "changed yet" in dialog.told.text(), timeout=20_000)
    return dialog


def words_of(dialog: ForeignDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(Label))


def count(ctx: UiContext) -> int:
    return len(browsing.call_ids(ctx.ws, ctx.viewer, browsing.parse_query("")))


def test_a_run_is_looked_at_and_then_imported(qtbot: Any, ctx: UiContext, call_file: Path) -> None:
    dialog = opened(qtbot, ctx, call_file, [])
    assert count(ctx) == 0
    assert "1 call to import, 1 without a recording" in dialog.told.text()
    assert "not downloaded" in words_of(dialog)
    dialog.go.click()
    qtbot.waitUntil(lambda: "1 call imported" in dialog.told.text(), timeout=20_000)
    assert count(ctx) == 1
    assert "CB-00001" in words_of(dialog)
    dialog.close()
    again = opened(qtbot, ctx, call_file, [])
    assert "1 here already" in again.told.text()
    assert not again.go.isEnabled()


def test_it_can_come_in_as_plain_recordings_instead(
    qtbot: Any, ctx: UiContext, call_file: Path
) -> None:
    asked: list[str] = []
    dialog = opened(qtbot, ctx, call_file, asked)
    dialog.plain.click()
    assert asked == ["plain"]
    assert not dialog.isVisible()


def test_whose(call_file: Path, tmp_path: Path) -> None:
    assert "Vapi" in whose([call_file])
    plain = tmp_path / "plain"
    plain.mkdir()
    assert whose([plain]) == ""
    assert whose([call_file, plain]) == ""
    assert whose([]) == ""
