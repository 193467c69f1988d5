"""One write after another for a session: what failed is kept, and can be done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.tasks.runner import Lane, TaskRunner

if TYPE_CHECKING:
    from app.domain.errors import UserError

Told = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class _Job:
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    again: tuple[Any, ...]
    done: Told
    always: Told | None


class Jobs(QObject):
    """At most one job at a time, on the lane of writes, so that their order is that of the keys."""

    refused = Signal(object)
    """The error of a job; `retry` does it again."""

    def __init__(self, runner: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._failed: _Job | None = None
        self.is_busy = False
        self.is_left = True
        """Before a session and after it: what still comes in is not shown."""

    def run(
        self, lane: Lane, fn: Callable[..., Any], *args: Any, done: Told | None = None,
        failed: Told | None = None,
    ) -> None:  # fmt: skip
        """Work beside the jobs; nothing is told to a screen that is gone by then."""

        def alive(tell: Told | None) -> Told:
            return lambda value: tell(value) if tell is not None and isValid(self) else None

        self._runner.run(lane, fn, *args, done=alive(done), failed=alive(failed))

    def do(
        self, fn: Callable[..., Any], *args: Any, done: Told, again: tuple[Any, ...] = (),
        always: Told | None = None,
    ) -> None:  # fmt: skip
        """Do it now; while another job is under way, nothing happens.

        Args:
            fn: what to do, off this thread.
            args: its arguments.
            done: takes the value, unless the session was left meanwhile.
            again: arguments for another try, where they are others.
            always: takes the value in any case, before `done`.
        """
        if not self.is_busy:
            self._start(_Job(fn, args, again or args, done, always), args)

    def retry(self) -> bool:
        """Do again what failed; False where nothing did."""
        job = self._failed
        if job is None or self.is_busy:
            return False
        self._start(job, job.again)
        return True

    def leave(self) -> None:
        """What is under way is finished, but not shown; what failed is forgotten."""
        self.is_left, self._failed = True, None

    def _start(self, job: _Job, args: tuple[Any, ...]) -> None:
        self._failed, self.is_busy = None, True

        def succeeded(value: Any) -> None:
            self.is_busy = False
            if job.always is not None:
                job.always(value)
            if not self.is_left:
                job.done(value)

        def failed(error: UserError) -> None:
            self.is_busy = False
            if not self.is_left:
                self._failed = job
                self.refused.emit(error)

        self.run(Lane.WRITE, job.fn, *args, done=succeeded, failed=failed)
