"""The table of scores as a table's model. Main thread only."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.ui.scores.rows import EMPTY, Shown, cell_words
from app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
RANK_WORDS = (
    "At the right its rank by what the table is sorted by; neighbours whose intervals overlap are "
    "tied."
)
_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class ScoresModel(QAbstractTableModel):
    """Cells as text, for accessibility and tooltips; the delegate paints from `shown`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: Shown = EMPTY

    def set_shown(self, shown: Shown) -> None:
        """Show another table. The cells stay where only their figures changed."""
        same = shown.columns == self.shown.columns and [r.name for r in shown.rows] == [
            r.name for r in self.shown.rows
        ]
        if same and shown.rows:
            self.shown = shown
            last = self.index(len(shown.rows) - 1, len(shown.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Agents, and all calls."""
        return 0 if parent.isValid() else len(self.shown.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Figures."""
        return 0 if parent.isValid() else len(self.shown.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell in words."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(cell_words(self.shown.cell(row, column)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.shown.words(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.shown.words(row, column))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Agents at the left, figures above."""
        shown = self.shown
        if orientation == Qt.Orientation.Vertical:
            if not 0 <= section < len(shown.rows):
                return None
            if role in _TEXT:
                return shown.rows[section].name
            is_ranked = role == Qt.ItemDataRole.ToolTipRole and section < len(shown.ranks)
            return plain_tip(f"{shown.rows[section].name}\n{RANK_WORDS}") if is_ranked else None
        if not 0 <= section < len(shown.columns):
            return None
        if role in _TEXT:
            return shown.title(section)
        return shown.columns[section].about if role == Qt.ItemDataRole.ToolTipRole else None
