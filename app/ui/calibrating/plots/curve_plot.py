"""The calibration curve: people's mean at each level of the judge, beside the identity."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.services.calibrating.detail_curve import CurveView, Level
from app.ui.calibrating.plots.points_plot import PointsPlot
from app.ui.calibrating.plots.surface import even_ticks
from app.ui.calibrating.plots.words import figure, number
from app.ui.theme import Theme

DOT_PX, CHOSEN_PX = 8, 12
MOST_COUNTS = 8
"""With more levels their counts are in the tooltips alone."""


class CurvePlot(PointsPlot):
    """A point a level of the judge."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Calibration curve", parent)
        self._view: CurveView | None = None

    def show_view(self, view: CurveView) -> None:
        """Draw a curve."""
        if self._view is None or len(view.levels) != len(self._view.levels):
            self.at = None
        self._view = view
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        view = self._view
        if view is None:
            return
        plot, theme, levels = self.plot, self._theme, view.levels
        plot.clear()
        are_few = len(levels) <= MOST_COUNTS
        self.set_labels(
            "Human mean, 95 %", "Judge, and items of each level" if are_few else "Judge"
        )
        low, high = view.ends
        plot.addItem(
            pg.PlotCurveItem([low, high], [low, high], pen=theme.pen("line3", 1))
        )  # fmt: skip
        drawn = [lv for lv in levels if lv.corrected is not None]
        if drawn:
            pen = theme.pen("accent", 1.5, Qt.PenStyle.DashLine)
            x, y = [lv.judge for lv in drawn], [lv.corrected for lv in drawn]
            plot.addItem(pg.PlotCurveItem(x, y, pen=pen))
        self._points(levels)
        free = 0.06 * ((high - low) or 1.0)
        plot.setXRange(low - free, high + free, padding=0)
        reach = [v for lv in levels for v in (lv.people.low, lv.people.high) if v is not None]
        bottom, top = min([low, *reach]), max([high, *reach])
        plot.setYRange(bottom - free, top + free, padding=0)
        plot.getAxis("left").setTicks([even_ticks(low, high)])
        ticks = [(v, t) for v, t in even_ticks(low, high)]
        if are_few:
            ticks = [(lv.judge, f"{number(lv.judge).removesuffix('.00')}\nn {lv.people.n}")
                     for lv in levels]  # fmt: skip
        axis = plot.getAxis("bottom")
        axis.setTicks([ticks])
        if are_few:
            axis.setHeight(theme.px(52))

    def _points(self, levels: tuple[Level, ...]) -> None:
        import pyqtgraph as pg

        theme, plot = self._theme, self.plot
        for level in levels:
            found = level.people
            if found.low is not None and found.high is not None:
                pen = theme.pen("t2", 2)
                plot.addItem(
                    pg.PlotCurveItem([level.judge] * 2, [found.low, found.high], pen=pen)
                )  # fmt: skip
        pen = theme.pen("t1", 1)
        plot.addItem(
            pg.PlotCurveItem(
                [lv.judge for lv in levels], [lv.people.value or 0.0 for lv in levels], pen=pen
            )
        )  # fmt: skip
        x, y = [lv.judge for lv in levels], [lv.people.value for lv in levels]
        self.add_marked_dots(x, y, DOT_PX, CHOSEN_PX)

    def words(self, at: int) -> str:
        """A level."""
        assert self._view is not None
        level = self._view.levels[at]
        after = "" if level.corrected is None else f", corrected {number(level.corrected)}"
        return f"Judge {number(level.judge)}: people {figure(level.people)}{after}"

    def order(self) -> Sequence[int]:
        """From the lowest."""
        return range(len(self._view.levels)) if self._view is not None else ()

    def target(self, at: int) -> int:
        """Number of the level."""
        return at
