"""Painted text of the preview: facts, comments, transcript hits with their words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.domain.calls import Speaker
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Label
from app.ui.widgets.speaker import paint_speaker

INSET = 14


Parts = tuple[tuple[str, str], ...]
"""Text in pieces: (words, colour token)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value; `parts` colours pieces of it, `token` all of it."""

    name: str
    value: str
    token: str = "t1"
    parts: Parts = ()


class FactValue(QWidget):
    """A value in one or several colours, wrapped between words where it is wider than its room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: Parts = ()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)

    def show_fact(self, fact: Fact) -> None:
        """Show another value."""
        self._parts = fact.parts or ((fact.value, fact.token),)
        self.setAccessibleName(fact.value)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """The whole value."""
        return "".join(words for words, _ in self._parts)

    @property
    def _line_px(self) -> int:
        return self._theme.line("small")

    def placed(self, width: int) -> list[tuple[int, float, str, str]]:
        """(line, x, word, token) of each word in `width` px; no word is broken."""
        metrics = QFontMetricsF(self._theme.font("small"))
        out: list[tuple[int, float, str, str]] = []
        line, x = 0, 0.0
        for word in re.findall(r"[^ ]+ *| +", self.text):
            wide = metrics.horizontalAdvance(word.rstrip(" "))
            if x > 0 and x + wide > width:
                line, x = line + 1, 0.0
            out.append((line, x, word, ""))
            x += metrics.horizontalAdvance(word)
        return self._coloured(out, metrics)

    def _coloured(
        self, words: list[tuple[int, float, str, str]], metrics: QFontMetricsF
    ) -> list[tuple[int, float, str, str]]:
        """The words, broken where the colour changes."""
        tokens = [token for piece, token in self._parts for _ in piece]
        out, at = [], 0
        for line, x, word, _ in words:
            for token, run in groupby(range(at, at + len(word)), key=lambda n: tokens[n]):
                places = list(run)
                piece = word[places[0] - at : places[-1] + 1 - at]
                out.append((line, x, piece, token))
                x += metrics.horizontalAdvance(piece)
            at += len(word)
        return out

    def hasHeightForWidth(self) -> bool:
        """Narrower is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """All lines."""
        lines = 1 + max((line for line, *_ in self.placed(width)), default=0)
        return lines * self._line_px

    def sizeHint(self) -> QSize:
        """As wide as it is given."""
        return QSize(100, self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """One line at least."""
        return QSize(0, self._line_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words."""
        painter = QPainter(self)
        painter.setFont(self._theme.font("small"))
        metrics = QFontMetricsF(painter.font())
        for line, x, word, token in self.placed(self.width()):
            painter.setPen(self._theme.color(token))
            room = max(0.0, self.width() - x)
            if metrics.horizontalAdvance(word.rstrip()) > room + 1:
                word = metrics.elidedText(word, Qt.TextElideMode.ElideRight, room)
            box = QRectF(x, line * self._line_px, room + 1, self._line_px)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, word)


class FactGrid(QWidget):
    """Names at the left in `t3`, values beside them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(INSET, 0, INSET, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, 84)
        self._grid.setColumnStretch(1, 1)
        self._cells: list[tuple[Label, FactValue]] = []

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Fill the grid; rows are kept."""
        while len(self._cells) < len(facts):
            row = len(self._cells)
            name = Label(self._theme, "", "small", "t3")
            value = FactValue(self._theme)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
            self._cells.append((name, value))
        for index, (name, value) in enumerate(self._cells):
            shown = index < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(facts[index].name)
                value.show_fact(facts[index])


class TimedText(QWidget):
    """A time, perhaps a speaker square, and wrapped words with some of them marked."""

    pressed = Signal()

    def __init__(
        self,
        theme: Theme,
        time: str,
        text: str,
        *,
        speaker: Speaker | None = None,
        marks: Sequence[tuple[int, int]] = (),
        rule: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._time, self._text = theme, time, text
        self._speaker, self._marks, self._rule = speaker, tuple(marks), rule
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._fit)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        who = f"{speaker}: " if speaker else ""
        self.setAccessibleName(f"{time} {who}{text}")

    @property
    def _left(self) -> int:
        time = QFontMetricsF(self._theme.font("small")).horizontalAdvance("00:00.0")
        square = self._theme.px(Size.SPEAKER) + 8 if self._speaker else 0
        return INSET + round(time) + 8 + square

    def _layout(self, width: int) -> tuple[QTextLayout, float]:
        layout = QTextLayout(self._text, self._theme.font("small"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats([self._mark(start, end) for start, end in self._marks])
        layout.beginLayout()
        y, line_height = 0.0, self._theme.px(17)
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(max(40, width - self._left - INSET))
            line.setPosition(QPointF(0, y + (line_height - line.height()) / 2))
            y += line_height
        layout.endLayout()
        return layout, y

    def _mark(self, start: int, end: int) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        found.start, found.length = start, end - start
        look = QTextCharFormat()
        look.setForeground(QColor(self._theme.color("accent")))
        look.setFontWeight(QFont.Weight.Bold)
        found.format = look
        return found

    @property
    def _pad(self) -> int:
        return 9 if self._rule else 5

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As tall as the wrapped words."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(round(self._layout(self.width())[1]) + 2 * self._pad)

    def sizeHint(self) -> QSize:
        """Takes the width it is given."""
        return QSize(200, self.height())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Go there."""
        self.pressed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint time, square, words."""
        painter, theme = QPainter(self), self._theme
        if self._rule:
            painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("line1"))
        layout, _ = self._layout(self.width())
        line = theme.px(17)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        box = QRectF(INSET, self._pad, self._left, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._time)
        if self._speaker:
            side = theme.px(Size.SPEAKER)
            top = self._pad + (line - side) / 2
            paint_speaker(painter, theme, self._left - side - 8, top, self._speaker)
        painter.setPen(theme.color("t1" if self._speaker else "t2"))
        layout.draw(painter, QPointF(self._left, self._pad))
