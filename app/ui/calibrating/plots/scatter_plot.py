"""Predicted against voted opinion, with what the mappings make of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.services.calibrating.detail_mos import Predicted
from app.ui.calibrating.plots.points_plot import PointsPlot
from app.ui.calibrating.plots.surface import even_ticks
from app.ui.calibrating.plots.words import number
from app.ui.theme import Theme

DOT_PX, CHOSEN_PX = 7, 11
CURVE_POINTS = 60


class ScatterPlot(PointsPlot):
    """A point a clip; opened, it leads to its call."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Predicted against voted opinion", parent)
        self._found: Predicted | None = None

    def show_found(self, found: Predicted | None) -> None:
        """Draw a model's predictions."""
        self._found, self.at = found, None
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        found = self._found
        if found is None:
            return
        plot, theme, points = self.plot, self._theme, found.points
        plot.clear()
        self.set_labels("Mean opinion, 95 %", f"{found.title}, predicted")
        plot.addItem(pg.PlotCurveItem([1, 5], [1, 5], pen=theme.pen("line3")))
        for point in points:
            if point.reach:
                y = [point.mos - point.reach, point.mos + point.reach]
                pen = theme.pen("line3")
                plot.addItem(pg.PlotCurveItem([point.predicted] * 2, y, pen=pen))
        self._mappings(found)
        x, y = [p.predicted for p in points], [p.mos for p in points]
        self.add_marked_dots(x, y, DOT_PX, CHOSEN_PX)
        self._fit_range(found)

    def _mappings(self, found: Predicted) -> None:
        import pyqtgraph as pg

        values = [p.predicted for p in found.points]
        x = np.linspace(min(values), max(values), CURVE_POINTS)
        looks = ((found.fits[1], Qt.PenStyle.SolidLine), (found.fits[2], Qt.PenStyle.DashLine))
        for made, style in looks:
            if made is not None and made.coefficients:
                y = np.polynomial.polynomial.polyval(x, np.array(made.coefficients))
                pen = self._theme.pen("accent", 1.5, style)
                self.plot.addItem(pg.PlotCurveItem(x, y, pen=pen))

    def _fit_range(self, found: Predicted) -> None:
        ends = []
        for values in ([p.predicted for p in found.points], [p.mos for p in found.points]):
            ends.append((min(1.0, *values), max(5.0, *values)))
        (left, right), (low, high) = ends
        self.plot.setXRange(left, right, padding=0.04)
        self.plot.setYRange(low, high, padding=0.04)
        self.plot.getAxis("bottom").setTicks([even_ticks(left, right)])
        self.plot.getAxis("left").setTicks([even_ticks(low, high)])

    def words(self, at: int) -> str:
        """A clip."""
        assert self._found is not None
        p = self._found.points[at]
        voted = f"voted {number(p.mos)} by {p.votes}"
        return f"Clip {p.number}: {voted}, predicted {number(p.predicted)}"

    def order(self) -> Sequence[int]:
        """As they came."""
        return range(len(self._found.points)) if self._found is not None else ()

    def target(self, at: int) -> str:
        """The clip's call."""
        assert self._found is not None
        return self._found.points[at].call_id
