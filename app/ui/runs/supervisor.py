"""Keeps runs going while a window is open: starts, resumes, pauses, and tells the screens.

The state is in the database; this only sees to it that somebody works on each run. Two windows on
one workspace may both try: the lease lets one of them, and the other shows its progress.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import NotAllowed, UserError
from app.tasks.runner import Lane, Task
from app.ui.runs import lane_work
from app.ui.runs.feed import NOTHING, Feed, Wish

if TYPE_CHECKING:
    from app.domain.evaluation import Run
    from app.ui.context import UiContext

log = logging.getLogger("callbench.runs")

TELL_MS = 250
"""Changes are told together, at most this often."""
BUSY_EVERY = 4
"""How many workers are busy is told at every such tick: oftener it would only flicker."""
LOOK_MS = 5_000
"""How often it looks for runs whose window has gone."""
FIRST_LOOK_MS = 800
"""The window shows its first screen before it sees to anything else."""


class RunSupervisor(QObject):
    """One a window. Main thread only; make it, then `begin` once the workspace is open."""

    counted = Signal(int)
    """How many runs go on or are about to, here or elsewhere."""
    acted = Signal()
    """Something that a person asked for is stored."""
    busy_changed = Signal()
    """Which runs are worked on here, or how many of their workers are busy."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._feeds: dict[str, Feed] = {}
        self._tasks: dict[str, Task] = {}
        self._asked: dict[str, Wish] = {}
        self._given_up: set[str] = set()
        self._closing = self._looking = self._look_again = False
        self._ticks = self._active = 0
        self._busy: tuple[object, ...] = ()
        self._tell_timer = QTimer(self)
        self._tell_timer.setInterval(TELL_MS)
        self._tell_timer.timeout.connect(self._tell)
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(LOOK_MS)
        self._look_timer.timeout.connect(self.look)

    # life ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Go on with what was left, and keep looking for what others leave."""
        self._look_timer.start()
        QTimer.singleShot(FIRST_LOOK_MS, self, self.look)

    def close(self) -> None:
        """Pause what runs here, so that the next window goes on with it. The lanes close after."""
        self._closing = True
        self._look_timer.stop()
        self._tell_timer.stop()
        for task in self._tasks.values():
            task.cancel()

    # asking about it ----------------------------------------------------------------------------

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The runs that this window carries out or has waiting, in the order of starting."""
        return tuple(self._feeds.values())

    def feed(self, run_id: str) -> Feed | None:
        """The run's feed if this window carries it out."""
        return self._feeds.get(run_id)

    def asked(self, run_id: str) -> Wish:
        """What a run was asked to do and has not done yet."""
        feed = self._feeds.get(run_id)
        return (feed.wish if feed is not None else "") or self._asked.get(run_id, "")

    def note_state(self, run: Run) -> None:
        """A screen has seen a run: what was asked of it is done if nobody works on it any more."""
        if run.state != "running":
            self._asked.pop(run.id, None)

    @property
    def active(self) -> int:
        """Runs that go on or are about to, as last counted."""
        return self._active

    # verbs --------------------------------------------------------------------------------------

    def start(self, run_id: str) -> None:
        """Work on a queued run as soon as the lane has room."""
        if self._closing:
            return
        if run_id in self._feeds:
            self._feeds[run_id].again = True
            return
        feed = self._feeds[run_id] = Feed(run_id)
        task = self._ctx.runner.task(Lane.BATCH, lane_work.carry_out, self._ctx.ws, run_id, feed)
        task.failed.connect(partial(self._on_failed, run_id))
        task.finished.connect(partial(self._on_finished, run_id))
        self._tasks[run_id] = task
        self._tell_timer.start()
        task.start()
        self.look()

    def resume(self, run_id: str) -> None:
        """Go on with a paused run."""
        self._given_up.discard(run_id)
        if run_id in self._feeds:
            self._feeds[run_id].again = True
            return
        self._write(lane_work.queue, run_id, done=lambda _changes: self.start(run_id))

    def pause(self, run_id: str) -> None:
        """Pause a run, whoever works on it."""
        self._ask(run_id, "pause", lane_work.pause)

    def cancel(self, run_id: str) -> None:
        """End a run; what it has computed stays."""
        self._ask(run_id, "cancel", lane_work.cancel)

    def retry_failed(self, run_id: str, done: Callable[[Run], object]) -> None:
        """Start a new run over what failed; `done` gets it."""

        def made(run: Run) -> None:
            self.start(run.id)
            done(run)

        self._write(lane_work.retry, self._ctx.viewer, run_id, done=made)

    def _ask(self, run_id: str, wish: Wish, act: Callable[..., Changes]) -> None:
        feed = self._feeds.get(run_id)
        if feed is not None:
            feed.again = False
            feed.ask(wish)
        self._asked[run_id] = wish
        self._write(act, run_id)

    def _write(
        self, fn: Callable[..., Any], *args: object, done: Callable[[Any], object] | None = None
    ) -> None:
        def written(value: Any) -> None:
            self._ctx.bus.saved.emit(utc_now())
            if done is not None:
                done(value)
            self._ctx.bus.changed.emit(Changes(runs=True), self)
            self.acted.emit()
            self.look()

        run = self._ctx.runner.run
        run(Lane.WRITE, fn, self._ctx.ws, *args, done=written, failed=self._say)

    def _say(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    # what comes back ----------------------------------------------------------------------------

    def look(self) -> None:
        """Count what is active, and take on what nobody works on."""
        if self._looking or self._closing:
            self._look_again = self._looking
            return
        self._looking, self._look_again = True, False
        task = self._ctx.runner.task(Lane.READ, lane_work.look, self._ctx.ws)
        task.succeeded.connect(self._on_looked)
        task.failed.connect(self._on_look_failed)
        task.finished.connect(self._on_look_finished)
        task.start()

    def _on_looked(self, found: tuple[list[str], int]) -> None:
        waiting, active = found
        if self._look_timer.isActive():
            for run_id in waiting:
                if run_id not in self._feeds and run_id not in self._given_up:
                    self.start(run_id)
        if active != self._active:
            self._active = active
            self.counted.emit(active)

    def _on_look_failed(self, error: BaseException) -> None:
        """Said when a person does something; a look every few seconds would only repeat it."""
        log.warning("runs cannot be looked for: %s", error)

    def _on_look_finished(self) -> None:
        self._looking = False
        if self._look_again:
            self.look()

    def _on_failed(self, run_id: str, error: BaseException) -> None:
        self._given_up.add(run_id)
        if isinstance(error, NotAllowed):  # over meanwhile, or another window has it
            self._given_up.discard(run_id)
            return
        self._say(error)

    def _on_finished(self, run_id: str) -> None:
        feed = self._feeds.pop(run_id)
        self._tasks.pop(run_id, None)
        self._asked.pop(run_id, None)
        changes = feed.drain() | Changes(runs=True)
        if not self._feeds:
            self._tell_timer.stop()
            # While it wrote, another window's writes could not be told from its own.
            changes |= Changes(everything=True)
        self._ctx.bus.changed.emit(changes, self)
        self.busy_changed.emit()
        self.look()
        if feed.again:
            self.resume(run_id)

    def _tell(self) -> None:
        changes = NOTHING
        for feed in self._feeds.values():
            changes |= feed.drain()
        if changes != NOTHING:
            self._ctx.bus.changed.emit(changes, self)
        self._ticks += 1
        busy = tuple((f.run_id, f.begun, len(f.busy), f.capacity) for f in self.feeds)
        if busy != self._busy and self._ticks % BUSY_EVERY == 0:
            self._busy = busy
            self.busy_changed.emit()
