"""Paints failures: heads of kinds; code, evaluator, the reason in a frame."""

from __future__ import annotations

from PySide6.QtCore import (
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.library.words import thousands
from app.ui.runs.failure_model import FailureModel, FailureRow, Index, KindHead
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import LEFT, RIGHT, write_line

ROW_PX = 26
CODE_SAMPLE = "CB-00000"
CHIP_PAD = 6
_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVER = QStyle.StateFlag.State_MouseOver.value


class FailureDelegate(QStyledItemDelegate):
    """Paints code, evaluator, the reason in a frame, and how often it was tried."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """26 px a line."""
        return QSize(60, self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a head or a failure."""
        model = index.model()
        assert isinstance(model, FailureModel)
        row, rect, theme = model.rows[index.row()], option.rect, self._theme
        area = rect.adjusted(Size.INSET, 0, -Size.INSET, 0)
        if isinstance(row, KindHead):
            font = theme.font("small")
            write_line(painter, theme, area, row.words, font, "t3", LEFT)
            write_line(painter, theme, area, thousands(row.count), font, "t3", RIGHT)
            return
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect)
        elif option.state.value & _HOVER:
            painter.fillRect(rect, theme.mixed("bg3", 0.5, "bg1"))
        self._failure(painter, area, row)

    def _failure(self, painter: QPainter, area: QRect, row: FailureRow) -> None:
        theme, failure = self._theme, row.failure
        mono, small, label = theme.font("mono_small"), theme.font("small"), theme.font("label")
        tries = f"tried {failure.attempt}×" if failure.attempt > 1 else ""
        write_line(painter, theme, area, tries, label, "t3", RIGHT)
        room = QFontMetrics(label).horizontalAdvance(tries) + 10 if tries else 0
        code_px = QFontMetrics(mono).horizontalAdvance(CODE_SAMPLE) + 14
        write_line(painter, theme, area, failure.code, mono, "t1", LEFT)
        left = area.left() + code_px
        most = max(40, (area.width() - code_px - room) * 40 // 100)
        title_px = min(QFontMetrics(small).horizontalAdvance(row.title) + 2, most)
        title = QRect(left, area.top(), title_px, area.height())
        write_line(painter, theme, title, row.title, small, "t2", LEFT)
        left += title_px + 10
        self._chip(painter, left, area.right() + 1 - room - left, area, failure.reason)

    def _chip(self, painter: QPainter, left: int, room: int, area: QRect, reason: str) -> None:
        theme = self._theme
        font = theme.font("label")
        metrics = QFontMetrics(font)
        words = metrics.elidedText(reason, Qt.TextElideMode.ElideRight, room - 2 * CHIP_PAD)
        high = theme.px(18)
        top = area.top() + (area.height() - high) // 2
        wide = metrics.horizontalAdvance(words) + 2 * CHIP_PAD
        box = QRectF(left + 0.5, top + 0.5, wide - 1, high - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, Size.RADIUS_CAP, Size.RADIUS_CAP)
        painter.setFont(font)
        painter.setPen(theme.color("t1"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()
