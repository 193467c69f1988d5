"""Asks for studies on a lane; a new question drops the one before it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from app.services import study_progress
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.studies import work


class StudiesLoader(QObject):
    """The screen's questions. Signals arrive on the main thread."""

    listed = Signal(object)
    read = Signal(object)
    failed = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._list: Task | None = None
        self._page: Task | None = None

    def ask_list(self) -> None:
        """Ask for every study; `listed` answers."""
        ctx = self._ctx
        if self._list is not None:
            self._list.cancel()
        self._list = ctx.runner.run(
            Lane.READ, study_progress.listing, ctx.ws, ctx.viewer,
            done=self.listed.emit, failed=self.failed.emit,
        )  # fmt: skip

    def ask_study(self, study_id: str) -> None:
        """Ask for a study with its results; `read` answers."""
        ctx = self._ctx
        if self._page is not None:
            self._page.cancel()
        self._page = ctx.runner.run(
            Lane.CPU, work.read, ctx.ws, ctx.viewer, study_id,
            done=self._on_read, failed=self.failed.emit,
        )  # fmt: skip

    def _on_read(self, found: Any) -> None:
        self._page = None
        self.read.emit(found)

    def cancel(self) -> None:
        """Drop what is asked."""
        for task in (self._list, self._page):
            if task is not None:
                task.cancel()
        self._list = self._page = None
