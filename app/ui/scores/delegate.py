"""Paints a cell: the figure over n and interval, on a tint by where it lies in its column."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.scores.heads import PAD
from app.ui.scores.model import ScoresModel
from app.ui.scores.rows import cell_words
from app.ui.scores.words import share
from app.ui.theme import Theme
from app.ui.widgets.line_text import RIGHT

ROW_PX, CELL_PX, MOST_CELL_PX = 44, 94, 128
LEAST_TINT, MOST_TINT = 0.02, 0.2
_SELECTED = QStyle.StateFlag.State_Selected.value

Index = QModelIndex | QPersistentModelIndex


class ScoreDelegate(QStyledItemDelegate):
    """One delegate for all cells."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """44 px high."""
        return QSize(self._theme.px(CELL_PX), self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Tint, both lines, hairlines, the frame of the selected cell."""
        theme, rect = self._theme, option.rect
        model = index.model()
        assert isinstance(model, ScoresModel)
        shown, row, column = model.shown, index.row(), index.column()
        cell = shown.cell(row, column)
        painter.save()
        whole = shown.is_whole(row)
        tint = shown.tints.get((row, column))
        ground = theme.color("bg0" if whole else "bg1")
        if tint is not None and not whole and not theme.is_contrast:
            amount = LEAST_TINT + (MOST_TINT - LEAST_TINT) * tint
            ground = theme.mixed("accent", amount, "bg1")
        painter.fillRect(rect, ground)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        if column and shown.columns[column - 1].group != shown.columns[column].group:
            painter.fillRect(QRect(rect.left(), rect.top(), 1, rect.height()), theme.color("line1"))
        upper, lower = theme.line("small"), theme.line("label")
        top = rect.top() + (rect.height() - upper - lower - 3) // 2
        first = QRect(rect.left() + PAD, top, rect.width() - 2 * PAD, upper)
        second = QRect(rect.left() + 2, top + upper + 2, rect.width() - PAD - 2, lower)
        value, under = cell_words(cell)
        painter.setFont(theme.font("small", 600 if whole else 500))
        painter.setPen(theme.color("t1" if cell.value is not None else "t3"))
        painter.drawText(first, RIGHT, value)
        other = shown.other(row, column)
        painter.setFont(theme.font("label"))
        if other is not None and cell.value is not None:
            painter.setPen(theme.color("accent"))
            painter.drawText(second, RIGHT, f"what if {share(other.value)}")
        else:
            painter.setPen(theme.color("t3"))
            painter.drawText(second, RIGHT, under)
        if option.state.value & _SELECTED:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
        painter.restore()
