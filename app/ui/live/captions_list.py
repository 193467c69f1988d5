"""Captions of a call that goes on: who, when, what; what was not heard; the response it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.agents.live_view import Caption
from app.domain.calls import Speaker
from app.ui.live import words
from app.ui.live.line_model import ROW, Index, LineList
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.speaker import paint_speaker

NUMBER, TIME, GAP, LATENCY = 32, 58, 8, 74
NOT_HEARD = "not heard"
PAD = 4
KEPT = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionRow:
    """One line of the list."""

    number: int
    speaker: Speaker
    at_s: float
    heard: str
    unheard: str
    is_final: bool
    is_last: bool
    response_ms: float | None

    @property
    def words(self) -> str:
        """The row as it is read aloud."""
        told = f"{self.speaker}, {words.clock(self.at_s, tenths=True)}: {self.heard}"
        if self.unheard:
            told += f" (not heard: {self.unheard})"
        return told if self.response_ms is None else f"{told}. After {self.response_ms:.0f} ms"


def rows(captions: Sequence[Caption], responses: Mapping[int, float]) -> list[CaptionRow]:
    """The list's rows; `responses` by the index of the caption."""
    last = len(captions) - 1
    return [
        CaptionRow(
            number=i + 1,
            speaker=c.speaker,
            at_s=c.at_s,
            heard=c.heard_text,
            unheard=c.unheard_text,
            is_final=c.is_final,
            is_last=i == last and not c.is_final,
            response_ms=responses.get(i),
        )
        for i, c in enumerate(captions)
    ]


class CaptionDelegate(QStyledItemDelegate):
    """Paints a row; the text wraps."""

    def __init__(self, theme: Theme, slow_ms: float, late_ms: float) -> None:
        super().__init__()
        self._theme, self._bands = theme, (slow_ms, late_ms)
        self.hides_figures = False
        self._heights: dict[tuple[str, str, int], int] = {}
        """By words and width: a list asks for all of them whenever one row changes."""
        theme.changed.connect(self._heights.clear)

    def _text_left(self) -> int:
        px = self._theme.px
        return Size.INSET + px(NUMBER) + px(TIME) + px(Size.SPEAKER) + GAP

    def _layout(self, row: CaptionRow, width: float) -> tuple[QTextLayout, float]:
        """The text in lines, and its height."""
        theme = self._theme
        text = " ".join(part for part in (row.heard, row.unheard) if part)
        layout = QTextLayout(text, theme.font("body"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        layout.setFormats(self._formats(row, len(text)))
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += max(line.height(), theme.line("body"))
        layout.endLayout()
        return layout, y

    def _formats(self, row: CaptionRow, length: int) -> list[QTextLayout.FormatRange]:
        theme = self._theme
        plain = QTextCharFormat()
        plain.setForeground(theme.color("t1" if row.is_final else "t3"))
        plain.setFontItalic(not row.is_final)
        found = [_range(0, length, plain)]
        if row.unheard:
            lost = QTextCharFormat()
            lost.setForeground(theme.color("t3"))
            lost.setFontItalic(True)
            lost.setFontStrikeOut(True)
            found.append(_range(length - len(row.unheard), len(row.unheard), lost))
        return found

    def _width(self, view: QWidget | None) -> float:
        whole = view.width() if view is not None else 600
        badge = self._theme.px(74)
        return max(80.0, whole - self._text_left() - self._theme.px(LATENCY) - badge - Size.INSET)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines."""
        view: QWidget | None = option.widget
        row, width = index.data(ROW), self._width(view)
        key = row.heard, row.unheard, round(width)
        if key not in self._heights:
            if len(self._heights) > KEPT:
                self._heights.clear()
            self._heights[key] = round(self._layout(row, width)[1]) + 2 * PAD
        return QSize(100, self._heights[key])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Number, time, speaker, text, what was not heard, response."""
        theme, row = self._theme, index.data(ROW)
        rect: QRect = option.rect
        if row.is_last:
            theme.paint_selection(painter, rect)
        line = QRect(rect.left(), rect.top() + PAD, rect.width(), theme.line("body"))
        px = theme.px
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        x = rect.left() + Size.INSET
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(x, line.top(), px(NUMBER), line.height()), middle, str(row.number))
        x += px(NUMBER)
        told = words.clock(row.at_s, tenths=True)
        painter.drawText(QRect(x, line.top(), px(TIME), line.height()), middle, told)
        paint_speaker(painter, theme, x + px(TIME), line.top() + 1, row.speaker)
        view: QWidget | None = option.widget
        layout, high = self._layout(row, self._width(view))
        left = rect.left() + self._text_left()
        layout.draw(painter, QPointF(left, line.top()))
        if row.unheard:
            end = layout.lineAt(layout.lineCount() - 1).naturalTextWidth()
            self._paint_badge(painter, left + end + 8, line.top() + high - line.height(), line)
        if row.response_ms is not None and not self.hides_figures:
            self._paint_response(painter, rect, line, row.response_ms)

    def _paint_badge(self, painter: QPainter, x: float, y: float, line: QRect) -> None:
        theme, font = self._theme, self._theme.font("label")
        width = QFontMetricsF(font).horizontalAdvance(NOT_HEARD) + 10
        box = QRectF(round(x) + 0.5, y + 0.5, round(width), line.height() - 1)
        painter.setPen(theme.pen("line3", 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(font)
        painter.setPen(theme.color("t2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, NOT_HEARD)

    def _paint_response(self, painter: QPainter, rect: QRect, line: QRect, value: float) -> None:
        theme = self._theme
        token = "overlap" if value < 0 else theme.latency_token(value, *self._bands)
        painter.setFont(theme.font("small", 600))
        painter.setPen(theme.color("t2" if token == "latOk" else token))
        box = QRect(rect.right() - Size.INSET - 80, line.top(), 80, line.height())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, flags, words.ms(value))


def _range(start: int, length: int, what: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = start, length, what
    return found


class CaptionsList(LineList):
    """The transcript of the call."""

    def __init__(
        self, theme: Theme, slow_ms: float, late_ms: float, parent: QWidget | None = None
    ) -> None:
        self.look = CaptionDelegate(theme, slow_ms, late_ms)
        super().__init__(theme, self.look, "Transcript", parent)
