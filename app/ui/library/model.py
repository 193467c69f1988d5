"""The table's model: an array of row numbers, and pages of rows fetched as they are seen.

Never blocks: a row that is not there yet is None and is painted as a placeholder. Nothing here
knows who fetches: `wanted(pages)` asks, `take_page` answers. Main thread only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.domain.browsing import CallRow
from app.ui.library.columns import COLUMNS
from app.ui.library.words import row_words

PAGE = 40
"""A page is about a millisecond's reading, and more than a screen of rows."""
_KEPT_PAGES = 200

Index = QModelIndex | QPersistentModelIndex


class CallTableModel(QAbstractTableModel):
    """Rows of the library."""

    wanted = Signal(int)
    """A page is needed and has not been asked for yet."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seqs = np.empty(0, np.int64)
        self._pages: OrderedDict[int, Sequence[CallRow]] = OrderedDict()
        self._asked: set[int] = set()
        self.generation = 0
        """Rises with each new list; an answer to an older one is dropped."""

    @property
    def seqs(self) -> np.ndarray:
        """int64 row numbers in order, shape (rows,)."""
        return self._seqs

    def set_seqs(self, seqs: np.ndarray) -> None:
        """Show another list. Pages are dropped: rows may have changed too."""
        self.beginResetModel()
        self._seqs = np.ascontiguousarray(seqs, np.int64)
        self._pages.clear()
        self._asked.clear()
        self.generation += 1
        self.endResetModel()

    def refresh(self) -> None:
        """Fetch the same rows again, showing what is known meanwhile."""
        self.generation += 1
        self._asked.clear()
        for page in list(self._pages):
            self._ask(page)

    def take_page(self, generation: int, page: int, rows: Sequence[CallRow]) -> None:
        """A page has arrived."""
        if generation != self.generation:
            return
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > _KEPT_PAGES:
            dropped, _ = self._pages.popitem(last=False)
            self._asked.discard(dropped)
        last = min(self.rowCount(), (page + 1) * PAGE) - 1
        if last < page * PAGE:
            return
        self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, len(COLUMNS) - 1))

    def page_failed(self, generation: int, page: int) -> None:
        """A page could not be read; it is asked for again when next seen."""
        if generation == self.generation:
            self._asked.discard(page)

    def page_seqs(self, page: int) -> list[int]:
        """Row numbers of a page."""
        return [int(n) for n in self._seqs[page * PAGE : (page + 1) * PAGE]]

    def row(self, index: int) -> CallRow | None:
        """The row, or None while it is being fetched (which this asks for)."""
        page, at = divmod(index, PAGE)
        rows = self._pages.get(page)
        if rows is None:
            self._ask(page)
            return None
        return rows[at] if at < len(rows) else None

    def known_rows(self, indexes: Iterable[int]) -> list[CallRow]:
        """Those of the rows that have been fetched."""
        return [row for row in map(self.row, indexes) if row is not None]

    def _ask(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self.wanted.emit(page)

    def position(self, seq: int) -> int | None:
        """Where a row number stands in the list, or None."""
        found = np.flatnonzero(self._seqs == seq)
        return int(found[0]) if len(found) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many calls."""
        return 0 if parent.isValid() else len(self._seqs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many columns, hidden ones included."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Cells as text, for accessibility; the delegate paints from `row`."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row(index.row())
        return row_words(row)[COLUMNS[index.column()].key] if row is not None else "loading"

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Column titles and their tooltips."""
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        return None
