"""The matrix of judges and dimensions as a table's model. Main thread only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.judging import JudgeVersion
from app.domain.rubrics import Criterion
from app.eval.agreement.pair_statistics import PRIMARY
from app.eval.agreement.resampling import Estimate
from app.services.calibrating.agreement import Cell, Panel
from app.services.calibrating.board import Board
from app.ui.calibrating import words
from app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
NOT_SCORED, AWAITED = "does not score this", "…"
_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the matrix shows of a board."""

    judges: tuple[JudgeVersion, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)
    """By judge version's id and criterion's key."""
    scored: frozenset[tuple[str, str]] = frozenset()
    """All that there are, computed yet or not."""
    panels: Mapping[str, Panel] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell at a place; None where there is none (yet)."""
        return self.cells.get((self.judges[row].id, self.criteria[column].key))

    def is_scored(self, row: int, column: int) -> bool:
        """Whether that judge scores that dimension."""
        return (self.judges[row].id, self.criteria[column].key) in self.scored

    def place(self, judge_id: str, key: str) -> tuple[int, int] | None:
        """Where a cell is; None where it is not."""
        row = next((n for n, j in enumerate(self.judges) if j.id == judge_id), None)
        column = next((n for n, c in enumerate(self.criteria) if c.key == key), None)
        return None if row is None or column is None else (row, column)

    def people(self, column: int) -> Estimate | None:
        """People among themselves, in the primary measure of a column."""
        criterion = self.criteria[column]
        panel = self.panels.get(criterion.key)
        if panel is None:
            return None
        return panel.figures.get(PRIMARY[criterion.scale]) or panel.figures.get("pearson")

    def measure(self, column: int) -> str:
        """The primary measure of a column, as the field writes it."""
        criterion = self.criteria[column]
        cell = next((c for (_, key), c in self.cells.items() if key == criterion.key), None)
        name = cell.found.evidence.agreement.measure if cell else PRIMARY[criterion.scale]
        return words.measure_words(name)


EMPTY = Shown()


def shown_of(board: Board) -> Shown:
    """What the matrix shows of a board."""
    return Shown(
        judges=board.facts.judges, criteria=board.facts.criteria,
        cells={(c.judge.id, c.criterion.key): c for c in board.cells},
        scored=frozenset((j.id, key) for j, key in board.facts.scored),
        panels={p.criterion.key: p for p in board.panels},
    )  # fmt: skip


class MatrixModel(QAbstractTableModel):
    """Cells as text, for accessibility and tooltips; the delegate paints from `shown`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: Shown = EMPTY

    def set_shown(self, shown: Shown) -> None:
        """Show another matrix; the cells stay where only their figures changed."""
        before = self.shown
        same = [j.id for j in shown.judges] == [j.id for j in before.judges] and [
            c.key for c in shown.criteria
        ] == [c.key for c in before.criteria]
        if same and shown.judges and shown.criteria:
            self.shown = shown
            last = self.index(len(shown.judges) - 1, len(shown.criteria) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Judge versions."""
        return 0 if parent.isValid() else len(self.shown.judges)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Dimensions."""
        return 0 if parent.isValid() else len(self.shown.criteria)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell in words."""
        if role in _TEXT:
            return self._words(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(index.row(), index.column()))
        return None

    def _words(self, row: int, column: int) -> str:
        cell = self.shown.cell(row, column)
        if cell is None:
            return "being computed" if self.shown.is_scored(row, column) else NOT_SCORED
        agreement = cell.found.evidence.agreement
        state = words.state_words(cell.verdict, cell.found.evidence.items)
        figure = words.figure_words(cell.agreement)
        return f"{state}. {words.measure_words(agreement.measure)} {figure}"

    def _tip(self, row: int, column: int) -> str:
        shown, cell = self.shown, self.shown.cell(row, column)
        if cell is None:
            return self._words(row, column)
        agreement = cell.found.evidence.agreement
        measure = words.MEASURES_AT_LENGTH.get(agreement.measure, agreement.measure)
        who = f"{shown.judges[row].label} on {cell.criterion.title}"
        return "\n".join((
            who,
            words.with_measures(cell.verdict.words),
            words.tip_of(f"{measure}, judge and people", cell.agreement),
            f"Human ceiling: {words.figure_words(agreement.human)}",
        ))  # fmt: skip

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Judge versions at the left, dimensions above."""
        shown = self.shown
        is_row = orientation == Qt.Orientation.Vertical
        if not 0 <= section < len(shown.judges if is_row else shown.criteria):
            return None
        if is_row:
            judge = shown.judges[section]
            told = f"{judge.label}, version {judge.short_sha}, {words.judge_words(judge)[1]}"
            return told if role in _TEXT else plain_tip(told) if _is_tip(role) else None
        criterion = shown.criteria[section]
        if role in _TEXT:
            return criterion.title
        if not _is_tip(role):
            return None
        how = "People among themselves; every pair of them, both ways round."
        tip = words.tip_of(f"{shown.measure(section)} of people", shown.people(section), how)
        return plain_tip(f"{criterion.title}: {criterion.question}\n{tip}")


def _is_tip(role: int) -> bool:
    return role == Qt.ItemDataRole.ToolTipRole
