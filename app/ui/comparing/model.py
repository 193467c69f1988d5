"""The columns of a comparison and its rows as a table's model. Main thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.ui.comparing.rows import MetricRow

Index = QModelIndex | QPersistentModelIndex
LEAST_FIRST_PX = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One column, `width` px at 100 %; the first takes what is left."""

    key: str
    title: str
    width: int
    right: bool = False
    drop: int = 0
    """Where there is no room for all, the highest goes first; 0 stays."""
    tip: str = ""


COLUMNS: tuple[Column, ...] = (
    Column("metric", "Metric", 170),
    Column("n", "n", 44, right=True, drop=2, tip="Items behind the difference"),
    Column("a", "A", 76, right=True, tip="Mean of set A"),
    Column("b", "B", 76, right=True, tip="Mean of set B"),
    Column("difference", "B − A", 84, right=True, tip="Mean difference"),
    Column(
        "interval",
        "95 % interval",
        140,
        drop=1,
        tip="Of the difference. Zero is the line; every row has a scale of its own",
    ),
    Column(
        "p",
        "p (Holm)",
        70,
        right=True,
        tip="Adjusted over the headline figures, or over all for the others",
    ),
    Column("verdict", "B is", 96, tip="At 5 %, by the adjusted p"),
)


def fitted(room: int, scale: float) -> list[int]:
    """Widths in px that fill `room`; 0 for a column that is left out."""
    widths = [round(column.width * scale) for column in COLUMNS]
    for column in sorted(COLUMNS, key=lambda c: -c.drop):
        if column.drop and sum(widths) > room:
            widths[COLUMNS.index(column)] = 0
    return [max(LEAST_FIRST_PX, widths[0] + room - sum(widths)), *widths[1:]]


class CompareModel(QAbstractTableModel):
    """Rows as they are shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[MetricRow] = ()

    def set_rows(self, rows: Sequence[MetricRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Metrics."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Cells as text, for accessibility and tooltips; the delegate paints from `rows`."""
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.cells()[column.key]
        if role == Qt.ItemDataRole.ToolTipRole:
            return {"metric": f"{row.metric.title}\n{row.under}".strip()}.get(
                column.key, row.interval_words if column.key in ("interval", "difference") else None
            )
        return None

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
        return (COLUMNS[section].tip or None) if role == Qt.ItemDataRole.ToolTipRole else None
