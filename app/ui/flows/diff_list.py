"""Lines of a difference with signs, so that no colour is needed. Plain text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from app.ui.flows.words import Line
from app.ui.theme import Theme

_TOKENS = {"+": "success", "−": "danger", "~": "warn"}


class DiffList(QPlainTextEdit):
    """Read, and copied from."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: Sequence[Line] = ()
        self.setAccessibleName("Differences")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setProperty("ring", "inside")
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font("small"))
        self.setStyleSheet("QPlainTextEdit { border: none; padding: 4px 12px; }")
        self.show_lines(self._lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; none says so."""
        self._lines = tuple(lines)
        self.clear()
        cursor = QTextCursor(self.document())
        if not lines:
            self._write(cursor, "Nothing differs.", "t3")
        for at, (sign, words) in enumerate(lines):
            if at:
                cursor.insertBlock()
            self._write(cursor, f"{sign}  ", _TOKENS.get(sign, "t1"))
            self._write(cursor, words, "t1")
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _write(self, cursor: QTextCursor, words: str, token: str) -> None:
        look = QTextCharFormat()
        look.setForeground(self._theme.color(token))
        cursor.insertText(words, look)
