"""Paints the list of runs: heads on the darkest surface, runs in two lines, bars of steps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.icons import paint_icon
from app.ui.runs.bars import paint_bar
from app.ui.runs.columns import COLUMNS, Column, Key
from app.ui.runs.model import RunTableModel
from app.ui.runs.rows import GROUP_TITLES, GroupRow, RunRow
from app.ui.theme import Theme
from app.ui.widgets.line_text import LEFT, RIGHT, write_line

ROW_PX, GROUP_PX = 46, 28
BAR_PX, BAR_GAP_PX = 6, 4
PAD, EDGE = 8, 16
_SELECTED = QStyle.StateFlag.State_Selected.value

Index = QModelIndex | QPersistentModelIndex


class RunDelegate(QStyledItemDelegate):
    """One delegate for heads and runs."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._painters: dict[Key, Callable[[QPainter, QRect, RunRow, Column], None]] = {
            "icon": self._icon,
            "run": self._run,
            "now": self._now,
            "steps": self._steps,
            "where": self._plain,
            "started": self._plain,
            "time": self._plain,
            "cost": self._plain,
        }

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """46 px for a run, 28 for a head."""
        model = index.model()
        assert isinstance(model, RunTableModel)
        is_run = model.run_row(index.row()) is not None
        return QSize(60, self._theme.px(ROW_PX if is_run else GROUP_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, cell, hairline."""
        rect, theme = option.rect, self._theme
        model = index.model()
        assert isinstance(model, RunTableModel)
        row = model.rows[index.row()]
        if isinstance(row, GroupRow):
            self._group(painter, rect, row)
            return
        is_selected = bool(option.state.value & _SELECTED)
        if is_selected:
            theme.paint_selection(painter, rect, first=index.column() == 0)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        column = COLUMNS[index.column()]
        self._painters[column.key](painter, rect.adjusted(0, 0, 0, -1), row, column)

    def _group(self, painter: QPainter, rect: QRect, row: GroupRow) -> None:
        theme = self._theme
        painter.fillRect(rect, theme.color("bg0"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        font, area = theme.font("label", 500), rect.adjusted(EDGE, 0, -EDGE, -1)
        title = GROUP_TITLES[row.group]
        write_line(painter, theme, area, title, font, "t2", LEFT)
        left = QFontMetrics(font).horizontalAdvance(title) + 10
        write_line(painter, theme, area.adjusted(left, 0, 0, 0), f"{row.count}", font, "t3", LEFT)

    def _icon(self, painter: QPainter, rect: QRect, row: RunRow, _column: Column) -> None:
        size = self._theme.px(16)
        area = QRect(rect.left() + EDGE, rect.top(), size, rect.height())
        paint_icon(painter, self._theme, row.icon, area, row.icon_token, size=size)

    def _lines(self, rect: QRect) -> tuple[QRect, QRect]:
        """Where the two lines of a row lie."""
        theme = self._theme
        upper, lower = theme.line("body"), theme.line("label")
        top = rect.top() + (rect.height() - upper - lower - 1) // 2
        area = rect.adjusted(PAD, 0, -PAD, 0)
        return (
            QRect(area.left(), top, area.width(), upper),
            QRect(area.left(), top + upper + 1, area.width(), lower),
        )

    def _run(self, painter: QPainter, rect: QRect, row: RunRow, _column: Column) -> None:
        upper, lower = self._lines(rect)
        font, small = self._theme.font("body", 500), self._theme.font("label")
        write_line(painter, self._theme, upper, row.run.title, font, "t1", LEFT)
        write_line(painter, self._theme, lower, row.covers, small, "t2", LEFT)

    def _now(self, painter: QPainter, rect: QRect, row: RunRow, _column: Column) -> None:
        area = rect.adjusted(PAD, 0, -PAD, 0)
        write_line(
            painter, self._theme, area, row.now, self._theme.font("small"), row.now_token, LEFT
        )

    def _steps(self, painter: QPainter, rect: QRect, row: RunRow, _column: Column) -> None:
        theme = self._theme
        height, line = BAR_PX, theme.line("label")
        top = rect.top() + (rect.height() - height - BAR_GAP_PX - line) // 2
        area = QRect(rect.left() + PAD, top, rect.width() - 2 * PAD, height)
        paint_bar(painter, theme, area, row.share, row.failed_share, row.bar_token)
        count = QRect(area.left(), top + height + BAR_GAP_PX, area.width(), line)
        write_line(painter, theme, count, row.steps, theme.font("label"), "t2", LEFT)

    def _plain(self, painter: QPainter, rect: QRect, row: RunRow, column: Column) -> None:
        cells = {"where": row.where, "started": row.started, "time": row.time, "cost": row.cost}
        text = cells[column.key]
        token = "t1" if column.key == "time" else "t2"
        last = rect.right() + 1 >= self._view.viewport().width()
        area = rect.adjusted(PAD, 0, -(EDGE if last else PAD), 0)
        flags = RIGHT if column.right else LEFT
        write_line(painter, self._theme, area, text, self._theme.font("small"), token, flags)
