"""A table of figures in which one cell is selected; its heads stay where the rest scrolls."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from app.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex


class SideHead(QHeaderView):
    """The head at the left: as wide as it is told; `current` is the row that it marks."""

    def __init__(self, theme: Theme, name: str, width_px: int) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._theme, self._width_px = theme, width_px
        self.current = -1
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName(name)
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's measures."""
        self.setFixedWidth(self._theme.px(self._width_px))

    def sizeHint(self) -> QSize:
        """As wide as it is."""
        return QSize(self._theme.px(self._width_px), super().sizeHint().height())


class CellTable(QTableView):
    """Columns share the width between a least and a most one; keys and clicks move the cell."""

    opened = Signal()
    """A double click: go on to what is behind the figure."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def set_up(
        self,
        name: str,
        model: QAbstractItemModel,
        delegate: QAbstractItemDelegate,
        top: QHeaderView,
        side: SideHead,
        sizes_px: tuple[int, int, int],
    ) -> None:
        """Put the parts in; once, when the table is made.

        Args:
            name: for screen readers.
            model: what is shown.
            delegate: paints the cells.
            top: the head above.
            side: the head at the left.
            sizes_px: height of a row, and least and most width of a column, before scaling.
        """
        self._top, self._side, self._sizes_px = top, side, sizes_px
        self.setModel(model)
        self.setHorizontalHeader(top)
        self.setVerticalHeader(side)
        self.setItemDelegate(delegate)
        self.setAccessibleName(name)
        self.setProperty("ring", "inside")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self._theme.changed.connect(self.restyle)
        self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Few columns are wider."""
        super().resizeEvent(event)
        self.widen()

    def widen(self) -> None:
        """Give the columns the width that there is."""
        _row, least, most = (self._theme.px(px) for px in self._sizes_px)
        room = self.viewport().width() // max(1, self.model().columnCount())
        self._top.setDefaultSectionSize(min(max(room, least), most))

    def restyle(self) -> None:
        """Take the theme's measures."""
        self.widen()
        self._side.setDefaultSectionSize(self._theme.px(self._sizes_px[0]))
        self._side.restyle()
        for head in (self._top, self._side):
            head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def go(self, row: int, column: int) -> None:
        """Select a cell, and bring it into sight."""
        rows, columns = self.model().rowCount(), self.model().columnCount()
        if not rows or not columns:
            return
        index = self.model().index(min(max(row, 0), rows - 1), min(max(column, 0), columns - 1))
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def step(self, rows: int, columns: int) -> None:
        """To a neighbour."""
        at = self.currentIndex()
        self.go(max(at.row(), 0) + rows, max(at.column(), 0) + columns)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Mark the row at the left."""
        super().currentChanged(current, previous)
        self._side.current = current.row()
        self._side.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End go through the columns; all else as usual."""
        at = self.currentIndex()
        if at.isValid() and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go(at.row(), 0 if event.key() == Qt.Key.Key_Home else 10**6)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the surface, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        painter.end()
        super().paintEvent(event)
