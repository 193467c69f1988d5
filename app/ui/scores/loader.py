"""Asks for tables on a lane; a new question drops the one before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.tasks.runner import Lane, Task
from app.ui.scores import work
from app.ui.scores.work import Asked, Scored

if TYPE_CHECKING:
    from app.eval.outbound.weights import Weights
    from app.services.judging.score_settings import ScoreSettings
    from app.ui.context import UiContext


class ScoresLoader(QObject):
    """The screen's questions. Signals arrive on the main thread."""

    begun = Signal(object, object)
    """Stored settings, and the person's own weights or None."""
    scored = Signal(object)
    behind = Signal(str, str, object)
    """Call, column, the verdicts behind it."""
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._task: Task | None = None
        self._peek: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a set is being read or a table made."""
        return self._task is not None

    def begin(self) -> None:
        """Ask for the stored settings; `begun` answers."""
        ctx = self._ctx
        ctx.runner.run(
            Lane.READ, work.first_settings, ctx.ws, ctx.viewer,
            done=lambda told: self.begun.emit(*told), failed=self.failed.emit,
        )  # fmt: skip

    def read(self, asked: Asked, settings: ScoreSettings, weights: Weights | None) -> None:
        """Read a set; `scored` answers."""
        ctx = self._ctx
        self._start(work.read, ctx.ws, ctx.viewer, asked, settings, weights)

    def remake(self, scored: Scored, settings: ScoreSettings, weights: Weights | None) -> None:
        """Other settings of the same set; `scored` answers."""
        self._start(work.made, scored.found, settings, weights, scored.paper)

    def peek(self, scored: Scored, settings: ScoreSettings, call_id: str, column: str) -> None:
        """Ask what is behind a figure of a call; `behind` answers."""
        ctx = self._ctx
        if self._peek is not None:
            self._peek.cancel()
        self._peek = ctx.runner.run(
            Lane.READ, work.behind, ctx.ws, ctx.viewer, scored.found, settings, call_id, column,
            done=lambda found: self.behind.emit(call_id, column, found), failed=self.failed.emit,
        )  # fmt: skip

    def cancel(self) -> None:
        """Stop what is being made, and what is asked about single figures."""
        peek, self._peek = self._peek, None
        if peek is not None:
            peek.cancel()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self.busy_changed.emit(False)

    def _start(self, fn: Callable[..., Scored], *args: Any) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        new = self._ctx.runner.task(Lane.CPU, fn, *args)
        new.succeeded.connect(self._mine(new, self.scored.emit))
        new.failed.connect(self._mine(new, self.failed.emit))
        self._task = new
        new.start()
        self.busy_changed.emit(True)

    def _mine(self, task: Task, take: Callable[[Any], object]) -> Callable[[Any], None]:
        """Answers to an older question are dropped."""

        def told(value: Any) -> None:
            if self._task is task:
                self._task = None
                self.busy_changed.emit(False)
                take(value)

        return told
