"""Painted text of the preview: facts, comments, transcript hits with their words marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from app.ui.widgets.labels import ElidedLabel, Label
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


class FactValue(ElidedLabel):
    """A value in one or several colours."""

    _parts: Parts = ()

    def show_fact(self, fact: Fact) -> None:
        """Show another value."""
        self._parts = fact.parts
        self.setText(fact.value)
        self.set_token(fact.token)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pieces side by side; plain values as any label."""
        if not self._parts:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        metrics, x = QFontMetricsF(self.font()), 0.0
        for words, token in self._parts:
            painter.setPen(self._theme.color(token))
            box = QRectF(x, 0, self.width() - x, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
            x += metrics.horizontalAdvance(words)


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
            value = FactValue(self._theme, "", "small", "t1")
            self._grid.addWidget(name, row, 0)
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
