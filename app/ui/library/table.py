"""The library's table: QTableView over the paged model, columns that fill the width."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.library.columns import COLUMNS, Column
from app.ui.library.delegate import CallDelegate
from app.ui.library.header import CallHeader
from app.ui.library.model import CallTableModel
from app.ui.settings.store import SettingsStore
from app.ui.theme import Theme
from app.ui.tokens import Size

Index = QModelIndex | QPersistentModelIndex


class CallTable(QTableView):
    """Rows of calls; selection is by row."""

    play_clicked = Signal(int)
    opened = Signal(int)
    selection_changed = Signal()
    resized = Signal()
    """Its width is another; what is shown may be chosen anew before columns are fitted."""

    def __init__(
        self, theme: Theme, settings: SettingsStore, model: CallTableModel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme, self._calls = theme, model
        self.setProperty("ring", "inside")
        self.setAccessibleName("Calls")
        self.setModel(model)
        self.delegate = CallDelegate(theme, settings, self)
        self.setItemDelegate(self.delegate)
        self.head = CallHeader(theme, self)
        self.setHorizontalHeader(self.head)
        self.head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(theme.px(Size.ROW_LIBRARY))
        rows.setDefaultSectionSize(theme.px(Size.ROW_LIBRARY))
        self.head.restore({})
        self.head.columns_changed.connect(self.fit_columns)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        # Filled by `paintEvent`, so that scrolling moves pixels and paints only the new rows.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._restyle)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the surface, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        painter.end()
        super().paintEvent(event)

    def _restyle(self) -> None:
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(self._theme.px(Size.ROW_LIBRARY))
        rows.setDefaultSectionSize(self._theme.px(Size.ROW_LIBRARY))
        self.fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width anew."""
        super().resizeEvent(event)
        self.resized.emit()
        self.fit_columns()

    def fit_columns(self) -> None:
        """Give each shown column its width; share what is left among those that stretch."""
        scale = self._theme.scale
        shown = [
            (i, column) for i, column in enumerate(COLUMNS) if not self.head.isSectionHidden(i)
        ]
        widths = {i: self._least(column, scale) for i, column in shown}
        stretching = [(i, column) for i, column in shown if column.stretch]
        left = max(0, self.viewport().width() - sum(widths.values()))
        shares = sum(column.stretch for _, column in stretching)
        for i, column in stretching:
            part = left * column.stretch // shares
            widths[i] += part
            left, shares = left - part, shares - column.stretch
        for i, width in widths.items():
            if self.head.sectionSize(i) != width:
                self.head.resizeSection(i, width)

    def has_room_for(self, key: str) -> bool:
        """Whether a column fits beside the others that are shown, with a scroll bar at the side."""
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        scale = self._theme.scale
        wanted = (
            column
            for i, column in enumerate(COLUMNS)
            if column.key == key or not self.head.isSectionHidden(i)
        )
        return sum(self._least(column, scale) for column in wanted) <= room

    @staticmethod
    def _least(column: Column, scale: float) -> int:
        """Width of a column before it takes its share of what is left."""
        if column.cell == "spark":  # a plot: it does not grow with the text
            return column.width
        return round((column.minimum if column.stretch else column.width) * scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the glyph plays; elsewhere it selects."""
        index = self.indexAt(event.position().toPoint())
        if (
            index.isValid()
            and COLUMNS[index.column()].cell == "play"
            and event.button() == Qt.MouseButton.LeftButton
        ):
            self.choose(index.row())
            self.play_clicked.emit(index.row())
            return
        super().mousePressEvent(event)

    @property
    def current_row(self) -> int | None:
        """The current row's index, or None."""
        index = self.currentIndex()
        return index.row() if index.isValid() else None

    @property
    def selected_rows(self) -> list[int]:
        """Indexes of the selected rows, ascending."""
        rows: set[int] = set()
        for span in self._spans():
            rows.update(range(span.top(), span.bottom() + 1))
        return sorted(rows)

    def _spans(self) -> list[QItemSelectionRange]:
        return list(cast("Iterable[QItemSelectionRange]", self.selectionModel().selection()))

    @property
    def selected_count(self) -> int:
        """How many rows are selected; quick for whole-library selections."""
        return sum(span.bottom() - span.top() + 1 for span in self._spans())

    def choose(self, row: int) -> None:
        """Make `row` the only selected and the current one, scrolled into sight."""
        index = self._calls.index(row, 0)
        flags = (
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows
        )
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def step(self, by: int) -> None:
        """Move the current row."""
        count = self._calls.rowCount()
        if count:
            now = self.current_row
            self.choose(0 if now is None else max(0, min(count - 1, now + by)))

    def choose_rows(self, rows: list[int]) -> None:
        """Select several rows; the first becomes current."""
        if not rows:
            self.clearSelection()
            return
        self.choose(rows[0])
        more = QItemSelection()
        for row in rows[1:]:
            more.select(self._calls.index(row, 0), self._calls.index(row, len(COLUMNS) - 1))
        self.selectionModel().select(more, QItemSelectionModel.SelectionFlag.Select)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell the screen."""
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell the screen."""
        super().currentChanged(current, previous)
        self.selection_changed.emit()
