"""Correct the words of a line in place, or confirm them as heard. Each is durable and undoable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.transcript.rows import Row

if TYPE_CHECKING:
    from app.domain.forms import EditResult
    from app.domain.segments import Segment
    from app.ui.transcript.view import TranscriptView


def segments_of(row: Row, transcript: Sequence[Segment]) -> list[Segment]:
    """The segments whose words stand in a row: those that lie with most of their time in it."""
    heard = [s for s in transcript if s.heard and s.speaker == row.speaker]
    inside = [s for s in heard if row.span.contains((s.span.start + s.span.end) // 2)]
    if inside:
        return inside
    touching = [(o.frames, s) for s in heard if (o := row.span.overlap(s.span)) is not None]
    return [max(touching, key=lambda pair: pair[0])[1]] if touching else []


class LineField(QLineEdit):
    """The field over a row. Enter keeps, Esc leaves."""

    kept = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Words of the line")
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit(self.text())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Correcting:
    """Edits of one transcript view. Main thread only; written on the WRITE lane."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self.field = LineField(view.list.viewport())
        self._row = -1
        self._waiting: list[Segment] = []
        self._call_id = self._layer_id = ""
        self.field.kept.connect(self._keep)
        self.field.left.connect(self.leave)
        view.list.verticalScrollBar().valueChanged.connect(lambda _at: self.place())
        view.session.opened.connect(self.leave)

    @property
    def is_open(self) -> bool:
        """Whether a line is being corrected."""
        return bool(self._waiting)

    def open(self, n: int) -> None:
        """Edit the segments of row `n`, one after the other."""
        found = self._segments(n)
        if found:
            self._take_place()
            self._row, self._waiting = n, found
            self._show_next()

    def confirm(self, n: int) -> None:
        """Say that the words of row `n` are what was said."""
        found = self._segments(n)
        if found:
            self._take_place()
        for segment in found:
            self._store(segment, segment.text)

    def _segments(self, n: int) -> list[Segment]:
        view, review = self._view, self._view.session.review
        if view.session.exported:  # a mask is no correction
            return []
        if review is None or view.session.text is None or not 0 <= n < len(view.rows):
            return []
        return segments_of(view.rows[n], review.transcript)

    def _take_place(self) -> None:
        """Remember what is edited: the screen may show another state before it is kept."""
        session = self._view.session
        assert session.text is not None
        self._call_id, self._layer_id = session.call_id, session.text.layer.id

    def _show_next(self) -> None:
        if not self._waiting:
            self.leave()
            return
        self.field.setText(self._waiting[0].text)
        self.field.selectAll()
        self._view.list.reveal(self._row)
        self.field.show()
        self.place()
        self.field.setFocus()

    def place(self) -> None:
        """Lay the field over its row."""
        if self._waiting and self._row < len(self._view.rows):
            text, rect = self._view.painter.text, self._view.list.row_rect(self._row)
            left = text.text_left - 6
            height = self.field.sizeHint().height()
            width = self._view.list.viewport().width() - left - 12
            self.field.setGeometry(QRect(left, rect.top() + 2, max(width, 120), height))

    def leave(self) -> None:
        """Close the field; what was not kept is forgotten."""
        was_open = self.is_open
        self._waiting, self._row = [], -1
        self.field.hide()
        if was_open:
            self._view.list.setFocus()

    def _keep(self, text: str) -> None:
        segment = self._waiting.pop(0)
        self._store(segment, text.strip())
        self._show_next()

    def _store(self, segment: Segment, text: str) -> None:
        ctx, call_id, layer_id = self._view.ctx, self._call_id, self._layer_id
        payload = {"segment_id": segment.id, "text": text}

        def work() -> EditResult:
            from app.services import layers

            return layers.edit(ctx.ws, ctx.viewer, call_id, "text", payload, base_layer_id=layer_id)

        ctx.runner.run(Lane.WRITE, work, done=self._on_stored, failed=self._on_failed)

    def _on_stored(self, result: EditResult) -> None:
        session, ctx = self._view.session, self._view.ctx
        if session.call_id == result.layer.call_id:
            session.use_text("human")
        ctx.bus.saved.emit(utc_now())
        ctx.bus.changed.emit(result.changes, self._view)

    def _on_failed(self, error: BaseException) -> None:
        ctx = self._view.ctx
        if isinstance(error, UserError):
            ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            ctx.runner.failed.emit(error)
