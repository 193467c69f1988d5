"""What can be measured, as a list to tick: a head for each family, a line for each evaluator.

Evaluators are what is ticked: the metrics of one are measured together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.domain.metrics import Family
from app.services.evaluating.choosing import Offer
from app.ui.runs.words import FAMILY_WORDS

Index = QModelIndex | QPersistentModelIndex
GROUNDWORK = "Groundwork"
"""Family of what makes no metric itself: timings and transcripts that others read."""


@dataclass(frozen=True, slots=True)
class FamilyHead:
    """The head over a family."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """An evaluator, and its metrics in words."""

    name: str
    title: str
    metrics: str


Row = FamilyHead | Measure


def measure_rows(offers: Iterable[Offer]) -> list[Row]:
    """Heads and lines in the order of families; recognisers are chosen elsewhere."""
    by_family: dict[str, list[Measure]] = {}
    for offer in offers:
        if not offer.is_recogniser:
            by_family.setdefault(_family(offer), []).append(_measure(offer))
    order = [GROUNDWORK, *FAMILY_WORDS.values()]
    out: list[Row] = []
    for title in sorted(by_family, key=order.index):
        found = by_family[title]
        out += [FamilyHead(title, tuple(m.name for m in found)), *found]
    return out


def _family(offer: Offer) -> str:
    family: Family | None = offer.metrics[0].family if offer.metrics else None
    if family is None and offer.name.startswith("turns."):
        family = "turns"  # the same metrics, from files that came with the call
    return FAMILY_WORDS[family] if family is not None else GROUNDWORK


def _measure(offer: Offer) -> Measure:
    titles = dict.fromkeys(metric.title for metric in offer.metrics)
    return Measure(offer.name, offer.title, ", ".join(titles))


class MeasureModel(QAbstractListModel):
    """Rows that can be ticked; a head ticks its whole family."""

    ticked_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Row] = ()
        self._ticked: set[str] = set()

    def set_rows(self, rows: Sequence[Row], ticked: Iterable[str]) -> None:
        """Show rows with some of them ticked."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self._ticked = set(ticked) & self._names
        self.endResetModel()
        self.ticked_changed.emit()

    @property
    def _names(self) -> set[str]:
        return {row.name for row in self.rows if isinstance(row, Measure)}

    @property
    def ticked(self) -> tuple[str, ...]:
        """Evaluators that are ticked, in the order of the list."""
        return tuple(
            row.name for row in self.rows if isinstance(row, Measure) and row.name in self._ticked
        )

    def tick(self, names: Iterable[str]) -> None:
        """Tick these and no others."""
        self._ticked = set(names) & self._names
        self._changed()

    def toggle(self, at: int) -> None:
        """Turn a line, or a whole family: on unless all of it is on."""
        if not 0 <= at < len(self.rows):
            return
        row = self.rows[at]
        names = set(row.names) if isinstance(row, FamilyHead) else {row.name}
        self._ticked = self._ticked - names if names <= self._ticked else self._ticked | names
        self._changed()

    def state(self, row: Row) -> Qt.CheckState:
        """Whether a row is ticked, or partly."""
        names = row.names if isinstance(row, FamilyHead) else (row.name,)
        count = sum(name in self._ticked for name in names)
        if count == len(names):
            return Qt.CheckState.Checked
        return Qt.CheckState.PartiallyChecked if count else Qt.CheckState.Unchecked

    def _changed(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticked_changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Heads and lines."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be ticked."""
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row in words, and whether it is ticked; the delegate paints from `rows`."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            return self.state(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.metrics or None if isinstance(row, Measure) else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(row, FamilyHead):
                return row.title
            return f"{row.title}: {row.metrics}" if row.metrics else row.title
        return None
