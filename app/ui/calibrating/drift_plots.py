"""Plots of drift: agreement over runs, the control chart, stability indices, flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.eval.calibration.control import LIMIT, PSI_SHIFTED, PSI_WATCH
from app.ui.calibrating import drift_words
from app.ui.calibrating.plots.surface import SurfacePlot, even_ticks
from app.ui.calibrating.plots.words import MEASURES, number
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip

if TYPE_CHECKING:
    from app.eval.calibration.audit import Stream
    from app.services.calibrating.drift_board import Moment

DOT_PX, BAR_PX, MOST_TICKS = 8, 3, 6
FEWEST_BARS = 3
"""Room for so many at least: few bars must not be thick."""


class MomentsPlot(SurfacePlot):
    """A dot with its interval for each run, in order; a line where the rubric changed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Agreement over runs", parent)
        self._moments: tuple[Moment, ...] = ()
        self._judge = ""

    def show_moments(self, moments: Sequence[Moment], judge_id: str) -> None:
        """Draw runs in the order of time; those of one judge version stand out."""
        self._moments, self._judge = tuple(moments), judge_id
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        if not self._moments:
            if self.is_made:
                self.plot.clear()
            return
        plot, theme = self.plot, self._theme
        plot.clear()
        first = self._moments[0].measure
        self.set_labels(MEASURES.get(first, first), "Runs in the order of time")
        lowest = 0.0
        for at, one in enumerate(self._moments):
            found = one.agreement
            ink = "accent" if one.judge.id == self._judge else "t3"
            if at and one.rubric_version != self._moments[at - 1].rubric_version:
                self._boundary(at - 0.5, one.rubric_version)
            if found.low is not None and found.high is not None:
                pen = theme.pen(ink, BAR_PX)
                plot.addItem(pg.PlotCurveItem([at, at], [found.low, found.high], pen=pen))
                lowest = min(lowest, found.low)
        there = [(n, m) for n, m in enumerate(self._moments) if m.agreement.value is not None]
        plot.addItem(
            pg.ScatterPlotItem(
                x=[n for n, _ in there], y=[m.agreement.value for _, m in there], size=DOT_PX,
                brush=theme.color("t1"), pen=theme.pen("canvas"), hoverable=True,
                data=[m for _, m in there],
                tip=lambda data, **_at: plain_tip(drift_words.moment(data)),
            )
        )  # fmt: skip
        step = max(1, len(self._moments) // MOST_TICKS)
        plot.getAxis("bottom").setTicks(
            [[(n, _day(m.at)) for n, m in enumerate(self._moments) if not n % step]]
        )
        plot.getAxis("left").setTicks([even_ticks(min(lowest, 0), 1)])
        plot.setXRange(-0.6, len(self._moments) - 0.4, padding=0)
        plot.setYRange(lowest, 1, padding=0.05)

    def _boundary(self, x: float, version: int) -> None:
        import pyqtgraph as pg

        pen = self._theme.pen("t2", 1, Qt.PenStyle.DashLine)
        line = pg.InfiniteLine(
            x, pen=pen, label=f"rubric {version}",
            labelOpts={
                "position": 0.08, "color": self._theme.color("t2"), "anchors": [(0, 0), (0, 0)],
            },
        )  # fmt: skip
        line.label.setFont(self._theme.font("label"))
        self.plot.addItem(line)


class CusumPlot(SurfacePlot):
    """Both one-sided sums with their limit; what passes it is marked."""

    call_asked = Signal(int)
    """A point was clicked: its place in the stream."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Control chart of people less the corrected judge", parent)
        self._stream: Stream | None = None

    def show_stream(self, stream: Stream | None) -> None:
        """Draw a chart; nothing where there is none."""
        self._stream = stream
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        stream = self._stream
        if stream is None:
            if self.is_made:
                self.plot.clear()
            return
        plot, theme = self.plot, self._theme
        plot.clear()
        self.set_labels("CUSUM, in SD", "Calls since, in the order of time")
        up, down = list(stream.chart.up), [-v for v in stream.chart.down]
        for limit in (LIMIT, -LIMIT):
            pen = theme.pen("danger", 1, Qt.PenStyle.DashLine)
            plot.addItem(pg.InfiniteLine(limit, angle=0, pen=pen))
        plot.addItem(pg.InfiniteLine(0, angle=0, pen=theme.pen("line2")))
        places = list(range(1, len(up) + 1))
        for values, token in ((up, "accent"), (down, "t2")):
            plot.addItem(pg.PlotCurveItem(places, values, pen=theme.pen(token, 2)))
        self._points(places, up, down)
        alarm = stream.chart.alarm
        if alarm is not None:
            x, y = places[alarm], max((up[alarm], down[alarm]), key=abs)
            plot.addItem(
                pg.ScatterPlotItem(x=[x], y=[y], size=DOT_PX + 3, symbol="x",
                                   pen=theme.pen("danger", 2))
            )  # fmt: skip
        reach = max(LIMIT * 1.25, max(up) * 1.08, -min(down) * 1.08)
        plot.getAxis("left").setTicks([even_ticks(-reach, reach, sign=True)])
        plot.getAxis("bottom").setTicks([even_ticks(1, max(2, len(places)))])
        plot.setXRange(1, max(2, len(places)), padding=0.03)
        plot.setYRange(-reach, reach, padding=0)

    def _points(self, places: list[int], up: list[float], down: list[float]) -> None:
        import pyqtgraph as pg

        theme, stream = self._theme, self._stream
        assert stream is not None
        dots = pg.ScatterPlotItem(
            x=places * 2, y=up + down, size=5, brush=theme.color("t3"), pen=None, hoverable=True,
            data=list(range(len(places))) * 2,
            tip=lambda data, **_at: plain_tip(
                f"Call {data + 1}: people less the judge {number(stream.residuals[data])}"
            ),
        )  # fmt: skip
        dots.sigClicked.connect(self._on_clicked)
        self.plot.addItem(dots)

    def _on_clicked(self, _plot: Any, points: Any, _event: Any = None) -> None:
        if len(points):
            self.call_asked.emit(int(points[0].data()))


class StabilityPlot(SurfacePlot):
    """A bar for each stability index, with the marks from which it is worth a look."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Population stability index", parent)
        self._bars: tuple[tuple[str, float | None], ...] = ()

    def show_indices(self, scores: float | None, strata: Mapping[str, float | None]) -> None:
        """Draw the judge's scores first, then what divides the calls."""
        self._bars = (("scores", scores), *strata.items())
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        import pyqtgraph as pg

        known = [(name, v) for name, v in self._bars if v is not None]
        if not known:
            if self.is_made:
                self.plot.clear()
            return
        plot, theme = self.plot, self._theme
        plot.clear()
        self.set_labels("", "PSI, calls since against those before")
        names = [(-at, name) for at, (name, _v) in enumerate(known)]
        plot.getAxis("left").setTicks([names])
        plot.getAxis("left").setWidth(theme.px(72))
        plot.getAxis("left").setStyle(tickLength=0)
        for mark, token in ((PSI_WATCH, "line3"), (PSI_SHIFTED, "danger")):
            pen = theme.pen(token, 1, Qt.PenStyle.DashLine)
            plot.addItem(pg.InfiniteLine(mark, pen=pen))
        for at, (_name, value) in enumerate(known):
            ink = "danger" if value >= PSI_SHIFTED else "accent" if not at else "t3"
            bar = pg.BarGraphItem(
                x0=0, y=[-at], width=[value], height=0.34, brush=theme.color(ink),
                pen=theme.pen(ink),
            )  # fmt: skip
            plot.addItem(bar)
            ground = theme.color("canvas")  # a mark's line goes behind the figure
            text = pg.TextItem(number(value), theme.color("t2"), anchor=(0, 0.5), fill=ground)
            text.setFont(theme.font("label"))
            text.setPos(value, -at)
            plot.addItem(text)
        most = max(PSI_SHIFTED * 1.3, max(v for _, v in known) * 1.2)
        plot.getAxis("bottom").setTicks([even_ticks(0, most)])
        plot.setXRange(0, most, padding=0)
        plot.setYRange(min(-len(known), -FEWEST_BARS) + 0.4, 0.6, padding=0)


def _day(stamp: str) -> str:
    return datetime.fromisoformat(stamp).strftime("%-d %b")
