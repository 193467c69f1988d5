"""Between a run's driver, on its own thread, and the window: what changed, how busy, what is asked.

The driver tells; the window collects when it has time. Nothing here waits for anyone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Literal

from app.domain.busy import Busy
from app.domain.changes import Changes

if TYPE_CHECKING:
    from app.eval.work import Done, Job
    from app.services.evaluating.pools import Pool
    from app.tasks.runner import TaskContext

Wish = Literal["", "pause", "cancel"]

NOTHING = Changes()
LOOK_UP_S = 1.0
"""A driver that finds step after step known already must still see what is asked of it."""


class Feed:
    """One run that this window carries out. Any thread may call anything."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.again = False
        """Whether it is to be started once more as soon as it has ended."""
        self._lock = threading.Lock()
        self._changes = NOTHING
        self._wish: Wish = ""
        self._begun = False
        self._ctx: TaskContext | None = None
        self._pool: CountedPool | None = None
        self._busy = Busy()
        self._looked_at = time.monotonic()

    # the driver's side: a `Work` ----------------------------------------------------------------

    def begin(self, ctx: TaskContext) -> bool:
        """The lane has come to it; False where it is not wanted any more."""
        with self._lock:
            self._ctx = ctx
            self._begun = not self._wish
            return self._begun

    def watch(self, pool: Pool) -> CountedPool:
        """The pool, counted."""
        counted = CountedPool(pool, self._must_look_up)
        with self._lock:
            self._pool = counted
        return counted

    def told(self, changes: Changes) -> None:
        """A step changed something."""
        with self._lock:
            self._changes = self._changes | changes

    def progress(self, _done: int, _total: int, _note: str = "") -> None:
        """The run's counters are in the database: showing them is enough."""
        self.told(Changes(runs=True))

    def partial(self, value: object) -> None:
        """What is under way, of drivers that know no pool."""
        if isinstance(value, Busy):
            self._busy = value

    def raise_if_cancelled(self) -> None:
        """Raise what interrupts the run; it becomes its note."""
        from app.services.evaluating.attending import PausedByPerson, WindowClosed

        self._looked_at = time.monotonic()
        if self._ctx is not None and self._ctx.cancelled:
            raise WindowClosed
        if self._wish == "pause":
            raise PausedByPerson

    def _must_look_up(self) -> bool:
        closing = self._ctx is not None and self._ctx.cancelled
        waited_s = time.monotonic() - self._looked_at
        return closing or self._wish == "pause" or waited_s > LOOK_UP_S

    # the window's side --------------------------------------------------------------------------

    def ask(self, wish: Wish) -> None:
        """Ask it to pause or to end."""
        with self._lock:
            self._wish = wish

    def drain(self) -> Changes:
        """What was told since the last time, together."""
        with self._lock:
            found, self._changes = self._changes, NOTHING
        return found

    @property
    def begun(self) -> bool:
        """Whether it is being worked on; else it waits for a place in the lane."""
        return self._begun

    @property
    def wish(self) -> Wish:
        """What it was asked to do."""
        return self._wish

    @property
    def busy(self) -> tuple[str, ...]:
        """Evaluators that workers are on, or judges that are asked, the longest running first."""
        return self._pool.busy if self._pool is not None else self._busy.names

    @property
    def capacity(self) -> int:
        """How many steps run at a time; 0 before it has begun."""
        return self._pool.size if self._pool is not None else self._busy.places


class CountedPool:
    """A pool that knows what its workers are on.

    A driver keeps on planning while there is room: `closed` says when there is to be none, so that
    it keeps its lease and hears what is asked of it.
    """

    def __init__(self, pool: Pool, closed: Callable[[], bool] = lambda: False) -> None:
        self._pool, self._closed = pool, closed
        self._lock = threading.Lock()
        self._flying: dict[Future[Done], str] = {}

    @property
    def capacity(self) -> int:
        """How many steps the driver may have in flight by now."""
        return 0 if self._closed() else self._pool.capacity

    @property
    def size(self) -> int:
        """How many workers there are."""
        return self._pool.capacity

    @property
    def busy(self) -> tuple[str, ...]:
        """Evaluators in work, the oldest first."""
        with self._lock:
            return tuple(self._flying.values())

    def submit(self, job: Job) -> Future[Done]:
        """Start a step."""
        future = self._pool.submit(job)
        with self._lock:
            self._flying[future] = job.evaluator
        future.add_done_callback(self._forget)
        return future

    def drop(self, future: Future[Done]) -> None:
        """Be rid of a step."""
        self._forget(future)
        self._pool.drop(future)

    def close(self) -> None:
        """Stop."""
        self._pool.close()
        with self._lock:
            self._flying.clear()

    def _forget(self, future: Future[Done]) -> None:
        with self._lock:
            self._flying.pop(future, None)
