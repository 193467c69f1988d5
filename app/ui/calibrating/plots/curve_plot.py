"""The calibration curve: people's mean at each level of the judge, beside the identity."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.services.calibrating.detail_curve import CurveView, Level
from app.ui.calibrating.plots.surface import SurfacePlot, even_ticks
from app.ui.calibrating.plots.words import figure, number
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip

DOT_PX, CHOSEN_PX = 8, 12
MOST_COUNTS = 8
"""With more levels their counts are in the tooltips alone."""


class CurvePlot(SurfacePlot):
    """Left and Right choose a level, Enter or a click opens it."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Calibration curve", parent)
        self._view: CurveView | None = None
        self.at: int | None = None
        """Number of the chosen level."""
        self.stepped.connect(self._on_step)
        self.entered.connect(self._on_enter)

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
        self.set_labels("Human mean, 95 %", "Judge, and items of each level")
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
        plot.setYRange(low - free, high + free, padding=0)
        plot.getAxis("left").setTicks([even_ticks(low, high)])
        ticks = [(v, t) for v, t in even_ticks(low, high)]
        if len(levels) <= MOST_COUNTS:
            ticks = [(lv.judge, f"{number(lv.judge).removesuffix('.00')}\nn {lv.people.n}")
                     for lv in levels]  # fmt: skip
        axis = plot.getAxis("bottom")
        axis.setTicks([ticks])
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
        brushes = [theme.color("accent" if n == self.at else "t1") for n in range(len(levels))]
        dots = pg.ScatterPlotItem(
            x=[lv.judge for lv in levels], y=[lv.people.value for lv in levels],
            data=list(range(len(levels))), brush=brushes, pen=theme.pen("canvas"),
            size=[CHOSEN_PX if n == self.at else DOT_PX for n in range(len(levels))],
            hoverable=True, hoverPen=theme.pen("focus", 2),
            tip=self._tip,
        )  # fmt: skip
        dots.sigClicked.connect(self._on_clicked)
        plot.addItem(dots)

    def _tip(self, x: float, y: float, data: int) -> str:
        return plain_tip(self.words(data))

    def words(self, at: int) -> str:
        """A level."""
        assert self._view is not None
        level = self._view.levels[at]
        after = "" if level.corrected is None else f", corrected {number(level.corrected)}"
        return f"Judge {number(level.judge)}: people {figure(level.people)}{after}"

    def _choose(self, at: int) -> None:
        self.at = at
        self.draw()
        self.chosen.emit(at)

    def _on_clicked(self, _item: Any, points: Any, _event: Any = None) -> None:
        if len(points):
            self._choose(int(points[0].data()))
            self._on_enter()

    def _on_enter(self) -> None:
        if self.at is not None:
            self.opened.emit(self.at)

    def _on_step(self, by: int) -> None:
        count = len(self._view.levels) if self._view is not None else 0
        if count:
            self._choose((self.at + by) % count if self.at is not None else 0)
