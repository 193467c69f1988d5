"""The plot of one metric: pairs as slopes or against the diagonal, unpaired sets as strips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.comparing import ComparedMetric, Pair
from app.ui.comparing.rows import figure
from app.ui.theme import Theme
from app.ui.widgets.plotting import PlotHolder

Look = Literal["slopes", "scatter"]

POINT_PX, CHOSEN_PX = 8, 11
STRIP = 0.28
GOLDEN = 0.618034
NO_CODES = 3
"""So many codes of a side are named in words."""


class MetricPlot(PlotHolder):
    """Points tell their calls; a click on a pair, or Enter, asks to open its first call."""

    pair_opened = Signal(str)
    """Id of the pair's first call."""
    words_changed = Signal(str)
    """What is chosen, in words; empty for nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Plot of the metric", parent)
        self._metric: ComparedMetric | None = None
        self._codes: Mapping[str, str] = {}
        self._look: Look = "slopes"
        self._loose: list[tuple[str, int]] = []
        self.at: int | None = None
        """The pair that the keys have chosen."""
        self.stepped.connect(self._on_step)
        self.entered.connect(self._on_enter)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """What is drawn, where the sets are paired."""
        return self._metric.pairs if self._metric is not None else ()

    def show_metric(
        self,
        metric: ComparedMetric,
        codes: Mapping[str, str],
        look: Look,
        loose: tuple[Sequence[str], Sequence[str]] = ((), ()),
    ) -> None:
        """Draw a metric; `loose` are the calls of values that were not paired, A and B."""
        if metric != self._metric:
            self.at = None
            self.words_changed.emit("")
        self._metric, self._codes, self._look = metric, codes, look
        self._loose = [(i, n) for n, side in enumerate(loose) for i in side]
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        metric = self._metric
        if metric is None:
            return
        self.plot.clear()
        self.plot.getAxis("bottom").setTicks(None)
        if not metric.pairs:
            self._strips(metric)
        elif self._look == "slopes":
            self._slopes(metric)
        else:
            self._against(metric)
        self.plot.enableAutoRange()

    def _unit(self) -> str:
        metric = self._metric
        assert metric is not None
        return f"{metric.title}, {metric.unit}" if metric.unit else metric.title

    def _two_sides(self) -> None:
        self.plot.getAxis("bottom").setTicks([[(0, "A"), (1, "B")]])
        self.set_labels(self._unit(), "")
        self.plot.setXRange(-0.5, 1.5)

    def _slopes(self, metric: ComparedMetric) -> None:
        import numpy as np
        import pyqtgraph as pg

        theme, pairs = self._theme, metric.pairs
        self._two_sides()
        y = np.array([(p.a, p.b) for p in pairs], np.float64)
        x = np.tile((0.0, 1.0), len(pairs))
        lines = pg.PlotCurveItem(x, y.ravel(), connect="pairs", pen=theme.pen("line3"))
        self.plot.addItem(lines)
        mean = pg.PlotCurveItem(
            [0.0, 1.0], [metric.mean_a, metric.mean_b], pen=theme.pen("accent", 3)
        )
        self.plot.addItem(mean)
        if self.at is not None:
            chosen = pairs[self.at]
            self.plot.addItem(
                pg.PlotCurveItem([0.0, 1.0], [chosen.a, chosen.b], pen=theme.pen("t1", 2))
            )
        spots: list[tuple[float, float, int]] = [
            (side, value, at) for at, p in enumerate(pairs) for side, value in ((0, p.a), (1, p.b))
        ]
        self._points(spots)

    def _against(self, metric: ComparedMetric) -> None:
        import pyqtgraph as pg

        pairs = metric.pairs
        unit = f", {metric.unit}" if metric.unit else ""
        self.set_labels(f"B{unit}", f"A{unit}")
        values = [v for p in pairs for v in (p.a, p.b)]
        ends = [min(values), max(values)]
        dashed = self._theme.pen("line3", 1, Qt.PenStyle.DashLine)
        self.plot.addItem(pg.PlotCurveItem(ends, ends, pen=dashed))
        self._points([(p.a, p.b, at) for at, p in enumerate(pairs)])

    def _strips(self, metric: ComparedMetric) -> None:
        import pyqtgraph as pg

        self._two_sides()
        for side, values in enumerate((metric.a, metric.b)):
            mean = metric.mean_b if side else metric.mean_a
            level = pg.PlotCurveItem(
                [side - STRIP, side + STRIP], [mean, mean], pen=self._theme.pen("accent", 3)
            )
            self.plot.addItem(level)
            spread = [side + STRIP * ((n * GOLDEN) % 1 - 0.5) for n in range(len(values))]
            known = len(self._loose) == len(metric.a) + len(metric.b)
            first = len(metric.a) if side else 0
            self._points(
                [
                    (x, y, first + n if known else -1)
                    for n, (x, y) in enumerate(zip(spread, values, strict=True))
                ]
            )

    def _points(self, spots: list[tuple[float, float, int]]) -> None:
        import pyqtgraph as pg

        theme = self._theme
        brushes = [theme.color("accent" if at == self.at else "t2") for _, _, at in spots]
        item = pg.ScatterPlotItem(
            x=[x for x, _, _ in spots],
            y=[y for _, y, _ in spots],
            data=[at for _, _, at in spots],
            size=[CHOSEN_PX if at == self.at else POINT_PX for _, _, at in spots],
            brush=brushes,
            pen=theme.pen("canvas"),
            hoverable=True,
            tip=self._tip,
            hoverPen=theme.pen("focus", 2),
        )
        item.sigClicked.connect(self._on_clicked)
        self.plot.addItem(item)

    def _tip(self, x: float, y: float, data: int) -> str:
        metric = self._metric
        assert metric is not None
        return self.pair_words(data) if data >= 0 else figure(y, metric.decimals)

    def pair_words(self, at: int) -> str:
        """A pair's calls and its values; of sets that are not paired, a call and its value."""
        metric = self._metric
        assert metric is not None
        if not metric.pairs:
            value = (*metric.a, *metric.b)[at]
            call_id, side = self._loose[at]
            return f"{'AB'[side]} {self._named((call_id,))}: {figure(value, metric.decimals)}"
        pair = metric.pairs[at]
        sides = ((pair.a_ids, pair.a), (pair.b_ids, pair.b))
        a, b = (f"{self._named(ids)}: {figure(v, metric.decimals)}" for ids, v in sides)
        return f"A {a}, B {b}"

    def _named(self, ids: tuple[str, ...]) -> str:
        words = ", ".join(self._codes.get(i, i) for i in ids[:NO_CODES])
        more = len(ids) - NO_CODES
        return f"{words} and {more} more" if more > 0 else words

    def _on_clicked(self, _item: Any, points: Any, _event: Any = None) -> None:
        at = int(points[0].data()) if len(points) else -1
        if at >= 0:
            self._choose(at)
            self._on_enter()

    def _choose(self, at: int) -> None:
        self.at = at
        self.draw()
        self.words_changed.emit(self.pair_words(at))

    def _on_step(self, by: int) -> None:
        count = len(self.pairs) or len(self._loose)
        if count:
            first = 0 if by > 0 else count - 1
            self._choose(first if self.at is None else (self.at + by) % count)

    def _on_enter(self) -> None:
        if self.at is not None:
            pairs = self.pairs
            self.pair_opened.emit(pairs[self.at].a_ids[0] if pairs else self._loose[self.at][0])
