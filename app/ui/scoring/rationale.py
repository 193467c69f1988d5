"""The written reason: saved while typing, so that nothing is lost when the window goes away."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent
from PySide6.QtWidgets import QPlainTextEdit

from app.ui.theme import Theme

SAVE_AFTER_MS = 250


class RationaleEdit(QPlainTextEdit):
    """A small plain-text field. `settled(text)` fires a quarter of a second after the last key."""

    settled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Rationale")
        self.setPlaceholderText("Why this score. Esc returns to the keys.")
        self.setTabChangesFocus(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.flush)
        self.textChanged.connect(self._timer.start)
        self._saved = ""
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font("small"))
        self.setFixedHeight(2 * self._theme.line("small") + 16)

    def show_text(self, text: str) -> None:
        """Show a stored text without calling it a change; keeps what is being typed."""
        self._saved = text
        if self.toPlainText() != text and not (self.hasFocus() and self._timer.isActive()):
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)

    def flush(self) -> None:
        """Hand over what was typed, now."""
        self._timer.stop()
        text = self.toPlainText()
        if text != self._saved:
            self._saved = text
            self.settled.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.flush()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.flush()
        super().hideEvent(event)
