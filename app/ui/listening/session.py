"""One listening session at work: asks what comes next, plays trials, sends votes.

Every write ends before the next step is shown. What failed is kept, and `retry` does it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from app.audio.system_volume import SystemVolume
from app.domain.ids import new_id
from app.services.studies import blocks, for_rater, sessions
from app.tasks.runner import Lane
from app.ui.listening import work
from app.ui.listening.jobs import Jobs
from app.ui.listening.shelf import Shelf

if TYPE_CHECKING:
    from app.audio.clip_player import ClipPlayer
    from app.audio.devices import DeviceInfo
    from app.domain.errors import UserError
    from app.domain.studies import SessionKind
    from app.services.studies.sessions import SessionStep, TrialView
    from app.services.studies.voting import VoteReceipt
    from app.ui.context import UiContext
    from app.ui.listening.work import Answer, Begun, Opened, Rules

Disturbance = Literal["device", "level", "lease"]

TICK_MS = 33
LOOK_MS = 5_000
"""How often the trial is held for this window and the system's volume is looked at."""


class ListenSession(QObject):
    """Drives one session. Signals come on the main thread."""

    begun = Signal(object)
    stepped = Signal(object)
    """What comes next: a SessionStep."""
    trial_ready = Signal(object)
    """The clips of a TrialView are in memory and it may be played."""
    voted = Signal(object)
    """The receipt of a vote, or None where it had been stored before."""
    block_closed = Signal(object)
    refused = Signal(object)
    """An error; `retry` does again what failed."""
    disturbed = Signal(str)
    """`device`, `level` or `lease`: the trial cannot go on as it was."""
    tick = Signal()

    def __init__(
        self, ctx: UiContext, player: ClipPlayer, parent: QObject,
        list_outputs: Callable[[], list[DeviceInfo]],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.ctx, self.player, self.list_outputs = ctx, player, list_outputs
        self.owner = new_id()
        self.id = ""
        self.rules: Rules | None = None
        self.opened: Opened | None = None
        self.gain_db = 0.0
        self.system: SystemVolume | None = None
        self.trial: TrialView | None = None
        self.shelf = Shelf(self)
        self.shelf.failed.connect(self.refused)
        self.jobs = Jobs(ctx.runner, self)
        self.jobs.refused.connect(self.refused)
        self.run = self.jobs.run
        self.is_disturbed = False
        """Whether the output or the level is to be set up anew before anything is played."""
        self.is_loaded = False
        """Whether the player has the current trial's sound."""
        self._tick, self._look = QTimer(self), QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.look)

    @property
    def device_key(self) -> str:
        """The output of this session; empty before one is open."""
        return self.opened.key if self.opened is not None else ""

    @property
    def is_busy(self) -> bool:
        """Whether an answer of the services is awaited."""
        return self.jobs.is_busy

    @property
    def is_left(self) -> bool:
        """Whether no session goes on."""
        return self.jobs.is_left

    # --- begin and end

    def begin(self, study_id: str) -> None:
        """Begin, or find the session that was left; `begun` tells."""
        ctx = self.ctx
        self.jobs.is_left = False
        self.jobs.do(work.begin, ctx.ws, ctx.viewer, study_id, done=self._on_begun)

    def _on_begun(self, begun: Begun) -> None:
        self.id, self.rules = begun.session_id, begun.rules
        self.begun.emit(begun)

    def take_device(self, opened: Opened) -> None:
        """The session plays through this output from now on."""
        self.opened = opened
        self.shelf.clear(opened.facts.rate_hz)
        self.is_disturbed = False
        self._tick.start()

    def set_gain(self, gain_db: float) -> None:
        """Try a level, on its page; `fix_level` freezes it."""
        self.gain_db = gain_db
        self.player.set_gain(gain_db)

    def fix_level(self, then: Callable[[], None]) -> None:
        """Note the level, with the system's volume that it holds at."""
        ctx, rules = self.ctx, self.rules
        assert rules is not None

        def done(system: SystemVolume | None) -> None:
            self.system, self.is_disturbed = system, False
            then()

        args = (ctx.ws, ctx.viewer, self.id, self.gain_db, rules.level_dbov)
        self.jobs.do(work.note_level, *args, done=done)

    def take_up(self, gain_db: float, system: SystemVolume | None) -> None:
        """Go on at the level of the session that was left."""
        self.set_gain(gain_db)
        self.system = system

    def leave(self) -> None:
        """Fall silent and give the device back; the session can be gone on with."""
        self._tick.stop()
        self._look.stop()
        self.jobs.leave()
        self.trial = None
        self.player.stop()
        device = self.player.detach()
        if device is not None:
            self.run(Lane.CPU, device.close)

    # --- steps

    def next(self) -> None:
        """Ask what comes next."""
        ctx = self.ctx
        args = (ctx.ws, ctx.viewer, self.id, self.owner)
        self.jobs.do(sessions.next_step, *args, done=self._on_step)

    def note(
        self, kind: SessionKind, body: Mapping[str, Any], then: Callable[[], None] | None = None
    ) -> None:
        """Append an event; `then` is called when it is on disk."""
        ctx = self.ctx
        args = (ctx.ws, ctx.viewer, self.id, kind, dict(body))
        self.jobs.do(sessions.note, *args, done=lambda _none: then() if then else None)

    def declare(self, declared: Mapping[str, Any], then: Callable[[], None]) -> None:
        """Store consent and declaration."""
        ctx = self.ctx

        def store() -> None:
            for_rater.declare(ctx.ws, ctx.viewer, self.id, **declared)

        self.jobs.do(store, done=lambda _none: then())

    def close_block(self, block: int) -> None:
        """Hold a finished block against the study's rules; `block_closed` tells."""
        args = (self.ctx.ws, self.ctx.viewer, self.id, block)
        self.jobs.do(blocks.close_block, *args, done=self.block_closed.emit)

    def vote(self, answer: Answer) -> None:
        """Send a vote; its receipt comes by `voted`, then the next step by `stepped`."""
        self.player.stop()
        self._look.stop()
        args = (self.ctx.ws, self.ctx.viewer, self.id, self.owner, answer)
        self.jobs.do(
            work.vote_and_step, *args, False, again=(*args, True), done=self._on_voted,
            always=lambda told: self._tell_saved(told[0]),
        )  # fmt: skip

    def retry(self) -> None:
        """Do again what failed last: a write, the reading of a clip, or asking what comes next."""
        if self.jobs.retry() or self.is_busy:
            return
        if self.trial is not None:
            self.prepare(self.trial)
        else:
            self.next()

    def _tell_saved(self, receipt: VoteReceipt | None) -> None:
        if receipt is not None:
            self.ctx.bus.saved.emit(receipt.voted_at)
            self.ctx.bus.changed.emit(receipt.changes, self)

    def _on_voted(self, told: tuple[VoteReceipt | None, SessionStep | UserError]) -> None:
        receipt, step = told
        self.voted.emit(receipt)
        if isinstance(step, sessions.SessionStep):
            self._on_step(step)
        else:
            self.trial = None
            self.refused.emit(step)

    def _on_step(self, step: SessionStep) -> None:
        self.trial, self.is_loaded = step.trial, False
        self.stepped.emit(step)

    # --- a trial

    def prepare(self, trial: TrialView) -> None:
        """Bring a trial's clips to the player; `trial_ready` tells."""
        if self.shelf.has(trial):
            self._ready(trial)
        else:
            self.shelf.fetch(trial, lambda: self._ready(trial))

    def _ready(self, trial: TrialView) -> None:
        if self.trial is not trial or self.rules is None:
            return
        self.player.load(*self.shelf.tracks(trial, self.rules.instrument))
        self.is_loaded = True
        self.trial_ready.emit(trial)
        self.shelf.read_ahead(self.id)
        self._look.start()

    def look(self) -> None:
        """Hold the trial and look at the system's volume, off this thread."""
        ctx, trial_id = self.ctx, self.trial.trial_id if self.trial is not None else ""
        self.run(
            Lane.CPU, work.look_after, ctx.ws, ctx.viewer, trial_id, self.owner,
            done=lambda seen: self._on_seen(trial_id, *seen),
        )  # fmt: skip

    def _on_seen(self, trial_id: str, held: bool, now: SystemVolume | None) -> None:
        if self.trial is None or self.trial.trial_id != trial_id or self.is_disturbed:
            return
        if not held:
            self._disturb("lease")
        elif now is not None and self.system is not None and now != self.system:
            self._disturb("device" if now.sink != self.system.sink else "level")

    def _on_tick(self) -> None:
        if not self.is_disturbed and self.opened is not None and self.player.is_lost:
            self._disturb("device")
        self.tick.emit()

    def _disturb(self, what: Disturbance) -> None:
        self.is_disturbed = True
        if what != "lease":
            self.player.disturb(what)
        self.player.stop()
        self._look.stop()
        self.disturbed.emit(what)

    def undisturb(self) -> None:
        """What disturbed the session was dealt with."""
        self.is_disturbed = False

    def answer(self, value: float | None = None, *, fault: bool = False, note: str = "") -> Answer:
        """An answer to the current trial, with how it was heard up to now."""
        assert self.trial is not None
        return work.Answer(
            trial_id=self.trial.trial_id, value=value, heard=self.player.heard(),
            rt_ms=self.player.since_end_ms(), fault=fault, note=note,
        )  # fmt: skip
