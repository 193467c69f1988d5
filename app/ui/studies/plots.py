"""Plots of results: values with their intervals, and how often each answer was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.ui.studies.words import number
from app.ui.theme import Theme
from app.ui.widgets.plotting import PlotHolder

BAR_PX, DOT_PX = 5, 8
ROW_PX, AXIS_PX = 84, 70
"""A row's height at most: what is compared must lie near."""
FEWEST = 8
"""Fewer votes than this are drawn hollow: too few to rank by."""
NAME_CHARS = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One row of the plot. `plain_low`, `plain_high`: the simple interval beside it."""

    key: str
    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    plain_low: float | None = None
    plain_high: float | None = None
    n: int = 0


class IntervalPlot(PlotHolder):
    """Rows from top to bottom; a bar for the interval, a dot for the value."""

    row_chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._rows: tuple[Estimate, ...] = ()
        self._unit, self._range = "", (0.0, 1.0)
        self._line: float | None = None
        self._key = ""
        self.stepped.connect(self._on_step)

    def show_rows(
        self,
        rows: Sequence[Estimate],
        unit: str,
        ends: tuple[float, float],
        *,
        line: float | None = None,
    ) -> None:
        """Draw estimates on an axis from `ends[0]` to `ends[1]`; `line` is the reference."""
        self._rows, self._unit, self._range = tuple(rows), unit, ends
        self._line = line
        self.setMaximumHeight(self._theme.px(ROW_PX * max(len(self._rows), 1) + AXIS_PX))
        self.draw()

    def choose(self, key: str) -> None:
        """Draw a row as the chosen one."""
        if key != self._key:
            self._key = key
            self.draw()

    def draw(self) -> None:
        """Draw anew."""
        if not self._rows:
            if self.is_made:
                self.plot.clear()
            return
        import pyqtgraph as pg

        theme, plot = self._theme, self.plot
        plot.clear()
        names = [(-at, _short(row)) for at, row in enumerate(self._rows)]
        plot.getAxis("left").setTicks([names])
        plot.getAxis("left").setWidth(theme.px(150))
        self.set_labels("", self._unit)
        if self._line is not None:
            plot.addItem(pg.InfiniteLine(self._line, pen=theme.pen("line2")))
        for at, row in enumerate(self._rows):
            self._draw_row(-at, row)
        low, high = self._range
        plot.setXRange(low, high, padding=0.03)
        plot.setYRange(-len(self._rows) + 0.4, 0.6, padding=0)

    def _draw_row(self, y: float, row: Estimate) -> None:
        import pyqtgraph as pg

        theme, few = self._theme, row.n < FEWEST
        ink = "accent" if row.key == self._key else "t2"
        if row.plain_low is not None and row.plain_high is not None:
            pen = theme.pen("line3", 1)
            self.plot.addItem(
                pg.PlotCurveItem([row.plain_low, row.plain_high], [y - 0.22, y - 0.22], pen=pen)
            )
        if row.low is not None and row.high is not None:
            pen = theme.pen("line2" if few else ink, BAR_PX)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            self.plot.addItem(pg.PlotCurveItem([row.low, row.high], [y, y], pen=pen))
        if row.value is not None:
            brush = theme.color("canvas" if few else "t1")
            dot = pg.ScatterPlotItem(
                x=[row.value], y=[y], size=DOT_PX, brush=brush, pen=theme.pen("t1", 1.5)
            )
            self.plot.addItem(dot)

    def _on_step(self, by: int) -> None:
        keys = [row.key for row in self._rows]
        if keys:
            at = keys.index(self._key) if self._key in keys else -by
            self.row_chosen.emit(keys[max(0, min(len(keys) - 1, at + by))])


def _short(row: Estimate) -> str:
    name = row.name if len(row.name) <= NAME_CHARS else f"{row.name[: NAME_CHARS - 1]}…"
    return f"{name}, too few" if 0 < row.n < FEWEST else name


class Histogram(PlotHolder):
    """A bar for each answer of the scale; what nobody gave has none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "How often each answer was given", parent)
        self._counts: Mapping[float, int] = {}
        self._ends = (1, 5)

    def show_counts(self, counts: Mapping[float, int], ends: tuple[int, int]) -> None:
        """Draw votes a value, over the whole scale."""
        self._counts, self._ends = counts, ends
        said = ", ".join(f"{number(v, 0)}: {n}" for v, n in counts.items())
        self.setAccessibleName(f"How often each answer was given: {said or 'no votes'}")
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        theme, plot = self._theme, self.plot
        plot.clear()
        low, high = self._ends
        values = list(range(low, high + 1))
        plot.getAxis("bottom").setTicks([[(v, number(v, 0)) for v in values]])
        most = max(self._counts.values(), default=0)
        plot.getAxis("left").setTicks([[(0, "0"), (most, str(most))]] if most else [[]])
        self.set_labels("Votes", "")
        bars = pg.BarGraphItem(
            x=values,
            height=[self._counts.get(float(v), 0) for v in values],
            width=0.62,
            brush=theme.color("t3"),
            pen=theme.pen("t3"),
        )
        plot.addItem(bars)
        plot.setXRange(low - 0.6, high + 0.6, padding=0)
        plot.setYRange(0, max(most, 1) * 1.08, padding=0)
