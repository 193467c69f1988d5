"""Asks for boards on a lane; a new question drops the one before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.tasks.runner import Lane, Task

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.calibrating.board import Board, Offered
    from app.services.calibrating.dimension import Slice
    from app.services.calibrating.rating_set import RatingSet
    from app.services.workspace import Workspace
    from app.ui.context import UiContext


class BoardLoader(QObject):
    """The screen's questions. Signals arrive on the main thread."""

    offered = Signal(object)
    """Rubric versions with scores, the one scored last first."""
    grown = Signal(object)
    """A board whose matrix is still being computed."""
    loaded = Signal(object)
    progressed = Signal(int, int, str)
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a board is being made."""
        return self._task is not None

    def ask_offered(self) -> None:
        """Ask which rubrics were scored; `offered` answers."""
        ctx = self._ctx
        ctx.runner.run(
            Lane.READ, _offered, ctx.ws, ctx.viewer,
            done=self.offered.emit, failed=self.failed.emit,
        )  # fmt: skip

    def ask_board(
        self, ref: str, where: Slice, kept: RatingSet | None, first: tuple[str, str]
    ) -> None:
        """Ask for a board; `grown` as it is made, `loaded` when it is whole.

        Args:
            ref: the rubric version.
            where: which items count.
            kept: the set of the board that is shown, where only the filter changed.
            first: judge version and dimension to compute before all others.
        """
        ctx = self._ctx
        self._drop()
        task = ctx.runner.task(Lane.CPU, _board, ctx.ws, ctx.viewer, ref, where, kept, first)
        task.partial.connect(self._while_mine(task, self.grown.emit))
        task.progressed.connect(self._while_mine(task, self.progressed.emit))
        task.succeeded.connect(self._last(task, self.loaded.emit))
        task.failed.connect(self._last(task, self.failed.emit))
        self._task = task
        task.start()
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Stop what is being made."""
        if self._drop():
            self.busy_changed.emit(False)

    def _drop(self) -> bool:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task is not None

    def _while_mine(self, task: Task, take: Callable[..., object]) -> Callable[..., None]:
        """Answers to an older question are dropped."""

        def told(*values: Any) -> None:
            if self._task is task:
                take(*values)

        return told

    def _last(self, task: Task, take: Callable[[Any], object]) -> Callable[[Any], None]:
        def told(value: Any) -> None:
            if self._task is task:
                self._task = None
                take(value)
                if self._task is None:
                    self.busy_changed.emit(False)

        return told


def _offered(ws: Workspace, viewer: Viewer) -> list[Offered]:
    from app.services.calibrating.board import rubrics_scored

    return rubrics_scored(ws, viewer)


def _board(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    ref: str,
    where: Slice,
    kept: RatingSet | None,
    first: tuple[str, str],
) -> Board:
    from app.services.calibrating.board import load_board

    return load_board(ctx, ws, viewer, ref, where, kept, first=first)
