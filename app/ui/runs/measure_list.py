"""The list of what can be measured: Space or a click ticks, Up and Down move."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.runs.measure_model import FamilyHead, Measure, MeasureModel
from app.ui.theme import Theme
from app.ui.widgets.line_text import LEFT, RIGHT, write_line
from app.ui.widgets.tick import paint_tick

ROW_PX = 28
INSET_PX, INDENT_PX, GAP_PX = 12, 20, 8
_FOCUS = QStyle.StateFlag.State_Selected.value
_HOVER = QStyle.StateFlag.State_MouseOver.value

Index = QModelIndex | QPersistentModelIndex


class MeasureDelegate(QStyledItemDelegate):
    """A tick, the evaluator, its metrics in a paler ink; heads on the darkest surface."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """28 px a line."""
        return QSize(60, self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        model, theme, rect = index.model(), self._theme, option.rect
        assert isinstance(model, MeasureModel)
        row = model.rows[index.row()]
        is_head = isinstance(row, FamilyHead)
        state = option.state.value
        if is_head:
            painter.fillRect(rect, theme.color("bg0"))
        if state & _FOCUS:
            theme.paint_selection(painter, rect)
        elif state & _HOVER:
            painter.fillRect(rect, theme.mixed("bg3", 0.5, "bg0" if is_head else "bg1"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.color("line1"))
        left = rect.left() + INSET_PX + (0 if is_head else INDENT_PX)
        middle = rect.center().y() + 0.5
        side = self._tick(painter, left, middle, model.state(row))
        area = rect.adjusted(left - rect.left() + round(side) + GAP_PX, 0, -INSET_PX, -1)
        if isinstance(row, FamilyHead):
            on = sum(name in model.ticked for name in row.names)
            write_line(painter, theme, area, row.title, theme.font("label", 600), "t2", LEFT)
            count = f"{on} of {len(row.names)}"
            write_line(painter, theme, area, count, theme.font("label"), "t3", RIGHT)
        else:
            self._measure(painter, area, row)

    def _tick(self, painter: QPainter, left: int, middle: float, state: Qt.CheckState) -> float:
        theme = self._theme
        side = paint_tick(painter, theme, left, middle, state == Qt.CheckState.Checked)
        if state == Qt.CheckState.PartiallyChecked:
            dash = QRectF(left + side * 0.25, round(middle) - 1, side * 0.5, 2)
            painter.fillRect(dash, theme.color("accent"))
        return side

    def _measure(self, painter: QPainter, area: QRect, row: Measure) -> None:
        theme = self._theme
        font = theme.font("small", 500)
        taken = min(QFontMetrics(font).horizontalAdvance(row.title) + 2, area.width())
        title = QRect(area.left(), area.top(), taken, area.height())
        write_line(painter, theme, title, row.title, font, "t1", LEFT)
        rest = area.adjusted(taken + 12, 0, 0, 0)
        if rest.width() > 40:
            write_line(painter, theme, rest, row.metrics, theme.font("label"), "t3", LEFT)


class MeasureList(QListView):
    """See the module."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.measures = MeasureModel()
        self.setModel(self.measures)
        self.setItemDelegate(MeasureDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("ring", "inside")
        self.setAccessibleName("What to measure")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere on a line ticks it."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)
            self.measures.toggle(index.row())
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two quick clicks are two clicks."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks."""
        if event.key() == Qt.Key.Key_Space:
            self.measures.toggle(self.currentIndex().row())
            return
        super().keyPressEvent(event)


class Framed(QWidget):
    """A 1 px frame around a list and its scroll bar."""

    def __init__(self, theme: Theme, inner: QWidget) -> None:
        super().__init__()
        self._theme = theme
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(inner)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame."""
        painter = QPainter(self)
        painter.setPen(self._theme.pen("line2"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
