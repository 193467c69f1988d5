"""The one doorway to background work: lanes of threads, delivering on the main thread.

Build, wire, then start::

    task = runner.task(Lane.READ, fn, arg)  # fn(ctx, arg) -> value
    task.succeeded.connect(show)  # on the main thread
    task.start()

`fn` takes plain values and a `TaskContext`, mutates nothing shared and returns a value.
Cancellation is cooperative and silent.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.errors import Cancelled, UserError

log = logging.getLogger("callbench.tasks")

PROGRESS_INTERVAL_S = 0.1


class Lane(Enum):
    """A pool of workers. WRITE has one: human actions keep their order."""

    WRITE = "write"
    READ = "read"
    CPU = "cpu"
    NET = "net"
    BATCH = "batch"
    """Runs over many calls; each mostly waits for its worker processes."""


WORKERS = {Lane.WRITE: 1, Lane.READ: 2, Lane.CPU: 2, Lane.NET: 4, Lane.BATCH: 2}


class TaskContext:
    """What a task function may ask of its runner. Call from the worker's thread."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._last_progress = 0.0

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Report `done` of `total` (0 where unknown); at most ten times a second gets through."""
        now = time.monotonic()
        if done < total and now - self._last_progress < PROGRESS_INTERVAL_S:
            return
        self._last_progress = now
        self._task.deliver("progress", (done, total, note))

    def partial(self, value: object) -> None:
        """Hand an intermediate value to `Task.partial` on the main thread."""
        self._task.deliver("partial", value)

    @property
    def cancelled(self) -> bool:
        """Whether cancel was asked for."""
        return self._task.is_cancelled

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if cancel was asked for."""
        if self._task.is_cancelled:
            raise Cancelled


class Task(QObject):
    """One piece of work. Signals arrive on the main thread; `finished` always comes last."""

    progressed = Signal(int, int, str)
    partial = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    finished = Signal()
    _delivered = Signal(str, object)

    def __init__(self, runner: TaskRunner, lane: Lane, fn: Callable[..., Any], args: Any) -> None:
        super().__init__()
        self._runner, self._lane, self._fn, self._args = runner, lane, fn, args
        self._cancel = threading.Event()
        self._delivered.connect(self._on_delivered, Qt.ConnectionType.QueuedConnection)

    @property
    def lane(self) -> Lane:
        """Where it runs."""
        return self._lane

    @property
    def is_cancelled(self) -> bool:
        """Whether cancel was asked for."""
        return self._cancel.is_set()

    def start(self) -> Task:
        """Hand the work to its lane; connect the signals before."""
        self._runner.start(self, self._lane)
        return self

    def cancel(self) -> None:
        """Ask the work to stop; its result is dropped. Call from any thread."""
        self._cancel.set()

    def run(self) -> None:
        """On the worker's thread: do the work, then deliver its outcome."""
        try:
            if self.is_cancelled:
                raise Cancelled
            value = self._fn(TaskContext(self), *self._args)
        except Cancelled:
            self.deliver("finished", None)
        except BaseException as error:
            if not isinstance(error, UserError):
                log.exception("task failed: %s", getattr(self._fn, "__qualname__", self._fn))
            self.deliver("failed", error)
        else:
            self.deliver("succeeded", value)

    def deliver(self, kind: str, value: object) -> None:
        """Queue an outcome for the main thread. Call from the worker's thread."""
        try:
            self._delivered.emit(kind, value)
        except RuntimeError:  # the window is gone and Qt has deleted this object
            log.debug("task outlived its window")

    @Slot(str, object)
    def _on_delivered(self, kind: str, value: Any) -> None:
        if kind == "progress":
            if not self.is_cancelled:
                self.progressed.emit(*value)
            return
        if kind == "partial":
            if not self.is_cancelled:
                self.partial.emit(value)
            return
        self._runner.forget(self)
        if kind == "succeeded" and not self.is_cancelled:
            self.succeeded.emit(value)
        elif kind == "failed" and not self.is_cancelled:
            self.failed.emit(value)
        self.finished.emit()


class TaskRunner(QObject):
    """Owns the lanes. Make one, on the main thread; close it before the database."""

    failed = Signal(object)
    """Failures of tasks started by `run` without a handler of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._pools = {
            lane: ThreadPoolExecutor(WORKERS[lane], thread_name_prefix=f"lane-{lane.name}")
            for lane in Lane
        }
        self._closed = False
        self._live: set[Task] = set()
        self._futures: dict[Task, Future[None]] = {}

    def task(self, lane: Lane, fn: Callable[..., Any], *args: Any) -> Task:
        """An unstarted task that will call `fn(ctx, *args)` on `lane`."""
        return Task(self, lane, fn, args)

    def run(
        self,
        lane: Lane,
        fn: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Any], None] | None = None,
    ) -> Task:
        """Start `fn(*args)` (no context) and call `done(value)` on the main thread."""
        task = self.task(lane, lambda _ctx, *a: fn(*a), *args)
        if done is not None:
            task.succeeded.connect(done)
        task.failed.connect(failed if failed is not None else self.failed.emit)
        return task.start()

    def start(self, task: Task, lane: Lane) -> None:
        """Queue a task; the runner keeps it alive until it has delivered.

        Once the lanes are closed nothing is started any more: a timer may still fire while the
        window goes.
        """
        if self._closed:
            log.info("a task was not started, since the window is closing")
            return
        self._live.add(task)
        self._futures[task] = self._pools[lane].submit(task.run)

    def forget(self, task: Task) -> None:
        """Drop a task that has delivered its outcome."""
        self._live.discard(task)
        self._futures.pop(task, None)

    @property
    def live(self) -> tuple[Task, ...]:
        """Tasks queued or running."""
        return tuple(self._live)

    def close(self, deadline_s: float = 5.0) -> None:
        """Cancel everything but writes, wait for writes, then shut the lanes."""
        for task in self._live:
            if task._lane is not Lane.WRITE:
                task.cancel()
        stop_by = time.monotonic() + deadline_s
        for future in list(self._futures.values()):
            try:
                future.result(timeout=max(0.0, stop_by - time.monotonic()))
            except TimeoutError:
                log.warning("a task did not stop within %s s", deadline_s)
        self._closed = True
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
