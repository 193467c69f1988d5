"""What can be done with the selected run: pause, go on, end, try again, open its calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.evaluation import Run
from app.ui.context import UiContext
from app.ui.runs.judge_words import is_capped, place_words
from app.ui.runs.loader import RunsLoader

if TYPE_CHECKING:
    from app.services.judging.judging_runs import AskFailed

Current = Callable[[], Run | None]


class RunVerbs(QObject):
    """Acts on whatever `current` says is selected; does nothing where it makes no sense."""

    acted = Signal()
    """Something was asked for, and shows already."""
    made = Signal(str)
    """Id of a run that came of it."""
    calls_opened = Signal(dict)
    """Arguments of the review."""

    def __init__(self, ctx: UiContext, loader: RunsLoader, current: Current) -> None:
        super().__init__()
        self._ctx, self._loader, self._current = ctx, loader, current
        self._opening: tuple[Run, str] | None = None
        loader.calls_found.connect(self._on_calls)

    def pause(self) -> None:
        """Pause the run, or go on with it."""
        run = self._current()
        if run is None or not run.is_live or is_capped(run):
            return
        supervisor = self._ctx.runs
        if run.state == "paused" and supervisor.feed(run.id) is None:
            supervisor.resume(run.id)
        else:
            supervisor.pause(run.id)
        self.acted.emit()

    def stop(self) -> None:
        """End the run; what is computed stays."""
        run = self._current()
        if run is not None and run.is_live:
            self._ctx.runs.cancel(run.id)
            self.acted.emit()

    def retry(self) -> None:
        """Try again what failed, as a run of its own."""
        run = self._current()
        if run is not None and run.failed and not run.is_live:
            self._ctx.runs.retry_failed(run.id, lambda new: self.made.emit(new.id))

    def raise_caps(self, parent: QWidget) -> None:
        """Let a run that used all it may use more, and go on."""
        run = self._current()
        if run is not None and is_capped(run):
            from app.ui.runs.raise_caps import open_raise_caps

            open_raise_caps(self._ctx, run, parent)

    def show_reply(self, failure: AskFailed, parent: QWidget) -> None:
        """Show what was asked, and what came of it."""
        reply_id = getattr(failure, "reply_id", "")
        if reply_id:
            from app.ui.review.reply_dialog import open_reply

            open_reply(self._ctx, reply_id, f"{failure.code}, {place_words(failure)}", parent)

    def pause_all(self, runs: Iterable[Run]) -> None:
        """Pause everything that is queued or running."""
        for run in runs:
            if run.state in ("queued", "running"):
                self._ctx.runs.pause(run.id)
        self.acted.emit()

    def open_calls(self) -> None:
        """Open the run's first call, with the others to go on through."""
        self.open_call("")

    def open_call(self, call_id: str) -> None:
        """Open one of the run's calls, with the others to go on through."""
        run = self._current()
        if run is not None:
            self._opening = (run, call_id)
            self._loader.fetch_calls(run.id)

    def _on_calls(self, run_id: str, call_ids: list[str]) -> None:
        if self._opening is None or self._opening[0].id != run_id or not call_ids:
            return
        run, wanted = self._opening
        self._opening = None
        first = wanted if wanted in call_ids else call_ids[0]
        self.calls_opened.emit(
            {"call_id": first, "call_ids": call_ids, "list_name": f"Run {run.code}"}
        )
