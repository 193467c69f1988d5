"""Winning rates of the alternative annotator test over epsilon, in both forms."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.services.calibrating.detail_people import Rate
from app.ui.calibrating.plots.surface import SurfacePlot
from app.ui.calibrating.plots.words import number
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip

DOT_PX = 8


class RatesPlot(SurfacePlot):
    """A solid line for the clustered form, a dashed one for the published."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Winning rates over epsilon", parent)
        self._rates: tuple[Rate, ...] = ()
        self._passes_at = 0.5
        self._epsilon: float | None = None

    def show_rates(self, rates: Sequence[Rate], passes_at: float, epsilon: float | None) -> None:
        """Draw rates; `epsilon` is the rule's."""
        self._rates, self._passes_at = tuple(rates), passes_at
        self._epsilon = epsilon
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        if not self._rates:
            return
        plot, theme, rates = self.plot, self._theme, self._rates
        plot.clear()
        self.set_labels("Win rate ω", "ε, the bonus for the judge's lower cost")
        plot.addItem(pg.InfiniteLine(self._passes_at, angle=0, pen=theme.pen("line3")))
        if self._epsilon is not None:
            plot.addItem(pg.InfiniteLine(self._epsilon, pen=theme.pen("line2")))
        looks = (
            ([r.published for r in rates], "t3", Qt.PenStyle.DashLine, "as published"),
            ([r.clustered for r in rates], "accent", Qt.PenStyle.SolidLine, "clustered by call"),
        )
        for values, token, style, name in looks:
            known = [(r.epsilon, v) for r, v in zip(rates, values) if v is not None]
            x, y = [k[0] for k in known], [k[1] for k in known]
            plot.addItem(pg.PlotCurveItem(x, y, pen=theme.pen(token, 2, style)))
            dots = pg.ScatterPlotItem(
                x=x, y=y, size=DOT_PX, brush=theme.color(token), pen=theme.pen("canvas"),
                hoverable=True, data=[name] * len(x),
                tip=lambda x, y, data: plain_tip(f"ω {number(y)} at ε {number(x)}, {data}"),
            )  # fmt: skip
            plot.addItem(dots)
        plot.setXRange(min(r.epsilon for r in rates), max(r.epsilon for r in rates), padding=0.05)
        plot.setYRange(0, 1, padding=0.07)
        plot.getAxis("left").setTicks([[(0, "0"), (0.5, "0.5"), (1, "1")]])
        plot.getAxis("bottom").setTicks([[(r.epsilon, f"{r.epsilon:g}") for r in rates]])
