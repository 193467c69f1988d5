"""Making the sample project from the window: its calls show first, what follows can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext

if TYPE_CHECKING:
    from app.domain.imports import ImportResult
    from app.ui.main_window import MainWindow


class DemoActs(QObject):
    """One making of the sample calls at a time; the empty library says how far it is."""

    def __init__(self, ctx: UiContext, window: MainWindow) -> None:
        super().__init__(window)
        self._ctx, self._window = ctx, window
        self._task: Task | None = None

    @property
    def is_making(self) -> bool:
        """Whether the sample calls are being made."""
        return self._task is not None

    def make_or_stop(self) -> None:
        """Import the sample calls; a second press stops what is still to come."""
        if self._task is not None:
            self._task.cancel()
            return
        from app.services import demo

        task = self._ctx.runner.task(Lane.CPU, demo.make_samples, self._ctx.ws)
        task.progressed.connect(self._on_progress)
        task.partial.connect(self._on_part)
        task.succeeded.connect(self._on_made)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        self._task = task
        self._say("Reading the sample calls")
        task.start()

    def _say(self, words: str) -> None:
        from app.ui.library.screen import LibraryScreen

        library = self._window.screen_of("library")
        if isinstance(library, LibraryScreen):
            library.empty.show_demo(words)

    def _on_progress(self, done: int, total: int, note: str) -> None:
        self._say(f"{note or 'Reading the sample calls'}, {done} of {total}")

    def _on_part(self, part: object) -> None:
        """The demo calls are there; what follows them may take its time."""
        from app.domain.imports import ImportResult

        if isinstance(part, ImportResult):
            self._on_made(part)

    def _on_made(self, _result: ImportResult) -> None:
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.bus.changed.emit(Changes(everything=True), self)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def _on_finished(self) -> None:
        self._task = None
        self._say("")
