"""What a screen needs is imported once the window is idle, and never in a live call."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.services.workspace import Workspace
from app.ui import warming
from app.ui.warming import Warming
from tests.ui.shell_support import context

NAME = "warmed_by_a_test"


def test_a_live_call_comes_first(
    qtbot: Any, workspace: Workspace, qapp: QApplication, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / f"{NAME}.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(warming, "MODULES", (NAME,))
    monkeypatch.setattr(warming, "CALM_MS", 5)
    owner = QObject()
    with context(workspace) as ctx:
        live = ctx.__dict__["live"] = SimpleNamespace(is_on=True)
        Warming(ctx, owner)
        qtbot.wait(50)
        assert NAME not in sys.modules
        live.is_on = False
        qtbot.waitUntil(lambda: NAME in sys.modules)
    monkeypatch.delitem(sys.modules, NAME)


def test_every_module_that_is_named_is_there() -> None:
    assert all(find_spec(name) is not None for name in warming.MODULES)
