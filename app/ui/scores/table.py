"""The table of scores: one cell is selected; agents stay while figures scroll sideways."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.scores.delegate import CELL_PX, MOST_CELL_PX, ROW_PX, ScoreDelegate
from app.ui.scores.heads import AgentHead, FigureHead
from app.ui.scores.model import ScoresModel
from app.ui.theme import Theme
from app.ui.widgets.cell_table import CellTable, Index


class ScoresTable(CellTable):
    """Agents by figures. `chosen` tells that another cell is selected."""

    chosen = Signal()

    def __init__(self, theme: Theme, model: ScoresModel) -> None:
        super().__init__(theme)
        self._scores = model
        self._wanted: tuple[str, str] | None = None
        self.figures, self.agents = FigureHead(theme, model), AgentHead(theme, model)
        self.set_up(
            "Scores by agent and figure", model, ScoreDelegate(theme, self),
            self.figures, self.agents, (ROW_PX, CELL_PX, MOST_CELL_PX),
        )  # fmt: skip
        model.modelReset.connect(self._on_reset)

    @property
    def place(self) -> tuple[int, int] | None:
        """Row and column of the selected cell."""
        index = self.currentIndex()
        shown = self._scores.shown
        inside = index.row() < len(shown.rows) and index.column() < len(shown.columns)
        return (index.row(), index.column()) if index.isValid() and inside else None

    def _on_reset(self) -> None:
        """The cell that was selected stays so where it is still there."""
        self.widen()
        shown = self._scores.shown
        names = [r.name for r in shown.rows]
        ids = [c.id for c in shown.columns]
        agent, column = self._wanted or ("", "")
        self.go(
            names.index(agent) if agent in names else 0,
            ids.index(column) if column in ids else 0,
        )

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which cell it is."""
        super().currentChanged(current, previous)
        if self.place is not None:
            shown = self._scores.shown
            row, column = current.row(), current.column()
            self._wanted = (shown.rows[row].name, shown.columns[column].id)
            self.chosen.emit()
