"""The sample project from the window: the demo calls at once, the rest behind them, and a stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.changes import Changes
from app.domain.imports import ImportResult
from app.domain.work import Work
from app.services import demo
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.main_window import MainWindow
from tests.ui.shell_support import context


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


def test_calls_show_while_calibration_is_made_and_a_second_press_stops_it(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def slow(work: Work, _ws: Workspace) -> ImportResult:
        work.partial(ImportResult())
        begun.set()
        try:
            while True:
                work.progress(3, 80, "Answers of the synthetic raters")
                work.raise_if_cancelled()
                stopped.wait(0.01)
        finally:
            stopped.set()

    monkeypatch.setattr(demo, "make_samples", slow)
    seen: list[Changes] = []
    ctx.bus.changed.connect(lambda changes, _by: seen.append(changes))
    window = MainWindow(ctx)
    qtbot.addWidget(window)
    window.acts.demo.make_or_stop()
    qtbot.waitUntil(lambda: begun.is_set() and bool(seen), timeout=5000)
    assert seen[0].everything
    window.acts.demo.make_or_stop()
    qtbot.waitUntil(stopped.is_set, timeout=5000)
    qtbot.waitUntil(lambda: not window.acts.demo.is_making, timeout=5000)
    assert len(seen) == 1
