"""What leads on from a call under review: scoring it, having it judged, hearing its symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.evaluation import Run
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.review.session import ReviewSession


class ReviewVerbs(QObject):
    """Acts on the call that the session shows; where there is none, nothing happens.

    Args:
        ctx: the context.
        session: shows the call.
        place: the call and its list, as screens hand them on.
        window: dialogs open over it.
    """

    left = Signal(str, dict)
    """Another screen and its arguments."""
    judging = Signal(object)
    """A run that will bring verdicts on the call."""

    def __init__(
        self,
        ctx: UiContext,
        session: ReviewSession,
        place: Callable[[], dict[str, Any]],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._ctx, self._session, self._place, self._window = ctx, session, place, window

    def score(self) -> None:
        """Go on to score this call."""
        if self._session.call_id:
            self.left.emit("score", self._place())

    def call_again(self, *, replay: bool = False) -> None:
        """Go on to place this call again, or to let its caller speak again."""
        call = self._session.call
        if call is None:
            return
        if "live" not in call.extra:
            self._ctx.bus.message.emit(
                "info", f"{call.code} was not placed from here.", "Live calls can be placed again."
            )
            return
        self.left.emit("live", {"replay" if replay else "again": call.id})

    def score_voice_metrics(self) -> None:
        """Go on to answer what the metrics ask of people."""
        ctx, where = self._ctx, self._place()

        def read() -> str:
            from app.services import rubrics
            from app.services.set_figures import RUBRIC

            known = [r for r in rubrics.rubric_versions(ctx.ws) if r.key == RUBRIC]
            return known[-1].id if known else ""

        def go(rubric_id: str) -> None:
            self.left.emit("score", where | ({"rubric_id": rubric_id} if rubric_id else {}))

        ctx.runner.run(Lane.READ, read, done=go, failed=ctx.runner.failed.emit)

    def judge(self) -> None:
        """Ask which judges shall judge this call."""
        from app.ui.runs.new_judge_run import open_new_judge_run

        def started(run: Run) -> None:
            self.judging.emit(run)

        call_id = self._session.call_id
        if call_id:
            open_new_judge_run(
                self._ctx, self._window, self.left.emit, call_ids=(call_id,), started=started
            )

    def hear_symbols(self) -> None:
        """List the symbols that a recogniser did not hear as they are meant."""
        from app.ui.review.symbols_dialog import open_symbols

        open_symbols(self._ctx, self._session, self._window)
