"""Bars of counts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.ui.calibrating.plots.surface import SurfacePlot
from app.ui.library.words import thousands
from app.ui.theme import Theme

HEADROOM = 1.35
"""Of the highest bar: its count stands above it, in a low plot too."""


class BarsPlot(SurfacePlot):
    """One bar for each name, its count above it."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._bars: tuple[tuple[str, int], ...] = ()
        self._labels = ("", "")

    def show_bars(self, bars: Sequence[tuple[str, int]], left: str, bottom: str) -> None:
        """Draw counts by name, with words along the axes."""
        self._bars, self._labels = tuple(bars), (left, bottom)
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        if not self._bars:
            return
        plot, theme = self.plot, self._theme
        plot.clear()
        self.set_labels(*self._labels)
        places = list(range(len(self._bars)))
        counts = [n for _, n in self._bars]
        most = max(counts) or 1
        plot.addItem(
            pg.BarGraphItem(
                x=places, height=counts, width=0.6, brush=theme.color("t3"), pen=theme.pen("t3")
            )
        )  # fmt: skip
        for at, count in zip(places, counts):
            text = pg.TextItem(thousands(count), theme.color("t1"), anchor=(0.5, 1.0))
            text.setFont(theme.font("label"))
            text.setPos(at, count)
            plot.addItem(text)
        plot.getAxis("bottom").setTicks([list(enumerate(name for name, _ in self._bars))])
        plot.getAxis("left").setTicks([[(0, "0"), (most, thousands(most))]])
        plot.setXRange(-0.6, len(places) - 0.4, padding=0)
        plot.setYRange(0, most * HEADROOM, padding=0)
