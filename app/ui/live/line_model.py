"""Rows of a call that goes on, for a list: replaced together, kept at the end while there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QWidget

from app.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


class Spoken(Protocol):
    """A row that can be read aloud."""

    @property
    def words(self) -> str:
        """The whole row as a sentence."""


class LineModel(QAbstractListModel):
    """Values in order. Only what changed is told."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Spoken] = []

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own form
        return len(self._rows)

    def data(self, index: Index, role: int = ROW) -> Any:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole):
            return row.words
        return None

    def show_rows(self, rows: Sequence[Spoken]) -> None:
        """Show other rows: a call mostly adds some and changes the last ones."""
        old = self._rows
        same = 0
        while same < min(len(old), len(rows)) and old[same] == rows[same]:
            same += 1
        if same == len(old) == len(rows):
            return
        both = min(len(old), len(rows))
        if len(rows) < len(old):
            self.beginRemoveRows(QModelIndex(), len(rows), len(old) - 1)
            self._rows = old[: len(rows)]
            self.endRemoveRows()
        self._rows[same:both] = rows[same:both]
        if same < both:
            self.dataChanged.emit(self.index(same), self.index(both - 1))
        if len(rows) > len(self._rows):
            self.beginInsertRows(QModelIndex(), len(self._rows), len(rows) - 1)
            self._rows = list(rows)
            self.endInsertRows()


class LineList(QListView):
    """A list that follows its end until the person scrolls away from it."""

    def __init__(
        self, theme: Theme, delegate: QStyledItemDelegate, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.lines = LineModel()
        self.setModel(self.lines)
        self.setItemDelegate(delegate)
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("ring", "inside")
        theme.changed.connect(self.doItemsLayout)

    def show_rows(self, rows: Sequence[Spoken]) -> None:
        """Show other rows, and the last one where the last one was seen."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        before = self.lines.rowCount()
        self.lines.show_rows(rows)
        if at_end and (self.lines.rowCount() != before or rows):
            self.scrollToBottom()
