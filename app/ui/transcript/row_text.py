"""Lays out and paints the text of a transcript's row. Plain text, whatever it holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.transcript.rows import Piece, Row

PAD_PX, DENSE_PAD_PX = 6, 4
TEXT_X, TEXT_FROM_RIGHT = 142, 180
FAUX_BOLD_PX = 0.55


class RowText:
    """The text column of rows `width` px wide."""

    def __init__(self, theme: Theme, *, dense: bool = False) -> None:
        self.theme, self.dense = theme, dense
        self.width = 800

    @property
    def pad(self) -> int:
        """Space above and below the text."""
        return self.theme.px(DENSE_PAD_PX if self.dense else PAD_PX)

    @property
    def text_left(self) -> int:
        """Left edge of the text."""
        return self.theme.px(TEXT_X)

    @property
    def text_width(self) -> int:
        """Width that the text may take."""
        return max(80, self.width - self.text_left - self.theme.px(TEXT_FROM_RIGHT))

    def layout(self, row: Row) -> QTextLayout:
        """The row's text in lines; what was not heard is italic."""
        layout = QTextLayout(row.text or " ", self.theme.font("body"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(self._formats(row))
        layout.setCacheEnabled(True)
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.text_width)
            line.setPosition(QPointF(0, y))
            y += self.theme.line("body")
        layout.endLayout()
        return layout

    def _formats(self, row: Row) -> list[QTextLayout.FormatRange]:
        return [
            format_range(p.start, end - p.start, self._piece_format(row, p))
            for p, end in zip(row.pieces, _ends(row.pieces))
            if not p.heard or p.unsure or p.redacted
        ]

    def _piece_format(self, row: Row, piece: Piece) -> QTextCharFormat:
        shape = QTextCharFormat()
        if piece.redacted:  # a bar; the words are in its tip
            shape.setForeground(self.theme.color("t3"))
            shape.setBackground(self.theme.color("t3"))
        elif not piece.heard:
            shape.setFontItalic(True)
            shape.setForeground(self.theme.color("t3"))
            shape.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            shape.setUnderlineColor(self.theme.color("t3"))
        elif piece.unsure:
            shape.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
            shape.setUnderlineColor(self.theme.color("warn"))
        return shape

    def height(self, layout: QTextLayout, row: Row) -> int:
        """Height of a row, the dividing line included."""
        lines = layout.lineCount()
        if row.unheard_s and self._chip_x(layout, row) is None:
            lines += 1
        return lines * self.theme.line("body") + 2 * self.pad + 1

    def guess_height(self, row: Row) -> int:
        """About the height, without laying anything out."""
        per_line = max(1, int(self.text_width / (self.theme.px(100) / 15.5)))
        lines = max(1, -(-len(row.text) // per_line))
        return lines * self.theme.line("body") + 2 * self.pad + 1

    def char_at(self, layout: QTextLayout, x: float, y: float) -> int | None:
        """The character at (x, y) of the row; None beside the text."""
        line_px = self.theme.line("body")
        n = int((y - self.pad) // line_px)
        if not 0 <= n < layout.lineCount():
            return None
        line = layout.lineAt(n)
        inside = x - self.text_left
        if not 0 <= inside <= line.naturalTextWidth():
            return None
        return line.xToCursor(inside, QTextLine.CursorPosition.CursorOnCharacter)

    def paint(
        self,
        painter: QPainter,
        origin: QPointF,
        row: Row,
        layout: QTextLayout,
        *,
        sounding: Piece | None,
        matches: Sequence[tuple[int, int]],
    ) -> None:
        """Paint the text with its top left corner at `origin`."""
        theme = self.theme
        if not row.text:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("t3"))
            words = "no transcript" if not row.note else row.note
            box = QRectF(origin.x(), origin.y(), self.text_width, theme.line("body"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
            return
        painter.setPen(theme.color("t2" if row.turn is None else "t1"))
        marks = [format_range(a, n, self._match_format()) for a, n in matches]
        layout.draw(painter, origin, marks)
        if sounding is not None and not sounding.redacted:
            self._paint_sounding(painter, origin, layout, sounding)
        if row.unheard_s:
            self._paint_chip(painter, origin, row, layout)

    def _match_format(self) -> QTextCharFormat:
        shape = QTextCharFormat()
        shape.setBackground(self.theme.color("warn"))
        shape.setForeground(self.theme.color("inkDark" if self.theme.is_dark else "inkLight"))
        return shape

    def _paint_sounding(
        self, painter: QPainter, origin: QPointF, layout: QTextLayout, piece: Piece
    ) -> None:
        """The word that is heard: bolder without getting wider, underlined in the accent."""
        for n in range(layout.lineCount()):
            line = layout.lineAt(n)
            start = max(piece.start, line.textStart())
            end = min(piece.end, line.textStart() + line.textLength())
            if start >= end:
                continue
            x0, x1 = (_x(line.cursorToX(c)) for c in (start, end))
            y = origin.y() + line.y()
            box = QRectF(origin.x() + x0, y, x1 - x0 + 1, self.theme.line("body"))
            painter.save()
            painter.setClipRect(box)
            layout.draw(painter, QPointF(origin.x() + FAUX_BOLD_PX, origin.y()))
            painter.restore()
            bar = QRectF(box.left(), box.bottom() - 1, x1 - x0, 2)
            painter.fillRect(bar, self.theme.color("accent"))

    # the words "not heard" -------------------------------------------------------------------

    def _chip_text(self, row: Row) -> str:
        return f"not heard, {row.unheard_s:.1f} s"

    def _chip_width(self, row: Row) -> int:
        metrics = QFontMetrics(self.theme.font("label"))
        return metrics.horizontalAdvance(self._chip_text(row)) + 14

    def _chip_x(self, layout: QTextLayout, row: Row) -> float | None:
        """Where the chip stands on the last line; None where it needs a line of its own."""
        line = layout.lineAt(layout.lineCount() - 1)
        x = line.naturalTextWidth() + 8
        return x if x + self._chip_width(row) <= self.text_width else None

    def _paint_chip(
        self, painter: QPainter, origin: QPointF, row: Row, layout: QTextLayout
    ) -> None:
        theme, x = self.theme, self._chip_x(layout, row)
        line_px = theme.line("body")
        n = layout.lineCount() - (0 if x is None else 1)
        box = QRectF(
            origin.x() + (x or 0), origin.y() + n * line_px, self._chip_width(row), line_px
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line3"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            box.adjusted(0.5, 1.5, -0.5, -1.5), Size.RADIUS_CAP, Size.RADIUS_CAP
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._chip_text(row))


def _ends(pieces: Sequence[Piece]) -> list[int]:
    """Where each piece's format ends: redacted words in a row are one bar."""
    later = [*pieces[1:], None]
    return [
        after.start if p.redacted and after is not None and after.redacted else p.end
        for p, after in zip(pieces, later)
    ]


def format_range(start: int, length: int, shape: QTextCharFormat) -> QTextLayout.FormatRange:
    """A format over a run of characters."""
    made = QTextLayout.FormatRange()
    made.start, made.length = start, length
    made.format = shape
    return made


def _x(value: object) -> float:
    """`QTextLine.cursorToX` gives a number, or a tuple of it and the position."""
    return float(value[0]) if isinstance(value, tuple) else float(value)  # type: ignore[arg-type]
