"""The table of compared metrics: columns fill its width, one metric is selected."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Signal
from PySide6.QtWidgets import QWidget

from app.ui.comparing.delegate import EDGE, PAD, ROW_PX, CompareDelegate
from app.ui.comparing.model import COLUMNS, CompareModel, fitted
from app.ui.comparing.rows import MetricRow
from app.ui.theme import Theme
from app.ui.widgets.row_table import RowHead, RowTable

Index = QModelIndex | QPersistentModelIndex
CENTRED = tuple(at for at, column in enumerate(COLUMNS) if column.key == "interval")


class CompareTable(RowTable):
    """Metrics. `chosen` tells that another one is selected."""

    chosen = Signal(object)
    """The `MetricRow` that is selected."""

    def __init__(self, theme: Theme, model: CompareModel, parent: QWidget | None = None) -> None:
        self._metrics = model
        self._wanted: tuple[str, str, str] | None = None
        head = RowHead(theme, COLUMNS, _insets, centred=CENTRED)
        super().__init__(
            theme, model, head, fitted, row_px=ROW_PX, name="Compared metrics", parent=parent
        )
        self.setItemDelegate(CompareDelegate(theme, self))
        model.modelReset.connect(self._on_reset)
        self.restyle()

    @property
    def current(self) -> MetricRow | None:
        """The selected metric."""
        at = self.selected
        return None if at is None else self._metrics.rows[at]

    def step(self, by: int) -> None:
        """Select the next or previous metric."""
        at = self.selected
        self._choose(0 if at is None else at + by)

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._metrics.rows):
            self.select(at)

    def _on_reset(self) -> None:
        """The metric that was selected stays so where it is still listed."""
        keys = [row.key for row in self._metrics.rows]
        self._choose(keys.index(self._wanted) if self._wanted in keys else 0)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which metric it is."""
        super().currentChanged(current, previous)
        if current.isValid() and current.row() < len(self._metrics.rows):
            row = self._metrics.rows[current.row()]
            self._wanted = row.key
            self.chosen.emit(row)


def _insets(section: int) -> tuple[int, int]:
    return (EDGE if section == 0 else PAD, PAD)
