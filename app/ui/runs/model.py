"""The list of runs as a table's model: heads of groups and runs. Main thread only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.ui.runs.columns import COLUMNS, Key
from app.ui.runs.rows import GroupRow, Row, RunRow
from app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex


class RunTableModel(QAbstractTableModel):
    """Rows as they are shown. New rows with the same runs in the same places only repaint."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    @property
    def rows(self) -> Sequence[Row]:
        """Heads and runs, from the top."""
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        if [_key(r) for r in rows] != [_key(r) for r in self._rows]:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        before, self._rows = self._rows, list(rows)
        last = len(COLUMNS) - 1
        for at, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(at, 0), self.index(at, last))

    def run_row(self, at: int) -> RunRow | None:
        """The run in a row; None for a head or a row that is not there."""
        row = self._rows[at] if 0 <= at < len(self._rows) else None
        return row if isinstance(row, RunRow) else None

    def position(self, run_id: str) -> int | None:
        """Where a run stands."""
        for at, row in enumerate(self._rows):
            if isinstance(row, RunRow) and row.run.id == run_id:
                return at
        return None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Heads and runs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Runs can be selected, heads cannot."""
        if self.run_row(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Cells as text, for accessibility and tooltips; the delegate paints from `rows`."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            now = row.now if isinstance(row, RunRow) and _key_of(index) == "now" else ""
            return plain_tip(now) or None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if isinstance(row, GroupRow):
            return row.words
        return _cell(row, _key_of(index))

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Column titles and their tooltips."""
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section].tip or None
        return None


def _key(row: Row) -> tuple[str, str]:
    """A head is the same one whatever its count."""
    return (row.group, row.run.id if isinstance(row, RunRow) else "")


def _key_of(index: Index) -> Key:
    return COLUMNS[index.column()].key


def _cell(row: RunRow, key: Key) -> str:
    return {
        "icon": row.words,
        "run": f"{row.run.title}, {row.covers}",
        "now": row.now,
        "steps": row.steps,
        "where": row.where,
        "started": row.started,
        "time": row.time,
        "cost": row.cost,
    }[key]
