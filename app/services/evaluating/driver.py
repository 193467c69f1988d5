"""Carries a run out: finds what is missing, keeps the workers busy, stores what comes back.

A call's evaluators run one after the other, since later ones read what earlier ones made; calls
run side by side. All state is in the database: whoever calls `drive` next goes on where the last
one stopped, wherever that was.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

from app.domain.changes import Changes
from app.domain.errors import EnvironmentFault, NotAllowed, UserError
from app.domain.evaluation import Run, RunState
from app.domain.ids import new_id
from app.domain.work import Work
from app.eval.base import args_of
from app.eval.work import Done, Job
from app.services.evaluating import measures, storing
from app.services.evaluating.measures import Measure
from app.services.evaluating.planning import Planner, Step
from app.services.evaluating.pools import Pool, died
from app.services.evaluating.preparing import prepare
from app.services.workspace import Workspace

log = logging.getLogger("callbench.eval")

POLL_S = 0.2
BEAT_S = 2.0
FULL_BYTES = 1 << 20
STEP_LIMIT_S = 900.0
"""A step that takes longer is taken for hanging, unless its call is longer than a third of it."""

ENDS: dict[str, tuple[RunState, str]] = {
    "": ("done", ""),
    "pause": ("paused", "Paused."),
    "cancel": ("cancelled", "Cancelled."),
}
Told = Callable[[Changes], None]


@dataclass(slots=True)
class _Flight:
    """A step that a worker is on."""

    step: Step
    began: float
    limit_s: float


@dataclass(slots=True)
class Driver:
    """One process's work on one run. Call `drive` once, from a plain thread."""

    ws: Workspace
    run: Run
    pool: Pool
    ctx: Work
    told: Told = lambda _changes: None
    step_limit_s: float = STEP_LIMIT_S
    owner: str = field(default_factory=new_id)
    _measures: list[Measure] = field(default_factory=list)
    _planner: Planner = field(init=False)
    _todo: deque[tuple[str, int]] = field(default_factory=deque)
    _flying: dict[Future[Done], _Flight] = field(default_factory=dict)
    _beat_at: float = 0.0

    def drive(self) -> Run:
        """Work until the run is over, or someone asks to pause or cancel it; the run as it is.

        Raises:
            NotAllowed: another process works on it, or it is over.
            Cancelled: asked for through `ctx`; the run is paused and can go on later.
            EnvironmentFault: the database cannot be written; the run is paused.
        """
        with self.ws.db.machine() as uow:
            if not uow.runs.claim(self.run.id, self.owner):
                raise NotAllowed(f"{self.run.code} is over, or another window works on it.")
        self._beat_at = time.monotonic()
        note = "Stopped in the middle; it can go on."
        try:
            self._measures = [measures.build(s.name, s.args) for s in self.run.specs]
            self._planner = Planner(self.ws, self.run.id, self.run.retry_failed)
            prepare(self.ctx, [m.evaluator for m in self._measures], self._tell)
            with self.ws.db.read() as reader:
                self._todo.extend(reader.runs.pending(self.run.id))
            wish = self._work()
            if wish != "lost":
                self._leave(*ENDS[wish])
        except BaseException as error:
            if isinstance(error, UserError):
                note = str(error)
            self._try_to_pause(note)
            raise
        finally:
            for future in list(self._flying):
                self.pool.drop(future)
        with self.ws.db.read() as reader:
            return reader.runs.get(self.run.id) or self.run

    def _try_to_pause(self, note: str) -> None:
        """Note the pause; where even that cannot be written, the lease runs out by itself."""
        try:
            self._leave("paused", note)
        except EnvironmentFault:
            log.exception("%s could not note its pause", self.run.code)

    def _tell(self, words: str) -> None:
        """Words about what the run waits for; they keep its lease too."""
        with self.ws.db.machine() as uow:
            uow.runs.note(self.run.id, words)
            uow.runs.beat(self.run.id, self.owner, 0)
        self.ctx.progress(self.run.settled, self.run.steps, words)
        self.told(Changes(runs=True))

    def _leave(self, state: RunState, note: str) -> None:
        with self.ws.db.machine() as uow:
            uow.runs.leave(self.run.id, state, note)
        self.told(Changes(runs=True))

    def _work(self) -> str:
        """The loop: why it ended (`pause`, `cancel`, `lost`, or nothing when all is done)."""
        while self._todo or self._flying:
            self.ctx.raise_if_cancelled()
            if self._todo and len(self._flying) < self.pool.capacity:
                # One call at a time: where all is known already, the lease is kept all the same.
                self._next(*self._todo.popleft())
            elif self._flying:
                wait(self._flying, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in [f for f in self._flying if f.done()]:
                self._land(future)
            self._drop_hanging()
            wish = self._beat()
            if wish:
                return wish
        return ""

    def _next(self, call_id: str, settled: int) -> None:
        """Start the call's next step that must be computed; note those that need not be."""
        counted: list[tuple[str, str, int]] = []
        for measure in self._measures[settled:]:
            found = self._planner.look(call_id, measure)
            if isinstance(found, Step):
                self._settle(call_id, counted)
                self._launch(found)
                return
            counted.append((measure.evaluator.name, found, 0))
        self._settle(call_id, counted)
        self._planner.forget(call_id)

    def _launch(self, step: Step) -> None:
        args = args_of(step.evaluator)
        job = Job(evaluator=step.evaluator.name, args=args, source=step.source)
        length_s = step.call.frame_count / step.call.rate_hz
        limit_s = max(self.step_limit_s, 3 * length_s if self.step_limit_s >= STEP_LIMIT_S else 0)
        self._flying[self.pool.submit(job)] = _Flight(step, time.monotonic(), limit_s)

    def _land(self, future: Future[Done]) -> None:
        flight = self._flying.pop(future)
        lost = died(future)
        done = Done(failure="died", reason=lost) if lost else future.result()
        if done.failure == "environment" and self._disk_is_full():
            # No fault of the step: stored as a failure it would not be tried again by itself.
            raise EnvironmentFault(
                f"The disk of {self.ws.path} is full.", "Free some space, then resume the run."
            )
        self._store(flight, done)

    def _disk_is_full(self) -> bool:
        return shutil.disk_usage(self.ws.path).free < FULL_BYTES

    def _drop_hanging(self) -> None:
        now = time.monotonic()
        for future, flight in list(self._flying.items()):
            if now - flight.began > flight.limit_s and not future.done():
                del self._flying[future]
                self.pool.drop(future)
                taken_s = now - flight.began
                reason = f"It was still running after {taken_s:.0f} s and was stopped."
                took_ms = round(taken_s * 1000)
                self._store(flight, Done(failure="timeout", reason=reason, duration_ms=took_ms))

    def _store(self, flight: _Flight, done: Done) -> None:
        step = flight.step
        if done.cancelled:
            return
        self.told(storing.store(self.ws, step, done))
        self._planner.changed(step.call.id)
        names = [m.evaluator.name for m in self._measures]
        # The call's next step comes first: fewer calls half done whenever the run is stopped.
        self._todo.appendleft((step.call.id, names.index(step.evaluator.name) + 1))

    def _settle(self, call_id: str, counted: Iterable[tuple[str, str, int]]) -> None:
        listed = list(counted)
        if not listed:
            return
        with self.ws.db.machine() as uow:
            uow.runs.settle(self.run.id, call_id, listed)
        self.told(Changes(runs=True))

    def _beat(self) -> str:
        """Keep the lease, tell how far it is; what someone wishes."""
        now = time.monotonic()
        if now - self._beat_at < BEAT_S and (self._todo or self._flying):
            return ""
        with self.ws.db.machine() as uow:
            worked_ms = round((now - self._beat_at) * 1000)
            wish = uow.runs.beat(self.run.id, self.owner, worked_ms)
        self._beat_at = now
        if wish is None:
            log.warning("%s was taken over by another window", self.run.code)
            return "lost"
        with self.ws.db.read() as reader:
            run = reader.runs.get(self.run.id)
        if run is not None:
            self.ctx.progress(run.settled, run.steps, f"{run.failed} failed" if run.failed else "")
        return wish
