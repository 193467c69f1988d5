"""Paints a cell of the matrix: verdict over a small axis with interval, point and ceiling."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.eval.agreement.resampling import Estimate
from app.services.calibrating.agreement import Cell
from app.ui.calibrating import words
from app.ui.calibrating.ladder_icon import icon_width, paint_ladder
from app.ui.calibrating.matrix_model import AWAITED, NOT_SCORED, MatrixModel
from app.ui.theme import Theme
from app.ui.widgets.line_text import RIGHT, write_line

ROW_PX, LEAST_PX, MOST_PX, PAD = 54, 122, 300, 10
FIGURE_PX = 36
LOW, HIGH, TICKS = 0.0, 1.0, (0.0, 0.5, 1.0)
"""Of the axis: agreement from chance to perfect; what lies below is told by an arrow."""
_SELECTED = QStyle.StateFlag.State_Selected.value
_BAR, _POINT, _CEILING = 6.0, 3.0, 14.0

Index = QModelIndex | QPersistentModelIndex


class MatrixDelegate(QStyledItemDelegate):
    """One delegate for all cells."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """54 px high."""
        return QSize(self._theme.px(LEAST_PX), self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, hairlines, verdict, axis, figure, the frame of the selected cell."""
        theme, rect = self._theme, option.rect
        model = index.model()
        assert isinstance(model, MatrixModel)
        shown, row, column = model.shown, index.row(), index.column()
        is_on = bool(option.state.value & _SELECTED)
        painter.save()
        ground = "tint" if is_on and not theme.is_contrast else "bg1"
        painter.fillRect(rect, theme.color(ground))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), theme.color("line1"))
        area = rect.adjusted(theme.px(PAD), 0, -theme.px(PAD), -1)
        cell = shown.cell(row, column)
        if cell is not None:
            self._cell(painter, area, cell)
        else:
            told = AWAITED if shown.is_scored(row, column) else NOT_SCORED
            write_line(painter, theme, area, told, theme.font("label"), "t3")
        if is_on:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def _cell(self, painter: QPainter, area: QRect, cell: Cell) -> None:
        theme, evidence = self._theme, cell.found.evidence
        state = cell.verdict.state
        high = theme.line("small")
        top = area.top() + (area.height() - 2 * high - theme.px(4)) // 2
        first = QRect(area.left(), top, area.width(), high)
        second = QRect(area.left(), first.bottom() + theme.px(5), area.width(), high)
        paint_ladder(painter, theme, first.left(), first.bottom() - theme.px(2), state)
        token = {0: "t3", 1: "danger"}.get(state, "t1")
        told = first.adjusted(icon_width(theme) + theme.px(7), 0, theme.px(6), 0)
        font = theme.font("small")
        name = words.state_words(cell.verdict, evidence.items)
        if QFontMetrics(font).horizontalAdvance(name) > told.width():
            name = name.partition(",")[0]
        write_line(painter, theme, told, name, font, token)
        judge = cell.agreement
        if judge.value is None:
            write_line(painter, theme, second, words.UNDEFINED, theme.font("small"), "t3", RIGHT)
            return
        ink = "t3" if state == 0 else "t1"
        font = theme.font("body", 600)
        write_line(painter, theme, second, words.number(judge.value), font, ink, RIGHT)
        axis = second.adjusted(0, 0, -theme.px(FIGURE_PX + 8), 0)
        paint_axis(painter, theme, QRectF(axis), judge, evidence.agreement.human, grey=state == 0)


def paint_axis(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    judge: Estimate,
    people: Estimate,
    *,
    grey: bool,
) -> None:
    """A line from 0 to 1 with the judge's interval and point, and people's figure as a tick."""
    middle = round(area.center().y()) + 0.5

    def x(value: float) -> float:
        share = (min(max(value, LOW), HIGH) - LOW) / (HIGH - LOW)
        return area.left() + 2 + share * (area.width() - 4)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen("line2"))
    painter.drawLine(QPointF(x(LOW), middle), QPointF(x(HIGH), middle))
    for tick in TICKS:
        painter.drawLine(QPointF(x(tick), middle - 2.5), QPointF(x(tick), middle + 2.5))
    if judge.low is not None and judge.high is not None and judge.high > LOW:
        bar = QRectF(x(judge.low), middle - _BAR / 2, x(judge.high) - x(judge.low), _BAR)
        painter.fillRect(bar, theme.color("line3" if grey else "t3"))
    lowest = judge.low if judge.low is not None else judge.value
    if lowest is not None and lowest < LOW:
        _arrow(painter, theme, area.left(), middle, "line3" if grey else "t1")
    if people.value is not None:
        _ceiling(painter, theme, x(people.value), middle, grey=grey)
    if judge.value is not None and judge.value >= LOW:
        painter.setPen(QPen(theme.color("t3" if grey else "bg1"), 1.2))
        painter.setBrush(theme.color("bg1" if grey else "t1"))
        painter.drawEllipse(QPointF(x(judge.value), middle), _POINT + 0.5, _POINT + 0.5)
    painter.restore()


def _ceiling(painter: QPainter, theme: Theme, x: float, middle: float, *, grey: bool) -> None:
    """A T: what people reach among themselves."""
    half = _CEILING / 2
    painter.setPen(QPen(theme.color("t3" if grey else "accent"), 1.6))
    painter.drawLine(QPointF(x, middle - half), QPointF(x, middle + half))
    painter.drawLine(QPointF(x - 3.5, middle - half), QPointF(x + 3.5, middle - half))


def _arrow(painter: QPainter, theme: Theme, left: float, middle: float, token: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    tip = QPointF(left - 3, middle)
    painter.drawPolygon(
        QPolygonF([tip, QPointF(left + 3, middle - 3.5), QPointF(left + 3, middle + 3.5)])
    )
