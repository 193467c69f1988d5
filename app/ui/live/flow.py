"""The course of a call on the screen: set up, call, rate, see what it measured."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.live import setup as setups
from app.ui.live.live_head import Phase

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.domain.ratings import Answer
    from app.services.live_calls.live import LiveCall, LiveRequest
    from app.ui.context import UiContext
    from app.ui.live.setup import Setup

log = logging.getLogger("callbench.calls")

STORING = "Measuring and storing the call…"
SKIPPED = "The rating was skipped, and its reason is kept."


class LiveFlow(QObject):
    """Phases and what leads from one to the next. Main thread only."""

    phase_changed = Signal()
    stored = Signal()
    """The call is in the library."""
    kept = Signal(str)
    """The call is recorded, and there was no room to store it: what to do."""
    refused = Signal(str)
    """A rating could not be stored: why."""
    problem = Signal(str, str)
    """There was no call, or none can be placed: what happened and what to do."""

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.phase: Phase = "setup"
        self.note = ""
        """What became of the rating."""
        self._pending: Callable[[], None] | None = None
        self._writing = False
        ctx.live.changed.connect(self._on_desk)
        if ctx.live.is_on:
            self.phase = "call"

    @property
    def call(self) -> LiveCall | None:
        """The call that the screen is about."""
        return self._ctx.live.call

    # placing

    def place(self, setup: Setup, profiles: dict[str, CallProfile], *, consent: bool) -> None:
        """Place the call that was set up."""
        try:
            request = setups.request(
                setup, profiles, consent=consent, rater_id=self._ctx.viewer.rater_id
            )
        except UserError as error:
            self.problem.emit(error.what, error.remedy)
            return
        self.begin(request)

    def begin(self, request: LiveRequest) -> None:
        """Place a call."""
        from app.services.live_calls.request import check

        try:
            check(request)
            self._ctx.live.begin(request)
        except UserError as error:
            self.problem.emit(error.what, error.remedy)
            return
        self.note, self._pending = "", None
        self._go("call")

    def repeat(self, call_id: str, *, consent: bool, replay: bool) -> None:
        """Call again as a stored call was, or replay its caller."""
        from app.services import live_calls

        def begin(request: LiveRequest) -> None:
            self.begin(
                replace(
                    request,
                    consent=consent,
                    needs_consent=True,
                    placed_by=self._ctx.viewer.rater_id,
                )
            )

        make = live_calls.replay if replay else live_calls.again
        self._ctx.runner.run(
            Lane.READ, make, self._ctx.ws, call_id, done=begin, failed=self._on_problem
        )

    def hang_up(self) -> None:
        """End the call; figures are gone from here on until it is rated."""
        self._ctx.live.hang_up()
        self.ended()

    def ended(self) -> None:
        """The call has ended, whoever ended it."""
        if self.phase == "call":
            self._go("rating")

    def leave(self) -> None:
        """Set up another call; one that could not be stored is left for the next start."""
        call = self.call
        if self.phase == "summary" or (
            self.phase == "rating" and call is not None and call.is_kept
        ):
            self._pending = None
            self._go("setup")

    def store(self) -> None:
        """Store a call that could not be stored before."""
        if self.call is not None:
            self.call.store()

    # rating

    def rate(self, answers: dict[str, Answer]) -> None:
        """Store the caller's answers as soon as the call is stored."""
        from app.services import live_calls

        self._when_stored(partial(self._write, live_calls.rate, answers, ""))

    def skip(self, reason: str) -> None:
        """Store that it was not rated, and why."""
        from app.services.live_calls.caller_rating import skip

        self._when_stored(partial(self._write, skip, reason, SKIPPED))

    def _when_stored(self, act: Callable[[], None]) -> None:
        call = self.call
        if self._writing or self.phase != "rating":
            return
        self._pending = act
        if call is not None and call.done is not None:
            self._do_pending()

    def _do_pending(self) -> None:
        act, self._pending = self._pending, None
        if act is not None:
            act()

    def _write(self, work: Callable[..., Any], told: object, note: str) -> None:
        ctx, call = self._ctx, self.call
        assert call is not None
        assert call.done is not None
        self._writing = True

        def written(_submission: object) -> None:
            self._writing = False
            self.note = note
            ctx.bus.saved.emit(utc_now())
            ctx.bus.changed.emit(Changes(everything=True), self)
            self._go("summary")

        def failed(error: BaseException) -> None:
            self._writing = False
            if isinstance(error, UserError):
                self.refused.emit(f"{error.what} {error.remedy}".strip())
            else:
                ctx.runner.failed.emit(error)

        ctx.runner.run(
            Lane.WRITE, work, ctx.ws, ctx.viewer, call.done.call_id, told,
            done=written, failed=failed,
        )  # fmt: skip

    # what comes back

    def _on_desk(self) -> None:
        call = self.call
        if call is None or not call.is_over or self.phase not in ("call", "rating"):
            return
        if call.is_kept:
            self.ended()
            self.kept.emit(str(call.error))
            return
        if call.error is not None:
            self._go("setup")
            error = call.error
            self.problem.emit(getattr(error, "what", str(error)), getattr(error, "remedy", ""))
            return
        self.ended()
        self.stored.emit()
        self._do_pending()

    def _on_problem(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.problem.emit(error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def _go(self, phase: Phase) -> None:
        self.phase = phase
        self.phase_changed.emit()
