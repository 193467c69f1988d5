"""The model of the list of verdicts: rows as they are shown, and what is marked among them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.ui.review.verdict_row import JudgeRow, TurnKey

AnyIndex = QModelIndex | QPersistentModelIndex


class JudgeModel(QAbstractListModel):
    """Rows as they are shown; the display text is what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[JudgeRow] = ()
        self.folded: Collection[str] = ()
        self.turn: TurnKey | None = None
        """Key of the selected turn: its verdicts are marked."""
        self.played: tuple[str, int] = ("", 0)
        """Key of the verdict whose evidence is being heard, and which of it, from 0."""

    def show_rows(self, rows: Sequence[JudgeRow]) -> None:
        """Take others."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def at(self, key: str) -> int:
        """Where the verdict or judge of a key is; -1 where it is not shown."""
        return next((n for n, row in enumerate(self.rows) if row.key == key), -1)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        return None
