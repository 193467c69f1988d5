"""Reads judges' verdicts on a call; answers to questions that were overtaken are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.tasks.runner import Lane
from app.ui.review.judge_rows import judge_rows
from app.ui.review.verdict_row import Rows

if TYPE_CHECKING:
    from app.services.judging.seen_verdicts import CallVerdicts
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession


class JudgeReader(QObject):
    """Signals arrive on the main thread."""

    read = Signal(object, object)
    """What was found (`CallVerdicts`), and its rows."""
    failed = Signal(object)

    def __init__(self, ctx: UiContext, session: ReviewSession, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx, self._session = ctx, session
        self._reading = 0

    def drop(self) -> None:
        """What is being read is of no use any more."""
        self._reading += 1

    def fetch(self) -> None:
        """Read the verdicts on the call that the session shows."""
        self.drop()
        request, ctx, call_id = self._reading, self._ctx, self._session.call_id
        review, rate_hz = self._session.review, self._session.view.rate_hz
        turn_set = review.turn_set if review is not None else None
        exported = self._session.exported

        def read() -> tuple[CallVerdicts, Rows]:
            from app.services import outgoing
            from app.services.judging.reading import verdicts

            found = verdicts(ctx.ws, ctx.viewer, call_id)
            if exported:
                found = found.masked(outgoing.of_call(ctx.ws, call_id))
            return found, judge_rows(found, turn_set, rate_hz)

        def done(made: tuple[CallVerdicts, Rows]) -> None:
            if isValid(self) and request == self._reading:
                self.read.emit(*made)

        def failed(error: BaseException) -> None:
            if isValid(self) and request == self._reading:
                self.failed.emit(error)

        ctx.runner.run(Lane.READ, read, done=done, failed=failed)
