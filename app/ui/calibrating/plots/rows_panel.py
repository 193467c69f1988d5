"""Base of the panels that show rows of figures: a plot that scrolls where it must."""

from __future__ import annotations

from app.ui.calibrating.plots.panel import Panel
from app.ui.calibrating.plots.rows_plot import RowsPlot
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme


class RowsPanel(Panel):
    """The plot, with room below it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.plot = RowsPlot(theme, self.title)
        area = OverlayArea()
        area.setWidget(self.plot)
        self.body.addWidget(area, 1)
        self.setFocusProxy(self.plot)
        self.plot.chosen.connect(self._on_chosen)

    def _on_chosen(self, key: str) -> None:
        row = self.plot.row(key)
        self.words_changed.emit(row.tip if row is not None else "")
