"""Predicted against voted opinion, with what the mappings make of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.services.calibrating.detail_mos import Predicted
from app.ui.calibrating.plots.surface import SurfacePlot, even_ticks
from app.ui.calibrating.plots.words import number
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip

DOT_PX, CHOSEN_PX = 7, 11
CURVE_POINTS = 60


class ScatterPlot(SurfacePlot):
    """Left and Right choose a clip, Enter or a click opens its call."""

    chosen = Signal(int)
    opened = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Predicted against voted opinion", parent)
        self._found: Predicted | None = None
        self.at: int | None = None
        """Number of the chosen point."""
        self.stepped.connect(self._on_step)
        self.entered.connect(self._on_enter)

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
        dots = pg.ScatterPlotItem(
            x=[p.predicted for p in points], y=[p.mos for p in points],
            data=list(range(len(points))), pen=theme.pen("canvas"), tip=self._tip, hoverable=True,
            hoverPen=theme.pen("focus", 2),
            size=[CHOSEN_PX if n == self.at else DOT_PX for n in range(len(points))],
            brush=[theme.color("accent" if n == self.at else "t1") for n in range(len(points))],
        )  # fmt: skip
        dots.sigClicked.connect(self._on_clicked)
        plot.addItem(dots)
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

    def _tip(self, x: float, y: float, data: int) -> str:
        return plain_tip(self.words(data))

    def words(self, at: int) -> str:
        """A clip."""
        assert self._found is not None
        p = self._found.points[at]
        voted = f"voted {number(p.mos)} by {p.votes}"
        return f"Clip {p.number}: {voted}, predicted {number(p.predicted)}"

    def _choose(self, at: int) -> None:
        self.at = at
        self.draw()
        self.chosen.emit(at)

    def _on_clicked(self, _item: Any, points: Any, _event: Any = None) -> None:
        if len(points):
            self._choose(int(points[0].data()))
            self._on_enter()

    def _on_step(self, by: int) -> None:
        count = len(self._found.points) if self._found is not None else 0
        if count:
            self._choose((self.at + by) % count if self.at is not None else 0)

    def _on_enter(self) -> None:
        if self.at is not None and self._found is not None:
            self.opened.emit(self._found.points[self.at].call_id)
