"""Find in the transcript: a field, how many there are, next and previous."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label


class FindBar(QWidget):
    """Hidden until asked for. Enter: next, Shift+Enter: previous, Esc: close."""

    changed = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in the transcript")
        self.field.setAccessibleName("Find in the transcript")
        self.field.textChanged.connect(self.changed)
        self.count = Label(theme, "", "small", "t3")
        before = Button(theme, icon="caret-up", name="Previous", kind="quiet", compact=True)
        after = Button(theme, icon="caret-down", name="Next", kind="quiet", compact=True)
        close = Button(theme, icon="x", name="Close", kind="quiet", compact=True)
        before.clicked.connect(lambda: self.stepped.emit(-1))
        after.clicked.connect(lambda: self.stepped.emit(1))
        close.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.count, 0, Qt.AlignmentFlag.AlignVCenter)
        for button in (before, after, close):
            row.addWidget(button)
        self.hide()

    def open_bar(self) -> None:
        """Show it and take the focus."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.changed.emit(self.field.text())

    def close_bar(self) -> None:
        """Hide it; nothing is marked any more."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def show_count(self, at: int, total: int) -> None:
        """Say which of how many is shown."""
        words = f"{at} of {total}" if total else "none" if self.field.text() else ""
        self.count.setText(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg1"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line1"))
