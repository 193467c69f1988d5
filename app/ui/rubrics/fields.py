"""Fields that tell when a person has changed them, and keep quiet when they are filled."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.labels import Label


class LineField(QLineEdit):
    """One line of text."""

    def __init__(self, theme: Theme, name: str, hint: str = "") -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font("body"))

    def fill(self, text: str) -> None:
        """Show a text; the cursor stays where someone is typing the same."""
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)


class TextField(QPlainTextEdit):
    """A few lines of text; Tab goes on."""

    edited = Signal(str)

    def __init__(self, theme: Theme, name: str, hint: str = "", *, lines: int = 2) -> None:
        super().__init__()
        self._theme, self._lines = theme, lines
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.textChanged.connect(lambda: self.edited.emit(self.toPlainText()))
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font("small"))
        self.setFixedHeight(self._lines * self._theme.line("small") + 18)

    def fill(self, text: str) -> None:
        """Show a text without calling it a change."""
        if self.toPlainText() != text:
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)


class NumberField(QSpinBox):
    """A whole number that the wheel changes only where it has the focus."""

    def __init__(self, theme: Theme, name: str, low: int, high: int, *, width: int = 56) -> None:
        super().__init__()
        self._theme, self._wide = theme, width
        self.setAccessibleName(name)
        self.setRange(low, high)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font("body"))
        self.setFixedWidth(self._theme.px(self._wide))

    def fill(self, value: int) -> None:
        """Show a number without calling it a change."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A page that scrolls under the pointer changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Block(QWidget):
    """A word over its field."""

    def __init__(self, theme: Theme, title: str, *parts: QWidget, note: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        if title:
            column.addWidget(Label(theme, title, "small", "t2"))
        for part in parts:
            column.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.note = Label(theme, note, "label", "t3", wrap=True)
        self.note.setVisible(bool(note))
        column.addWidget(self.note)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its fields allow."""
        return QSize(0, super().minimumSizeHint().height())
