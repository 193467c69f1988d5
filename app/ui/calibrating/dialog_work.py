"""What a dialog has a worker do, and how it says what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shiboken6 import isValid

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.widgets.dialog import Dialog


class OneTask:
    """One thing at a time: a new one takes the place of what is being done.

    Args:
        ctx: of the window.
        failed: takes the words for what went wrong.
    """

    def __init__(self, ctx: UiContext, failed: Callable[[str], None]) -> None:
        self._ctx, self._failed = ctx, failed
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being done."""
        return self._task is not None

    def start(self, task: Task, then: Callable[[Any], None]) -> None:
        """Begin; `then` takes what came of it."""
        self.cancel()
        self._task = task

        def ended(found: object) -> None:
            if self._task is task:
                self._task = None
                then(found)

        task.succeeded.connect(ended)
        task.failed.connect(lambda error: self._on_failed(task, error))
        task.start()

    def cancel(self) -> None:
        """Stop what runs; nobody hears of it."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _on_failed(self, task: Task, error: BaseException) -> None:
        if self._task is not task:
            return
        self._task = None
        if isinstance(error, UserError):
            self._failed(str(error))
        else:
            self._ctx.runner.failed.emit(error)
            self._failed("That failed; see the log.")


def store(
    ctx: UiContext,
    dialog: Dialog,
    act: Callable[..., object],
    *args: object,
    refused: Callable[[], None] | None = None,
) -> None:
    """Write on a worker: then the dialog is accepted, or says why that cannot be.

    Args:
        ctx: of the window.
        dialog: may be closed meanwhile.
        act: takes workspace, viewer and the rest.
        args: the rest.
        refused: what to do once the dialog has said why.
    """

    def done(_stored: object) -> None:
        ctx.bus.saved.emit(utc_now())
        if isValid(dialog):
            dialog.accept()

    def failed(error: BaseException) -> None:
        tell(ctx, dialog, error)
        if refused is not None and isinstance(error, UserError) and isValid(dialog):
            refused()

    ctx.runner.run(Lane.WRITE, act, ctx.ws, ctx.viewer, *args, done=done, failed=failed)


def tell(ctx: UiContext, dialog: Dialog, error: BaseException) -> None:
    """Say in a dialog what went wrong; faults of ours go on to where all go."""
    if not isinstance(error, UserError):
        ctx.runner.failed.emit(error)
    elif isValid(dialog):
        dialog.say_problem(f"{error.what} {error.remedy}".strip())
