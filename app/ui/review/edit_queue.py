"""Edits of segments on their way: shown as soon as they are derived, saved in order, confirmed.

Each edit is taken over at once; turns follow from it on a worker while it is saved on the WRITE
lane; when all is saved the call is read again. The machine's layer is never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain import layer_edits
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.domain.segments import EditOp, Layer
from app.tasks.runner import Lane
from app.ui.review.edits import edited

if TYPE_CHECKING:
    from app.domain.forms import EditResult
    from app.services.reviewing import Review
    from app.ui.context import UiContext
    from app.ui.review.prepared import Prepared
    from app.ui.review.session import ReviewSession


class EditQueue(QObject):
    """The edits of a session's call. Main thread only."""

    refused = Signal(str)
    saved = Signal()
    """Every edit made so far is durable."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self._pending = 0
        self._ahead: Review | None = None
        """The call with the edits that are not derived from yet; newest, or None."""
        self._deriving = False
        session.opened.connect(self._forget)

    @property
    def review(self) -> Review | None:
        """The call as edited so far, whether or not it is shown yet."""
        return self._ahead or self._session.review

    def _forget(self) -> None:
        self._ahead = None

    def edit(self, op: EditOp, payload: dict[str, Any]) -> bool:
        """Take the edit over, show and save it; False where a rule forbids it."""
        review = self.review
        if review is None or review.layer is None:
            return False
        try:
            self._ahead = edited(review, op, payload)
        except layer_edits.EditError as error:
            self.refused.emit(f"{error.what} {error.remedy}".strip())
            return False
        self._session.hold_reads()
        self._save(review.call.id, op, payload, review.layer)
        self._derive()
        return True

    def _derive(self) -> None:
        """Derive from the newest edits on a worker; what they overtake is never shown."""
        ahead = self._ahead
        if ahead is None or self._deriving:
            return
        self._deriving = True

        def derive() -> Prepared:
            from app.services import reviewing
            from app.ui.review.prepared import prepare

            assert ahead.layer is not None
            return prepare(
                reviewing.rederived(
                    ahead, layer=ahead.layer, segments=ahead.segments, overrides=ahead.overrides
                )
            )

        def done(made: Prepared) -> None:
            self._deriving = False
            if self._ahead is ahead:
                self._ahead = None
                self._session.show(made)
                self._confirm()
            else:
                self._derive()

        def failed(error: BaseException) -> None:
            self._deriving = False
            self._ahead = None
            self._ctx.runner.failed.emit(error)
            self._session.reload()

        self._ctx.runner.run(Lane.READ, derive, done=done, failed=failed)

    def _save(self, call_id: str, op: EditOp, payload: dict[str, Any], base: Layer) -> None:
        ctx = self._ctx
        base_id = base.parent_id if base.origin == "human" and base.parent_id else base.id

        def work() -> EditResult:
            from app.services import layers

            return layers.edit(ctx.ws, ctx.viewer, call_id, op, payload, base_layer_id=base_id)

        self._pending += 1
        ctx.runner.run(Lane.WRITE, work, done=self._on_saved, failed=self._on_failed)

    def _on_saved(self, result: EditResult) -> None:
        self._pending -= 1
        self._ctx.bus.saved.emit(utc_now())
        self._confirm()
        if self._pending == 0:
            self.saved.emit()
            self._ctx.bus.changed.emit(result.changes, self)

    def _confirm(self) -> None:
        """When all is on disk and shown, read it again: what is shown is then what is stored."""
        if self._pending == 0 and not self._deriving:
            self._session.reload()

    def _on_failed(self, error: BaseException) -> None:
        """What was shown ahead did not come about: show what is stored."""
        self._pending -= 1
        if isinstance(error, UserError):
            self.refused.emit(f"{error.what} {error.remedy}".strip())
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)
        self._session.reload()
