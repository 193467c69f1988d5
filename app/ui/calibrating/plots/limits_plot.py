"""Bland and Altman's plot: bias, limits of agreement and the fitted slope over the points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.eval.agreement.bland_altman import Limits
from app.services.calibrating.detail_limits import LimitsView
from app.ui.calibrating.plots.points_plot import PointsPlot
from app.ui.calibrating.plots.surface import even_ticks
from app.ui.calibrating.plots.words import signed
from app.ui.theme import Theme

POINT_PX, CHOSEN_PX = 5, 9
POINT_ALPHA = 150
RIGHT_PX = 62
ROOM = 0.12
"""Of the lines' reach, left free above and below."""


class LimitsPlot(PointsPlot):
    """A point an item; opened, it leads to the item's place in the source."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Differences of judge and people", parent)
        self._view: LimitsView | None = None
        self._told: Callable[[int], str] = str
        self._order: list[int] = []

    def show_view(self, view: LimitsView, tip: Callable[[int], str]) -> None:
        """Draw points; `tip` says what the item at a place in the source is."""
        self._view, self._told, self.at = view, tip, None
        self._order = sorted(range(len(view.at)), key=lambda n: -abs(float(view.y[n])))
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        view = self._view
        if view is None or view.limits is None:
            return
        plot, found = self.plot, view.limits
        plot.clear()
        self.set_labels("Judge − human, points", "Mean of judge and human")
        plot.getAxis("bottom").setStyle(hideOverlappingLabels=False)  # the ends have room
        self._dress_right(found)
        low, high = view.ends
        self._lines(found, low, high)
        self._points(view)
        reach = [v for v in (found.lower, found.upper, 0.0) if v is not None]
        top, bottom = max(*reach, float(view.y.max())), min(*reach, float(view.y.min()))
        free = ROOM * max(top - bottom, 0.1)
        plot.setXRange(low, high, padding=0.03)
        plot.setYRange(bottom - free, top + free, padding=0)
        plot.getAxis("bottom").setTicks([even_ticks(low, high)])
        plot.getAxis("left").setTicks([even_ticks(bottom - free, top + free, sign=True)])

    def _dress_right(self, found: Limits) -> None:
        theme, axis = self._theme, self.plot.getAxis("right")
        self.plot.showAxis("right")
        axis.enableAutoSIPrefix(False)
        axis.setPen(None)
        axis.setTextPen(theme.color("t1"))
        axis.setTickFont(theme.font("label", 600))
        axis.setStyle(tickLength=0, tickAlpha=0, autoExpandTextSpace=False)
        axis.setWidth(theme.px(RIGHT_PX))
        named = ((found.upper, "+1.96 sd"), (found.bias, "bias"), (found.lower, "−1.96 sd"))
        axis.setTicks([[(v, f"{signed(v)}\n{name}") for v, name in named if v is not None]])

    def _lines(self, found: Limits, low: float, high: float) -> None:
        import pyqtgraph as pg

        theme, plot = self._theme, self.plot
        plot.addItem(pg.InfiniteLine(0.0, angle=0, pen=theme.pen("line2")))
        for value in (found.lower, found.upper):
            if value is not None:
                pen = theme.pen("t1", 1, Qt.PenStyle.DashLine)
                plot.addItem(pg.InfiniteLine(value, angle=0, pen=pen))
        plot.addItem(pg.InfiniteLine(found.bias, angle=0, pen=theme.pen("t1", 1.5)))
        if found.slope is not None and self._view is not None:
            middle = float(self._view.x.mean())
            y = [found.bias + found.slope * (x - middle) for x in (low, high)]
            pen = theme.pen("accent", 1.5, Qt.PenStyle.DashLine)
            plot.addItem(pg.PlotCurveItem([low, high], y, pen=pen))

    def _points(self, view: LimitsView) -> None:
        import pyqtgraph as pg

        theme = self._theme
        ink = theme.color("t2")
        soft = pg.mkColor(ink)
        soft.setAlpha(POINT_ALPHA)
        self.add_dots(view.x, view.y, size=POINT_PX, brush=soft, pen=None)
        if self.at is not None:
            mark = pg.ScatterPlotItem(
                x=[view.x[self.at]], y=[view.y[self.at]], size=CHOSEN_PX,
                brush=theme.color("accent"), pen=theme.pen("canvas"),
            )  # fmt: skip
            self.plot.addItem(mark)

    def words(self, at: int) -> str:
        """What a point is."""
        assert self._view is not None
        return self._told(int(self._view.at[at]))

    def order(self) -> Sequence[int]:
        """The farthest from 0 first."""
        return self._order

    def target(self, at: int) -> int:
        """The place of its item."""
        assert self._view is not None
        return int(self._view.at[at])
