"""Studies in a real workspace, and an output that plays fast, for the listening screen's tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication

from app.audio.devices import DeviceInfo
from app.audio.output import FillFn
from app.domain.ratings import Viewer
from app.services import raters
from app.services.workspace import Workspace
from app.tasks.bus import Bus
from app.tasks.runner import TaskRunner
from app.ui.actions import ActionTable
from app.ui.context import UiContext
from app.ui.listening.screen import ListenScreen
from app.ui.settings.store import SettingsStore
from app.ui.theme import Theme
from tests.unit.studies import conftest as studies

FASTER = 40
BLOCK_S = 0.005


class FastOutput:
    """A device that takes frames forty times as fast as a real one, on a clock of its own."""

    name = "Fast headphones"
    is_silent = False
    is_realtime = True
    latency_s = 0.0

    def __init__(self, rate_hz: int, fill: FillFn) -> None:
        self.rate_hz, self._fill = rate_hz, fill
        self.underflows = 0
        self._frames = 0
        self._halt, self._flows = threading.Event(), threading.Event()
        self._flows.set()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._thread is not None and not self._halt.is_set()

    def now_s(self) -> float:
        return self._frames / self.rate_hz

    def start(self) -> None:
        self._halt.clear()
        self._thread = threading.Thread(target=self._run, name="callbench-fast", daemon=True)
        self._thread.start()

    def hold(self) -> None:
        """Let time stand still."""
        self._flows.clear()

    def go_on(self) -> None:
        self._flows.set()

    def stop(self) -> None:
        self._halt.set()

    def close(self) -> None:
        self._halt.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None

    def _run(self) -> None:
        block = np.zeros((round(self.rate_hz * BLOCK_S), 2), np.float32)
        while not self._halt.is_set():
            for _ in range(FASTER if self._flows.is_set() else 0):
                self._fill(block, self.now_s())
                self._frames += len(block)
            time.sleep(BLOCK_S)


class Outputs:
    """What there is to play through; keeps what was opened."""

    def __init__(self) -> None:
        self.opened: list[FastOutput] = []
        self.names = ["Fast headphones"]

    def open(self, _choice: str | None, rate_hz: int, fill: FillFn) -> FastOutput:
        self.opened.append(FastOutput(rate_hz, fill))
        return self.opened[-1]

    def listed(self, _player: Any) -> list[DeviceInfo]:
        return [
            DeviceInfo(
                index=n, name=name, host_api="test", channels=2, rate_hz=48_000, latency_s=0.0,
                is_default=n == 0,
            )
            for n, name in enumerate(self.names)
        ]  # fmt: skip


@contextmanager
def context(ws: Workspace, viewer: Viewer, app: QApplication) -> Iterator[UiContext]:
    """What the screen is given."""
    ctx = UiContext(
        ws=ws, viewer=viewer, runner=TaskRunner(), bus=Bus(), theme=Theme(), actions=ActionTable(),
        settings=SettingsStore(None),
    )  # fmt: skip
    ctx.actions.install(app)
    try:
        yield ctx
    finally:
        ctx.actions.uninstall(app)
        ctx.runner.close()


class Rig:
    """A study open to Ann, and the screen that she sits at."""

    def __init__(self, ws: Workspace, folder: Path, instrument: Any, **design: Any) -> None:
        self.ws = ws
        self.lead = raters.sign_in(ws, "Lee", "lead")
        self.rater = raters.sign_in(ws, "Ann", "reviewer")
        calls = studies.fill(ws, folder, design.pop("calls", 4))
        plain = {"traps_per_block": 0, "golds_per_block": 0, "training": 0, "repeat_share": 0.0}
        rules = plain | design
        self.study = studies.opened_study(ws, self.lead, calls, instrument, **rules)
        self.outputs = Outputs()

    def screen(self, ctx: UiContext) -> ListenScreen:
        return ListenScreen(ctx, opener=self.outputs.open, listed=self.outputs.listed)
