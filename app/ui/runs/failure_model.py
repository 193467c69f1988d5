"""What failed in a run, by kind, as rows and as a list's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from app.domain.evaluation import FAILURE_WORDS, Failure
from app.ui.widgets.tips import plain_tip

NO_WORDS: Mapping[str, str] = {}
MOST_TIP = 600
"""Characters of a tooltip."""
Index = QModelIndex | QPersistentModelIndex


class Failed(Protocol):
    """What a row needs of a failure, an evaluator's or a judge's."""

    @property
    def call_id(self) -> str:
        """Of the call that it failed on."""

    @property
    def code(self) -> str:
        """The same for people."""

    @property
    def kind(self) -> str:
        """What sort of failure."""

    @property
    def reason(self) -> str:
        """Why, in words."""

    @property
    def attempt(self) -> int:
        """How often it was tried."""


@dataclass(frozen=True, slots=True)
class KindHead:
    """The head over the failures of one kind."""

    kind: str
    count: int
    told: str = ""

    @property
    def words(self) -> str:
        """The kind in words."""
        return self.told or FAILURE_WORDS.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One failure with the title of what failed."""

    failure: Failed
    title: str


Row = KindHead | FailureRow


def failure_rows(failures: Sequence[Failure], titles: dict[str, str]) -> list[Row]:
    """Failures under a head for each kind, the commonest kind first; by call within one."""
    ordered = sorted(failures, key=lambda f: (f.code, f.evaluator))
    return by_kind([FailureRow(f, titles.get(f.evaluator, f.evaluator)) for f in ordered])


def by_kind(rows: Sequence[FailureRow], told: Mapping[str, str] = NO_WORDS) -> list[Row]:
    """Rows under a head for each kind, the commonest first; `told` are the kinds' words."""
    kinds: dict[str, list[FailureRow]] = {}
    for row in rows:
        kinds.setdefault(row.failure.kind, []).append(row)
    out: list[Row] = []
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        out += [KindHead(kind, len(found), told.get(kind, "")), *found]
    return out


class FailureModel(QAbstractListModel):
    """Heads and failures."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other failures."""
        if list(rows) != self.rows:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()

    def failure(self, at: int) -> Failed | None:
        """The failure in a row; None for a head."""
        row = self.rows[at] if 0 <= at < len(self.rows) else None
        return row.failure if isinstance(row, FailureRow) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Heads and failures."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Failures can be selected, heads cannot."""
        if self.failure(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row in words."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, FailureRow):
            return plain_tip(f"{row.title}: {row.failure.reason}"[:MOST_TIP])
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if isinstance(row, KindHead):
            return f"{row.words}, {row.count}"
        return f"{row.failure.code}, {row.title}: {row.failure.reason}"
