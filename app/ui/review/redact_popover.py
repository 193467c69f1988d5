"""Redacting a span: whose sound and words, why; and what of the call is redacted already."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.calls import Span
from app.domain.clock import format_time
from app.domain.redaction import Redaction
from app.services.redacting import PII
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.segmented import Segment, Segmented

WIDE_PX = 372
MOST_LISTED = 6
CHANNELS = (
    Segment("caller", "1  Caller"), Segment("agent", "2  Agent"), Segment("both", "3  Both"),
)  # fmt: skip
NOTE = "The recording is kept; whatever goes out hides the span."


class RedactPopover(QFrame):
    """Digits choose the channel, Enter redacts, Esc closes."""

    redacted = Signal(object, str, str)
    """(span, channels, reason)"""
    taken_back = Signal(str)
    """Id of a redaction."""
    pii_marked = Signal(str)
    """One of `redacting.PII`."""

    def __init__(self, theme: Theme, rate_hz: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme, self._rate_hz = theme, rate_hz
        self._span: Span | None = None
        self.setObjectName("redactPopover")
        self.setAccessibleName("Redact")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.place = Label(theme, "", role="body", weight=600)
        self.channels = Segmented(theme, CHANNELS, name="Channel")
        self.channels.set_current("both")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Reason, such as: card number")
        self.reason.setAccessibleName("Reason")
        self.redact = Button(theme, "Redact", kind="primary")
        self.redact.clicked.connect(self._redact)
        self._column = QVBoxLayout(self)
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        self.setFixedWidth(theme.px(WIDE_PX))
        self.setStyleSheet(
            f"#redactPopover {{ background: {theme.hex('bg2')};"
            f" border: 1px solid {theme.hex('line3')}; border-radius: 6px; }}"
        )
        self.reason.setFont(theme.font("small"))
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addWidget(self.place)
        form.addWidget(self.channels)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.reason, 1)
        row.addWidget(self.redact)
        form.addLayout(row)
        form.addWidget(Label(theme, NOTE, role="small", token="t2", wrap=True))
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        self._column.addWidget(self._form)

    def show_span(self, span: Span | None, *, is_mono: bool) -> None:
        """Offer to redact a span; None where there is only the list."""
        self._span = span
        self._form.setVisible(span is not None)
        if span is not None:
            start, end = (format_time(f, self._rate_hz) for f in (span.start, span.end))
            length = span.frames / self._rate_hz
            self.place.setText(f"Redact {start} to {end}, {length:.2f} s")
        self.channels.setVisible(not is_mono)

    def show_list(self, found: Sequence[Redaction]) -> None:
        """What is redacted already, each with a way back."""
        if not found:
            return
        if self._span is not None:
            self._column.addWidget(Hairline(self._theme))
        for redaction in found[:MOST_LISTED]:
            self._column.addLayout(self._line(redaction))
        if len(found) > MOST_LISTED:
            words = f"{len(found) - MOST_LISTED} more; select one on the lanes to see it here."
            self._column.addWidget(Label(self._theme, words, role="small", token="t2"))

    def show_pii(self, state: str) -> None:
        """Let a lead say whether the call was looked through for personal data."""
        self._column.addWidget(Hairline(self._theme))
        self._column.addWidget(Label(self._theme, "Personal data", role="small", token="t2"))
        self.pii = Segmented(
            self._theme, [Segment(s, s.capitalize()) for s in PII], name="Personal data"
        )
        self.pii.set_current(state)
        self.pii.chosen.connect(self.pii_marked)
        self._column.addWidget(self.pii)

    def _line(self, redaction: Redaction) -> QHBoxLayout:
        at = format_time(redaction.span.start, self._rate_hz)
        length = redaction.span.frames / self._rate_hz
        words = f"{at}, {length:.2f} s, {redaction.channels}"
        if redaction.reason:
            words += f", {redaction.reason}"
        back = Button(self._theme, "Take back", compact=True)
        back.setAccessibleName(f"Take back the redaction at {at}")
        back.clicked.connect(lambda: self._take_back(redaction.id))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(ElidedLabel(self._theme, words, role="small"), 1)
        line.addWidget(back)
        return line

    def open_at(self, at: QPoint) -> None:
        """Show with its top left corner at a point of the screen, kept on it."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = max(screen.left(), min(at.x(), screen.right() - self.width()))
        y = max(screen.top(), min(at.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = {Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2}.get(Qt.Key(event.key()))
        if digit is not None and self._span is not None and not self.channels.isHidden():
            self.channels.set_current(CHANNELS[digit].key)
            self.reason.setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, Button):
                focus.click()
            else:
                self._redact()
        else:
            super().keyPressEvent(event)

    def _redact(self) -> None:
        if self._span is not None:
            channels = "both" if self.channels.isHidden() else self.channels.current or "both"
            self.redacted.emit(self._span, channels, self.reason.text().strip())
        self.close()

    def _take_back(self, redaction_id: str) -> None:
        self.taken_back.emit(redaction_id)
        self.close()
