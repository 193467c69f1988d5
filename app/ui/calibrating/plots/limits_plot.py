"""Bland and Altman's plot: bias, limits of agreement and the fitted slope over the points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.eval.agreement.bland_altman import Limits
from app.services.calibrating.detail_limits import LimitsView
from app.ui.calibrating.plots.surface import SurfacePlot, even_ticks
from app.ui.calibrating.plots.words import signed
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip

POINT_PX, CHOSEN_PX = 5, 9
POINT_ALPHA = 150
RIGHT_PX = 62
ROOM = 0.12
"""Of the lines' reach, left free above and below."""


class LimitsPlot(SurfacePlot):
    """Left and Right choose a point, the farthest from 0 first; Enter or a click opens it."""

    chosen = Signal(int)
    opened = Signal(int)
    """Place of the point's item in the source."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Differences of judge and people", parent)
        self._view: LimitsView | None = None
        self._tip: Callable[[int], str] = str
        self._order: list[int] = []
        self.at: int | None = None
        """Number of the chosen point."""
        self.stepped.connect(self._on_step)
        self.entered.connect(self._on_enter)

    def show_view(self, view: LimitsView, tip: Callable[[int], str]) -> None:
        """Draw points; `tip` says what the item at a place in the source is."""
        self._view, self._tip, self.at = view, tip, None
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
        dots = pg.ScatterPlotItem(
            x=view.x, y=view.y, data=list(range(len(view.x))), size=POINT_PX, brush=soft, pen=None,
            hoverable=True, hoverPen=theme.pen("focus", 2), tip=self._words,
        )  # fmt: skip
        dots.sigClicked.connect(self._on_clicked)
        self.plot.addItem(dots)
        if self.at is not None:
            mark = pg.ScatterPlotItem(
                x=[view.x[self.at]], y=[view.y[self.at]], size=CHOSEN_PX,
                brush=theme.color("accent"), pen=theme.pen("canvas"),
            )  # fmt: skip
            self.plot.addItem(mark)

    def _words(self, x: float, y: float, data: int) -> str:
        return plain_tip(self.words(data))

    def words(self, point: int) -> str:
        """What a point is."""
        assert self._view is not None
        return self._tip(int(self._view.at[point]))

    def _on_clicked(self, _item: Any, points: Any, _event: Any = None) -> None:
        if len(points):
            self._choose(int(points[0].data()))
            self._on_enter()

    def _choose(self, point: int) -> None:
        self.at = point
        self.draw()
        self.chosen.emit(point)

    def _on_step(self, by: int) -> None:
        if self._order:
            at = self._order.index(self.at) + by if self.at is not None else 0
            self._choose(self._order[at % len(self._order)])

    def _on_enter(self) -> None:
        if self.at is not None and self._view is not None:
            self.opened.emit(int(self._view.at[self.at]))
