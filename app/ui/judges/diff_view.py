"""Two versions of a judge's texts side by side, with signs, so that no colour is needed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.services.judging.prompt_diff import DiffRow, Line, PromptDiff
from app.ui.theme import Theme
from app.ui.tokens import Size

NUMBER_PX, SIGN_PX, PAD_PX, PART_PX = 40, 18, 10, 28
_SIGNS = {"removed": ("−", ""), "added": ("", "+"), "changed": ("−", "+")}


@dataclass(slots=True)
class _Laid:
    """A row as it lies: its top and height, and the laid-out text of each side."""

    row: DiffRow
    top: float
    height: float
    left: QTextLayout | None
    right: QTextLayout | None


class DiffView(QAbstractScrollArea):
    """Earlier left, later right. `moved(n)` tells at which change one stands, from 0."""

    moved = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._diff = PromptDiff(fields=(), rows=())
        self._laid: list[_Laid] = []
        self.current = -1
        """Which change one stands at; −1 before the first."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", "inside")
        self.setAccessibleName("Differences")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(theme.line("mono_small"))
        theme.changed.connect(self._lay_out)

    def show_diff(self, found: PromptDiff) -> None:
        """Show other differences, at the first of them."""
        self._diff, self.current = found, -1
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        if found.changes:
            self.step(1)

    def step(self, by: int) -> None:
        """To the next or previous change."""
        changes = self._diff.changes
        if not changes:
            return
        self.current = max(0, min(len(changes) - 1, self.current + by))
        self._reveal()
        self.setAccessibleDescription(self._spoken(changes[self.current]))
        self.viewport().update()
        self.moved.emit(self.current)

    def _reveal(self) -> None:
        """Bring the change one stands at into the upper third."""
        changes = self._diff.changes
        if 0 <= self.current < len(changes):
            row = self._laid[changes[self.current]]
            self.verticalScrollBar().setValue(round(row.top - self.viewport().height() / 3))

    def _spoken(self, at: int) -> str:
        row = self._diff.rows[at]
        old, new = (side.text if side else "" for side in (row.left, row.right))
        return f"Was: {old or 'nothing'}. Is: {new or 'nothing'}."

    # layout -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew; what one stands at stays in sight."""
        super().resizeEvent(event)
        self._lay_out()
        self._reveal()

    def _side_px(self) -> int:
        return self.viewport().width() // 2

    def _text_px(self) -> float:
        theme = self._theme
        used = theme.px(NUMBER_PX) + theme.px(SIGN_PX) + PAD_PX
        return max(80.0, float(self._side_px() - used))

    def _lay_out(self) -> None:
        font = self._theme.font("mono_small")
        font.setFeature(QFont.Tag("calt"), 0)
        top, least = 0.0, float(self._theme.line("mono_small"))
        self._laid = []
        for row in self._diff.rows:
            if row.kind == "part":
                height, left, right = float(self._theme.px(PART_PX)), None, None
            else:
                left = self._laid_line(row.left, font, removed=True)
                right = self._laid_line(row.right, font, removed=False)
                sides = [s.boundingRect().height() for s in (left, right) if s is not None]
                height = max(least, *sides) + 2
            self._laid.append(_Laid(row, top, height, left, right))
            top += height
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, round(top) + PAD_PX - self.viewport().height()))
        self.viewport().update()

    def _laid_line(self, line: Line | None, font: QFont, *, removed: bool) -> QTextLayout | None:
        if line is None:
            return None
        laid = QTextLayout(line.text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        laid.setTextOption(option)
        laid.setFormats(self._formats(line, removed=removed))
        laid.beginLayout()
        y = 0.0
        while (wrapped := laid.createLine()).isValid():
            wrapped.setLineWidth(self._text_px())
            wrapped.setPosition(QPointF(0, y))
            y += max(wrapped.height(), self._theme.line("mono_small"))
        laid.endLayout()
        return laid

    def _formats(self, line: Line, *, removed: bool) -> list[QTextLayout.FormatRange]:
        if len(line.pieces) == 1:
            return []
        found, at = [], 0
        for piece in line.pieces:
            if piece.changed:
                look = QTextCharFormat()
                look.setBackground(QBrush(self._strong(removed=removed)))
                look.setFontUnderline(not removed)
                look.setFontStrikeOut(removed)
                span = QTextLayout.FormatRange()
                span.start, span.length, span.format = at, len(piece.text), look
                found.append(span)
            at += len(piece.text)
        return found

    def _strong(self, *, removed: bool) -> QColor:
        return self._theme.mixed("danger" if removed else "success", 0.30, "canvas")

    def _soft(self, *, removed: bool) -> QColor:
        return self._theme.mixed("danger" if removed else "success", 0.12, "canvas")

    # painting -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        painter, theme = QPainter(self.viewport()), self._theme
        painter.fillRect(event.rect(), theme.color("canvas"))
        offset, half = self.verticalScrollBar().value(), self._side_px()
        changes = self._diff.changes
        here = changes[self.current] if 0 <= self.current < len(changes) else -1
        inside = False
        for at, laid in enumerate(self._laid):
            differs = laid.row.kind in _SIGNS
            inside = differs and (inside or at == here)
            top = laid.top - offset
            if top + laid.height < event.rect().top() or top > event.rect().bottom():
                continue
            if laid.row.kind == "part":
                self._part(painter, laid, round(top))
                continue
            self._side(painter, laid, round(top), 0)
            self._side(painter, laid, round(top), half)
            if inside:
                bar = QRectF(0, top, Size.SELECTION_BAR, laid.height)
                painter.fillRect(bar, theme.color("accent"))
        painter.fillRect(QRect(half, 0, 1, self.viewport().height()), theme.color("line1"))

    def _part(self, painter: QPainter, laid: _Laid, top: int) -> None:
        theme = self._theme
        rect = QRect(0, top, self.viewport().width(), round(laid.height))
        painter.fillRect(rect, theme.color("bg0"))
        painter.setFont(theme.font("label", 500))
        painter.setPen(theme.color("t2"))
        for left in (0, self._side_px()):
            box = rect.adjusted(left + Size.INSET, 0, 0, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, laid.row.title)

    def _side(self, painter: QPainter, laid: _Laid, top: int, left: int) -> None:
        theme, row = self._theme, laid.row
        removed = left == 0
        line, text = (row.left, laid.left) if removed else (row.right, laid.right)
        rect = QRect(left, top, self._side_px(), round(laid.height))
        if line is None or text is None:
            painter.fillRect(rect, theme.color("bg1"))
            return
        if row.kind in _SIGNS:
            painter.fillRect(rect, self._soft(removed=removed))
        painter.setFont(theme.font("mono_small"))
        painter.setPen(theme.color("t3"))
        height = theme.line("mono_small")
        number = QRect(left, top + 1, theme.px(NUMBER_PX) - 6, height)
        painter.drawText(number, Qt.AlignmentFlag.AlignRight, str(line.number))
        sign = _SIGNS.get(row.kind, ("", ""))[0 if removed else 1]
        at = left + theme.px(NUMBER_PX)
        painter.setPen(theme.color("danger" if removed else "success"))
        box = QRect(at, top + 1, theme.px(SIGN_PX), height)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, sign)
        painter.setPen(theme.color("t1" if row.kind in _SIGNS else "t2"))
        text.draw(painter, QPointF(at + theme.px(SIGN_PX), top + 1))
