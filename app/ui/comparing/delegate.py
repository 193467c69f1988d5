"""Paints a comparison's rows: two lines for the metric, a forest of intervals, verdicts."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.comparing.model import COLUMNS, Column, CompareModel
from app.ui.comparing.rows import VERDICT_TOKENS, MetricRow
from app.ui.theme import Theme

ROW_PX = 40
PAD, EDGE = 8, 16
BAR_PX, DOT_PX, SHAPE_PX = 4, 7, 9
_SELECTED = QStyle.StateFlag.State_Selected.value
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TOKENS = {"n": "t3", "a": "t2", "b": "t2", "difference": "t1", "p": "t2"}

Index = QModelIndex | QPersistentModelIndex


class CompareDelegate(QStyledItemDelegate):
    """One delegate for all columns."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """40 px high."""
        return QSize(60, self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, cell, hairline."""
        rect, theme = option.rect, self._theme
        model = index.model()
        assert isinstance(model, CompareModel)
        row, column = model.rows[index.row()], COLUMNS[index.column()]
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect, first=index.column() == 0)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        area = rect.adjusted(EDGE if index.column() == 0 else PAD, 0, -PAD, -1)
        if column.key == "metric":
            self._metric(painter, area, row)
        elif column.key == "interval":
            self._interval(painter, area, row)
        elif column.key == "verdict":
            self._verdict(painter, area, row)
        else:
            self._plain(painter, area, row, column)

    def _write(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        font: QFont,
        token: str,
        flags: Qt.AlignmentFlag,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
        painter.drawText(area, flags, fitting)

    def _metric(self, painter: QPainter, area: QRect, row: MetricRow) -> None:
        theme = self._theme
        upper, lower = theme.line("small"), theme.line("label")
        title = row.metric.title + (f", {row.metric.unit}" if row.metric.unit else "")
        if not row.under:
            self._write(painter, area, title, theme.font("small", 500), "t1", _LEFT)
            return
        top = area.top() + (area.height() - upper - lower - 1) // 2
        first = QRect(area.left(), top, area.width(), upper)
        second = QRect(area.left(), top + upper + 1, area.width(), lower)
        self._write(painter, first, title, theme.font("small", 500), "t1", _LEFT)
        self._write(painter, second, row.under, theme.font("label"), "t3", _LEFT)

    def _plain(self, painter: QPainter, area: QRect, row: MetricRow, column: Column) -> None:
        font = self._theme.font("small", 500 if column.key == "difference" else None)
        self._write(painter, area, row.cells()[column.key], font, _TOKENS[column.key], _RIGHT)

    def _interval(self, painter: QPainter, area: QRect, row: MetricRow) -> None:
        """The zero line, the interval as a bar on it, the difference as a dot."""
        theme = self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, half = area.center().x() + 0.5, area.width() / 2 - DOT_PX
        y = area.center().y() + 0.5
        painter.fillRect(QRectF(middle - 0.5, area.top(), 1, area.height()), theme.color("line2"))
        verdict = row.metric.verdict
        token = "line3" if verdict == "unclear" else VERDICT_TOKENS[verdict]
        if row.low is not None and row.high is not None:
            left, right = middle + row.low * half, middle + row.high * half
            bar = QRectF(left, y - BAR_PX / 2, max(right - left, 1), BAR_PX)
            painter.fillRect(bar, theme.mixed(token, 0.7, "bg1"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("t1" if verdict == "unclear" else token))
        radius = DOT_PX / 2
        painter.drawEllipse(QPointF(middle + row.share * half, y), radius, radius)
        painter.restore()

    def _verdict(self, painter: QPainter, area: QRect, row: MetricRow) -> None:
        theme, verdict = self._theme, row.metric.verdict
        token, side = VERDICT_TOKENS[verdict], theme.px(SHAPE_PX)
        box = QRectF(area.left(), area.center().y() + 0.5 - side / 2, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(token))
        paint_shape(painter, box, verdict)
        painter.restore()
        words = area.adjusted(side + 6, 0, 0, 0)
        font = theme.font("small", None if verdict == "unclear" else 500)
        self._write(painter, words, verdict, font, token, _LEFT)


def paint_shape(painter: QPainter, box: QRectF, verdict: str) -> None:
    """A shape for each verdict: up, down, a diamond, a dash; in the painter's brush."""
    left, right, top, bottom = box.left(), box.right(), box.top(), box.bottom()
    x, y = box.center().x(), box.center().y()
    points = {
        "better": ((x, top), (right, bottom), (left, bottom)),
        "worse": ((left, top), (right, top), (x, bottom)),
        "other": ((x, top), (right, y), (x, bottom), (left, y)),
    }.get(verdict, ((left, y - 0.75), (right, y - 0.75), (right, y + 0.75), (left, y + 0.75)))
    painter.drawPolygon(QPolygonF([QPointF(*p) for p in points]))
