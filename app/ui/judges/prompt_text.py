"""A prompt template in mono, with line numbers and its variables tinted. Plain text only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.ui.theme import Theme

GUTTER_PAD_PX = 10
_NAME = re.compile(r"[A-Za-z_]\w*")
_MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")


class TemplateColours(QSyntaxHighlighter):
    """Variables, statements and comments of a template; names nobody knows are underlined."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._unknown: frozenset[str] = frozenset()
        self._formats: dict[str, QTextCharFormat] = {}
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        for mark, token in (("{{", "overlap"), ("{%", "t3"), ("{#", "t3")):
            look = QTextCharFormat()
            look.setForeground(self._theme.color(token))
            if mark == "{{":
                look.setFontWeight(QFont.Weight.DemiBold)
            look.setFontItalic(mark == "{#")
            self._formats[mark] = look
        self.rehighlight()

    def set_unknown(self, names: Iterable[str]) -> None:
        """Underline these names wherever they stand in a variable or a statement."""
        unknown = frozenset(names)
        if unknown != self._unknown:
            self._unknown = unknown
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour a line."""
        for found in _MARKS.finditer(text):
            look = self._formats[found[0][:2]]
            self.setFormat(found.start(), len(found[0]), look)
            if found[0][:2] == "{#":
                continue
            for name in _NAME.finditer(found[0]):
                if name[0] in self._unknown:
                    wrong = QTextCharFormat(look)
                    wrong.setForeground(self._theme.color("danger"))
                    wrong.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                    self.setFormat(found.start() + name.start(), len(name[0]), wrong)


class _Gutter(QWidget):
    """The line numbers at the left."""

    def __init__(self, owner: PromptText) -> None:
        super().__init__(owner)
        self._owner = owner

    def sizeHint(self) -> QSize:
        return QSize(self._owner.gutter_px, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._owner.paint_gutter(QPainter(self), event.rect())


class PromptText(QPlainTextEdit):
    """A template that is read, or written where it is not read-only."""

    def __init__(self, theme: Theme, name: str, *, numbered: bool = True) -> None:
        super().__init__()
        self._theme, self._numbered = theme, numbered
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setProperty("ring", "inside")
        self._gutter = _Gutter(self)
        self._gutter.setVisible(numbered)
        self.colours = TemplateColours(theme, self.document())
        self.blockCountChanged.connect(lambda _count: self._make_room())
        self.updateRequest.connect(self._on_update)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        font = self._theme.font("mono_small")
        font.setFeature(QFont.Tag("calt"), 0)  # what is sent must look as it is typed
        self.setFont(font)
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {self._theme.hex('canvas')}; border: none; "
            "border-radius: 0; padding: 0; }"
        )
        self.colours.restyle()
        self._make_room()

    def show_text(self, text: str) -> None:
        """Show another text from its top, unless it is this one already."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def go_to_line(self, number: int) -> None:
        """Put the cursor at the start of a line, counted from 1."""
        block = self.document().findBlockByNumber(max(0, number - 1))
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()

    # line numbers -------------------------------------------------------------------------------

    @property
    def gutter_px(self) -> int:
        """Width of the numbers; 0 without them."""
        if not self._numbered:
            return 0
        digits = max(2, len(str(max(1, self.blockCount()))))
        return 2 * GUTTER_PAD_PX + digits * self.fontMetrics().horizontalAdvance("0")

    def _make_room(self) -> None:
        self.setViewportMargins(self.gutter_px + (0 if self._numbered else 12), 6, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self.gutter_px, area.height()))
        self._gutter.update()

    def _on_update(self, rect: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height() + 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The numbers keep to the left edge."""
        super().resizeEvent(event)
        self._place_gutter()

    def paint_gutter(self, painter: QPainter, rect: QRect) -> None:
        """Paint the numbers of the lines in sight."""
        theme = self._theme
        painter.fillRect(rect, theme.color("canvas"))
        painter.setFont(self.font())
        painter.setPen(theme.color("t3"))
        block = self.firstVisibleBlock()
        geometry = self.blockBoundingGeometry(block).translated(self.contentOffset())
        top = geometry.top() + self.viewportMargins().top()
        width, line = self.gutter_px - GUTTER_PAD_PX, self.fontMetrics().height()
        while block.isValid() and top <= rect.bottom():
            height = self.blockBoundingRect(block).height()
            if block.isVisible() and top + height >= rect.top():
                box = QRect(0, round(top), width, line)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += height
            block = block.next()
