"""The matrix of judges and dimensions: one cell is selected; heads stay where the rest scrolls."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.calibrating.matrix_delegate import LEAST_PX, MOST_PX, PAD, ROW_PX, MatrixDelegate
from app.ui.calibrating.matrix_heads import HEAD_PX, DimensionHead, JudgeHead
from app.ui.calibrating.matrix_model import MatrixModel, Shown
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import write_line

Index = QModelIndex | QPersistentModelIndex


class Matrix(QTableView):
    """Judge versions by dimensions. `chosen` tells that another cell is selected by the person."""

    chosen = Signal(str, str)
    """Judge version's id, criterion's key."""
    opened = Signal()
    """A double click: to the votes behind it."""

    def __init__(self, theme: Theme, model: MatrixModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._matrix, self._quiet = theme, model, False
        self.wanted: tuple[str, str] = ("", "")
        """The cell that is selected, or shall be once it is there."""
        self.dimensions, self.judges = DimensionHead(theme, model), JudgeHead(theme, model)
        self.setModel(model)
        self.setHorizontalHeader(self.dimensions)
        self.setVerticalHeader(self.judges)
        self.setItemDelegate(MatrixDelegate(theme, self))
        self.setAccessibleName("Verdicts by judge version and dimension")
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
        theme.changed.connect(self.restyle)
        self._corner = _Corner(theme, self)
        self.restyle()

    def show_matrix(self, shown: Shown) -> None:
        """Show another matrix; the selected cell stays so where it is still there."""
        self._quiet = True
        self._matrix.set_shown(shown)
        self._widen()
        if shown.judges and shown.criteria:
            at = shown.place(*self.wanted) or self._first(shown)
            self.go(*at)
            self.wanted = (shown.judges[at[0]].id, shown.criteria[at[1]].key)
        self._quiet = False

    @staticmethod
    def _first(shown: Shown) -> tuple[int, int]:
        """The first cell that has anything in it."""
        places = (
            (row, column)
            for row in range(len(shown.judges))
            for column in range(len(shown.criteria))
            if shown.is_scored(row, column)
        )
        return next(places, (0, 0))

    @property
    def wanted_height(self) -> int:
        """All rows and the head, px."""
        rows = max(1, len(self._matrix.shown.judges)) * self._theme.px(ROW_PX)
        return self._theme.px(HEAD_PX) + rows + 2

    @property
    def wanted_width(self) -> int:
        """All dimensions at their least width and the judges' names, px."""
        dimensions = max(1, len(self._matrix.shown.criteria)) * self._theme.px(LEAST_PX)
        return self.judges.width() + dimensions + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Few columns are wider; the corner stays on its place."""
        super().resizeEvent(event)
        self._widen()
        self._corner.setGeometry(0, 0, self.judges.width(), self.dimensions.height())

    def _widen(self) -> None:
        least, most = (self._theme.px(px) for px in (LEAST_PX, MOST_PX))
        room = self.viewport().width() // max(1, len(self._matrix.shown.criteria))
        self.dimensions.setDefaultSectionSize(min(max(room, least), most))

    def restyle(self) -> None:
        """Take the theme's measures."""
        self._widen()
        self.judges.setDefaultSectionSize(self._theme.px(ROW_PX))
        self.judges.restyle()
        for head in (self.dimensions, self.judges):
            head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def go(self, row: int, column: int) -> None:
        """Select a cell, and bring it into sight."""
        shown = self._matrix.shown
        if not shown.judges or not shown.criteria:
            return
        row = min(max(row, 0), len(shown.judges) - 1)
        column = min(max(column, 0), len(shown.criteria) - 1)
        index = self._matrix.index(row, column)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def step(self, rows: int, columns: int) -> None:
        """To a neighbour."""
        at = self.currentIndex()
        self.go(max(at.row(), 0) + rows, max(at.column(), 0) + columns)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which cell it is."""
        super().currentChanged(current, previous)
        self.judges.current = current.row()
        self.judges.viewport().update()
        shown = self._matrix.shown
        if self._quiet or not current.isValid():
            return
        self.wanted = (shown.judges[current.row()].id, shown.criteria[current.column()].key)
        self.chosen.emit(*self.wanted)

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


class _Corner(QWidget):
    """Says what the rows are."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Words, hairlines."""
        painter, theme, rect = QPainter(self), self._theme, self.rect()
        painter.fillRect(rect, theme.color("bg1"))
        painter.fillRect(0, rect.bottom(), rect.width(), 1, theme.color("line2"))
        painter.fillRect(rect.right(), 0, 1, rect.height(), theme.color("line1"))
        area = rect.adjusted(Size.INSET, 0, -PAD, -1)
        write_line(painter, theme, area, "Judge version", theme.font("label"), "t3")
