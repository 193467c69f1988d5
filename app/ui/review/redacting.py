"""Redaction in the review: where a span comes from, the popover, the look and sound as exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal

from app.domain.calls import Span
from app.services.redacting import PII
from app.ui.review.redaction_band import RedactionBand

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.commands import ReviewCommands
    from app.ui.review.redact_popover import RedactPopover
    from app.ui.review.session import ReviewSession
    from app.ui.timeline.canvas import Canvas

NOTHING = "Select a stretch of the waveform first, or a turn; then redact it."


class Redacting(QObject):
    """Main thread only."""

    refused = Signal(str)
    mode_changed = Signal()
    """The call is shown as exported, or as it is again."""

    def __init__(
        self, ctx: UiContext, session: ReviewSession, commands: ReviewCommands, canvas: Canvas
    ) -> None:
        super().__init__()
        self._ctx, self._session, self._commands, self._canvas = ctx, session, commands, canvas
        self.band = RedactionBand(canvas, session)
        self.popover: RedactPopover | None = None

    def span(self) -> Span | None:
        """What would be redacted: the selection, else the loop, else the selected turn."""
        view, turn = self._session.view, self._session.turn
        return view.selection or view.loop or (turn.span if turn is not None else None)

    def open(self) -> None:
        """Ask whose sound it is and why; list what is redacted already."""
        from app.ui.review.redact_popover import RedactPopover

        review, span = self._session.review, self.span()
        if review is None or (span is None and not review.redactions and review.pii == PII[0]):
            self.refused.emit(NOTHING)
            return
        view = self._session.view
        popover = RedactPopover(self._ctx.theme, review.call.rate_hz, self._canvas.window())
        popover.show_span(span, is_mono=review.call.is_mono)
        popover.show_list(review.redactions)
        if self._ctx.viewer.is_lead:
            popover.show_pii(review.pii)
        popover.redacted.connect(self._redact)
        popover.taken_back.connect(self._commands.take_redaction_back)
        popover.pii_marked.connect(self._commands.mark_pii)
        popover.destroyed.connect(self._forget)
        self.popover = popover
        x = min(max(view.x_of(span.start), 0), view.width) if span is not None else 0
        popover.open_at(self._canvas.mapToGlobal(QPoint(x, self._canvas.waves.bottom())))

    def _redact(self, span: Span, channels: str, reason: str) -> None:
        self._commands.redact(span, channels, reason)  # type: ignore[arg-type]
        self._session.view.select(None)

    def _forget(self) -> None:
        self.popover = None

    def toggle_exported(self) -> None:
        """Hear and see the call as exports have it, or as it is again."""
        self._session.show_exported(on=not self._session.exported)
        self.mode_changed.emit()
