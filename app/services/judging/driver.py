"""Carries a judge run out: what lands is stored here, what is asked is asked in a loop beside.

Three threads: this one, which alone writes, keeps the lease and hears wishes; the loop's, which
waits for endpoints; and one that plans calls. All state is in the database: whoever calls `drive`
next goes on where the last one stopped.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain.busy import Busy
from app.domain.changes import Changes
from app.domain.errors import Cancelled, NotAllowed, UserError
from app.domain.evaluation import Run, RunState
from app.domain.ids import new_id
from app.domain.work import Work
from app.services.evaluating.attending import PausedByPerson
from app.services.judging import run_notes
from app.services.judging.asks import Judge, Unit
from app.services.judging.journal import Journal
from app.services.judging.lanes import Asking
from app.services.judging.planning import Planner
from app.services.judging.storing import LostError, Message, Store
from app.services.workspace import Workspace

log = logging.getLogger("callbench.judging")

POLL_S = 0.1
SWITCH_S = 0.0005
BEAT_S = 2.0
TELL_S = 0.25
DRAIN_S = 30.0
"""Replies in flight are paid for: a pause waits so long for them."""
HURRIED_S = 3.0
"""The same where the window is being closed."""

ENDS: dict[str, tuple[RunState, str]] = {
    "pause": ("paused", "Paused."),
    "cancel": ("cancelled", "Cancelled."),
}
Told = Callable[[Changes], None]


@dataclass(slots=True)
class Driver:
    """One process's work on one judge run. Call `drive` once, from a plain thread."""

    ws: Workspace
    run: Run
    judges: dict[str, Judge]
    ctx: Work
    told: Told = lambda _changes: None
    owner: str = field(default_factory=new_id)
    _inbox: deque[Message] = field(default_factory=deque)
    _arrived: threading.Event = field(default_factory=threading.Event)
    _store: Store = field(init=False)
    _asking: Asking = field(init=False)
    _journal: Journal = field(init=False)
    _thread: threading.Thread = field(init=False)
    _fault: Exception | None = None
    _changes: Changes = field(default_factory=Changes)
    _beat_s: float = 0.0
    _told_s: float = 0.0
    _busy: Busy = field(default_factory=Busy)

    def drive(self) -> Run:
        """Work until the run is over, a cap is reached, or someone asks to pause or cancel it.

        Raises:
            NotAllowed: another process works on it, or it is over.
            Cancelled: asked for through `ctx`; the run is paused and can go on later.
            UserError: the key cannot be had, or the database cannot be written; it is paused.
        """
        with self.ws.db.machine() as uow:
            if not uow.runs.claim(self.run.id, self.owner):
                raise NotAllowed(f"{self.run.code} is over, or another window works on it.")
        # Three busy threads: each waits for the interpreter this long, and the window does too.
        sys.setswitchinterval(SWITCH_S)
        self._beat_s = time.monotonic()
        note = "Stopped in the middle; it can go on."
        try:
            self._begin()
            self._leave(*self._work())
        except LostError:
            log.warning("%s was taken over by another window", self.run.code)
        except BaseException as error:
            if isinstance(error, UserError):
                note = str(error)
            self._leave("paused", note)
            raise
        with self.ws.db.read() as reader:
            return reader.runs.get(self.run.id) or self.run

    def _begin(self) -> None:
        run_id = self.run.id
        with self.ws.db.read() as uow:
            caps, pairs = run_notes.caps_of(uow, run_id), run_notes.pairs_of(uow, run_id)
            used, planned = uow.replies.cost(run_id), uow.replies.planned(run_id)
            anew = run_notes.is_anew(uow, run_id)
            call_ids = uow.runs.call_ids(run_id)
        settled = {unit for unit, (_, is_settled) in planned.items() if is_settled}
        units = [
            Unit(call_id, name)
            for call_id in call_ids
            for name in self.judges
            if (call_id, name) not in settled
        ]
        planner = Planner(
            self.ws, self.judges, run_id, retry_failed=self.run.retry_failed, pairs=pairs,
            anew=anew,
        )  # fmt: skip
        self._store = Store(self.ws, self.run, self.owner)
        self._journal = Journal(self.ws.cache_dir, run_id)
        self._asking = Asking(
            self.ws, self.judges, units, planner, caps, used, self._inbox, self._arrived.set,
            self._journal,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._ask, name="callbench-judges", daemon=True)

    def _ask(self) -> None:
        """On the loop's thread."""
        try:
            asyncio.run(self._asking.run())
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - told on the thread that drives
            self._fault = error
        finally:
            self._arrived.set()

    def _work(self) -> tuple[RunState, str]:
        """How the run ends, and its note."""
        self._thread.start()
        try:
            while self._thread.is_alive() or self._inbox:
                self._arrived.wait(POLL_S)
                self._arrived.clear()
                wish = self._write()
                if wish:
                    self._drain(DRAIN_S)
                    return ENDS[wish]
                self._tell_busy()
                self.ctx.raise_if_cancelled()
        except Cancelled as error:
            self._drain(DRAIN_S if isinstance(error, PausedByPerson) else HURRIED_S)
            raise
        except KeyboardInterrupt:
            self._drain(HURRIED_S)
            raise
        finally:
            self._asking.stop()
            self._thread.join(HURRIED_S)  # where nothing can be stored, replies are noted still
            self._asking.kill()
            self._thread.join()
            self._journal.close(is_stored=not self._inbox)
        if self._fault is not None:
            raise _first(self._fault)
        return ("paused", self._asking.note) if self._asking.note else ("done", "")

    def _drain(self, seconds: float) -> None:
        """Send nothing more; store what lands within so many seconds."""
        self._asking.stop()
        stop_by = time.monotonic() + seconds
        while self._thread.is_alive() and time.monotonic() < stop_by:
            self._arrived.wait(POLL_S)
            self._arrived.clear()
            self._write()
            if self._is_hurried():
                stop_by = min(stop_by, time.monotonic() + HURRIED_S)
        self._asking.kill()
        self._thread.join()
        self._write()

    def _is_hurried(self) -> bool:
        """Whether the window is being closed meanwhile."""
        try:
            self.ctx.raise_if_cancelled()
        except PausedByPerson:
            return False
        except Cancelled:
            return True
        return False

    def _write(self) -> str:
        """Store everything that has come; keep the lease; tell how far it is."""
        wish = ""
        while self._inbox or time.monotonic() - self._beat_s > BEAT_S:
            now = time.monotonic()
            worked_ms = round((now - self._beat_s) * 1000)
            wish, changes = self._store.commit(self._inbox, worked_ms)
            self._beat_s = now
            self._changes |= changes
            # However fast it comes, people see how far it is.
            self._tell()
            # Others get a turn at the interpreter and at the database.
            time.sleep(0)
        self._tell()
        return wish

    def _tell(self, at_once: bool = False) -> None:
        now = time.monotonic()
        if self._changes == Changes() or (now - self._told_s < TELL_S and not at_once):
            return
        self._told_s = now
        self.told(self._changes)
        self._changes = Changes()
        with self.ws.db.read() as reader:
            run = reader.runs.get(self.run.id)
        if run is not None:
            self.ctx.progress(run.settled, run.steps, f"{run.failed} failed" if run.failed else "")

    def _tell_busy(self) -> None:
        busy = self._asking.busy
        if busy != self._busy:
            self._busy = busy
            self.ctx.partial(busy)

    def _leave(self, state: RunState, note: str) -> None:
        with self.ws.db.machine() as uow:
            uow.runs.project(self.run.id)
            uow.runs.leave(self.run.id, state, note)
        self._changes |= Changes(runs=True)
        self._tell(at_once=True)


def _first(fault: Exception) -> Exception:
    """What went wrong inside of a group of tasks."""
    while isinstance(fault, ExceptionGroup):
        fault = fault.exceptions[0]
    return fault
