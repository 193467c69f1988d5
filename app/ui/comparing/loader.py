"""Asks for comparisons on a lane; a new question drops the one before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.tasks.runner import Lane, Task
from app.ui.comparing import work
from app.ui.comparing.work import Side

if TYPE_CHECKING:
    from app.ui.context import UiContext


class CompareLoader(QObject):
    """The screen's questions. Signals arrive on the main thread."""

    compared = Signal(object)
    sided = Signal(object, object)
    """The sides that were asked for: A and B."""
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a comparison is being made."""
        return self._task is not None

    def fetch(self, a: Side, b: Side) -> None:
        """Hold B against A; `compared` answers."""
        ctx = self._ctx
        self._drop()
        task = ctx.runner.task(Lane.CPU, work.compare, ctx.ws, ctx.viewer, a, b)
        task.succeeded.connect(self._mine(task, self.compared.emit))
        task.failed.connect(self._mine(task, self.failed.emit))
        self._task = task
        task.start()
        self.busy_changed.emit(True)

    def fetch_sides(self, query: str, seqs: Sequence[int]) -> None:
        """Ask what a selection suggests; `sided` answers."""
        self._ask(work.sides_of, query, list(seqs))

    def fetch_named(self, a: Sequence[str], b: Sequence[str]) -> None:
        """Ask for sides of these calls; `sided` answers."""
        self._ask(work.sides_from, list(a), list(b))

    def cancel(self) -> None:
        """Stop what is being compared."""
        if self._drop():
            self.busy_changed.emit(False)

    def _ask(self, fn: Callable[..., tuple[Side, Side]], *args: Any) -> None:
        run = self._ctx.runner.run
        run(
            Lane.READ,
            fn,
            self._ctx.ws,
            *args,
            done=lambda sides: self.sided.emit(*sides),
            failed=self.failed.emit,
        )

    def _drop(self) -> bool:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task is not None

    def _mine(self, task: Task, take: Callable[[Any], object]) -> Callable[[Any], None]:
        """Answers to an older question are dropped."""

        def told(value: Any) -> None:
            if self._task is task:
                self._task = None
                self.busy_changed.emit(False)
                take(value)

        return told
