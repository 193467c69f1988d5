"""The table of scores: one cell is selected; agents stay while figures scroll sideways."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.scores.delegate import CELL_PX, MOST_CELL_PX, ROW_PX, ScoreDelegate
from app.ui.scores.heads import AgentHead, FigureHead
from app.ui.scores.model import ScoresModel
from app.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex


class ScoresTable(QTableView):
    """Agents by figures. `chosen` tells that another cell is selected."""

    chosen = Signal()
    opened = Signal()
    """A double click: go on to what is behind the figure."""

    def __init__(self, theme: Theme, model: ScoresModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._scores = theme, model
        self._wanted: tuple[str, str] | None = None
        self.figures, self.agents = FigureHead(theme, model), AgentHead(theme, model)
        self.setModel(model)
        self.setHorizontalHeader(self.figures)
        self.setVerticalHeader(self.agents)
        self.setItemDelegate(ScoreDelegate(theme, self))
        self.setAccessibleName("Scores by agent and figure")
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
        model.modelReset.connect(self._on_reset)
        theme.changed.connect(self.restyle)
        self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Few columns are wider."""
        super().resizeEvent(event)
        self._widen()

    def _widen(self) -> None:
        least, most = (self._theme.px(px) for px in (CELL_PX, MOST_CELL_PX))
        room = self.viewport().width() // max(1, len(self._scores.shown.columns))
        self.figures.setDefaultSectionSize(min(max(room, least), most))

    def restyle(self) -> None:
        """Take the theme's measures."""
        self._widen()
        self.agents.setDefaultSectionSize(self._theme.px(ROW_PX))
        self.agents.restyle()
        for head in (self.figures, self.agents):
            head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    @property
    def place(self) -> tuple[int, int] | None:
        """Row and column of the selected cell."""
        index = self.currentIndex()
        shown = self._scores.shown
        inside = index.row() < len(shown.rows) and index.column() < len(shown.columns)
        return (index.row(), index.column()) if index.isValid() and inside else None

    def go(self, row: int, column: int) -> None:
        """Select a cell, and bring it into sight."""
        shown = self._scores.shown
        if not shown.rows or not shown.columns:
            return
        row = min(max(row, 0), len(shown.rows) - 1)
        column = min(max(column, 0), len(shown.columns) - 1)
        index = self._scores.index(row, column)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def step(self, rows: int, columns: int) -> None:
        """To a neighbour."""
        at = self.place or (0, 0)
        self.go(at[0] + rows, at[1] + columns)

    def _on_reset(self) -> None:
        """The cell that was selected stays so where it is still there."""
        self._widen()
        shown = self._scores.shown
        names = [r.name for r in shown.rows]
        ids = [c.id for c in shown.columns]
        agent, column = self._wanted or ("", "")
        self.go(
            names.index(agent) if agent in names else 0,
            ids.index(column) if column in ids else 0,
        )

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which cell it is."""
        super().currentChanged(current, previous)
        self.agents.current = current.row()
        self.agents.viewport().update()
        if self.place is not None:
            shown = self._scores.shown
            row, column = current.row(), current.column()
            self._wanted = (shown.rows[row].name, shown.columns[column].id)
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End go through the columns; all else as usual."""
        at = self.place
        if at is not None and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go(at[0], 0 if event.key() == Qt.Key.Key_Home else 10**6)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the surface, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        painter.end()
        super().paintEvent(event)
