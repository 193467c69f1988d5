"""Rows of figures with their intervals on one axis, the figures in words at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.calibrating.plots.surface import MOST_TICKS, SurfacePlot, even_ticks, thinned
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip

ROW_PX, LEAST_ROW_PX, AXIS_PX, TICK_PX, TICK_GAP_PX = 34, 19, 46, 48, 8
BAR_PX, DOT_PX = 5, 8
NAME_SHARE = 0.36
"""Of the width, for names at most."""
PAD_SHARE = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One row; without a value it is a heading, or says why there is none."""

    key: str
    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    other: float | None = None
    """A second value, drawn hollow."""
    text: str = ""
    """At the right."""
    tip: str = ""
    token: str = "t2"
    """Of the interval."""
    is_heading: bool = False


class RowsPlot(SurfacePlot):
    """Up and Down choose a row, Enter or a click opens it."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._rows: tuple[FigureRow, ...] = ()
        self._unit = ""
        self._ends: tuple[float, float] | None = None
        self._lines: tuple[tuple[float, str], ...] = ()
        self._sign = False
        self._hears = False
        self.key = ""
        """Of the chosen row."""
        self.entered.connect(self._open)

    def show_rows(
        self,
        rows: Sequence[FigureRow],
        unit: str,
        *,
        ends: tuple[float, float] | None = None,
        lines: Sequence[tuple[float, str]] = (),
        sign: bool = False,
    ) -> None:
        """Draw rows on an axis; `lines` are (value, token) of references across all rows."""
        self._rows, self._unit, self._ends = tuple(rows), unit, ends
        self._lines, self._sign = tuple(lines), sign
        if self.key not in [r.key for r in rows]:
            self.key = ""
        theme = self._theme
        self.setMinimumHeight(theme.px(LEAST_ROW_PX * len(self._rows) + AXIS_PX))
        self.setMaximumHeight(theme.px(ROW_PX * max(1, len(self._rows)) + AXIS_PX))
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        if not self._rows:
            return
        import pyqtgraph as pg

        plot, theme = self.plot, self._theme
        if not self._hears:
            self._hears = True
            plot.scene().sigMouseClicked.connect(self._on_clicked)
            plot.scene().sigMouseMoved.connect(self._on_moved)
        plot.clear()
        self._dress_sides()
        self.set_labels("", self._unit)
        for value, token in self._lines:
            plot.addItem(pg.InfiniteLine(value, pen=theme.pen(token, 1)))
        for at, row in enumerate(self._rows):
            self._draw_row(-at, row)
        plot.setXRange(*self._reach(), padding=0)
        plot.setYRange(-len(self._rows) + 0.5, 0.5, padding=0)

    def _reach(self) -> tuple[float, float]:
        if self._ends is not None:
            low, high = self._ends
        else:
            told = [v for r in self._rows for v in (r.value, r.low, r.high, r.other)]
            known = [v for v in told if v is not None] + [v for v, _ in self._lines]
            low, high = min(known, default=0.0), max(known, default=1.0)
        free = PAD_SHARE * ((high - low) or 1.0)
        return low - free, high + free

    def _dress_sides(self) -> None:
        theme, plot = self._theme, self.plot
        metrics = QFontMetrics(theme.font("label"))
        left, right = plot.getAxis("left"), plot.getAxis("right")
        plot.showAxis("right")
        room = max(60, int(self.width() * NAME_SHARE))
        wide = max(metrics.horizontalAdvance(r.name) for r in self._rows) + 8
        wide = min(room, wide)
        left.setTicks([[(-at, _fitted(metrics, r.name, wide)) for at, r in enumerate(self._rows)]])
        left.setWidth(wide)
        texts = [(-at, r.text) for at, r in enumerate(self._rows) if r.text]
        right.setTicks([texts])
        told = max((metrics.horizontalAdvance(t) for _, t in texts), default=0) + 14
        right.setWidth(told)
        right.setTickFont(theme.font("label"))
        for axis, token in ((left, "t2"), (right, "t1")):
            axis.enableAutoSIPrefix(False)
            axis.setPen(None)
            axis.setTextPen(theme.color(token))
            axis.setStyle(tickLength=0, tickAlpha=0, autoExpandTextSpace=False)
        free = self.width() - wide - told  # the axes take these widths later
        most = max(2, min(MOST_TICKS, int(free / theme.px(TICK_PX))))
        low, high = self._reach()
        ticks = even_ticks(low, high, sign=self._sign, most=most)
        widest = max((metrics.horizontalAdvance(words) for _, words in ticks), default=0)
        gap = (widest + theme.px(TICK_GAP_PX)) * (high - low) / max(1, free)
        plot.getAxis("bottom").setTicks([thinned(ticks, gap)])

    def _draw_row(self, y: float, row: FigureRow) -> None:
        import pyqtgraph as pg

        theme, plot = self._theme, self.plot
        if row.is_heading or row.key == self.key:
            brush = theme.mixed("accent", 0.16, "canvas")
            band = pg.LinearRegionItem(
                (y - 0.5, y + 0.5), "horizontal", movable=False, pen=theme.pen("bg1"),
                brush=theme.color("bg1") if row.is_heading else brush,
            )  # fmt: skip
            band.setZValue(5 if row.is_heading else -10)  # headings part the rows and their lines
            plot.addItem(band)
        if row.is_heading:
            return
        if row.low is not None and row.high is not None:
            pen = theme.pen(row.token, BAR_PX)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            plot.addItem(pg.PlotCurveItem([row.low, row.high], [y, y], pen=pen))
        for value, token in ((row.other, "canvas"), (row.value, "t1")):
            if value is not None:
                dot = pg.ScatterPlotItem(
                    x=[value], y=[y], size=DOT_PX, brush=theme.color(token),
                    pen=theme.pen("t1", 1.2),
                )  # fmt: skip
                plot.addItem(dot)

    def _row_at(self, where: QPointF) -> FigureRow | None:
        box = self.plot.vb.sceneBoundingRect()
        if not box.top() <= where.y() <= box.bottom():
            return None
        at = round(-self.plot.vb.mapSceneToView(where).y())
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def _on_clicked(self, event: Any) -> None:
        row = self._row_at(event.scenePos())
        if row is not None and not row.is_heading:
            self.choose(row.key)
            self._open()

    def _on_moved(self, where: QPointF) -> None:
        row = self._row_at(where)
        self._widget.setToolTip(plain_tip(row.tip) if row is not None else "")

    def choose(self, key: str) -> None:
        """Choose a row."""
        if key != self.key:
            self.key = key
            self.draw()
            self.chosen.emit(key)

    def row(self, key: str) -> FigureRow | None:
        """A row by its key."""
        return next((r for r in self._rows if r.key == key), None)

    def _open(self) -> None:
        if self.key:
            self.opened.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down, Enter."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        keys = [r.key for r in self._rows if not r.is_heading]
        if step is None or not keys:
            super().keyPressEvent(event)
            return
        at = keys.index(self.key) + step if self.key in keys else 0
        self.choose(keys[max(0, min(len(keys) - 1, at))])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names are cut to what there is room for."""
        super().resizeEvent(event)
        if self.is_made and self._rows:
            self._dress_sides()


def _fitted(metrics: QFontMetrics, name: str, wide: int) -> str:
    """A name that fits; of two names both, which often differ at their ends alone."""
    parts = name.split(", ")
    room = wide - 6
    if len(parts) != 2 or metrics.horizontalAdvance(name) <= room:
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
    each = (room - metrics.horizontalAdvance(", ")) // 2
    return ", ".join(metrics.elidedText(p, Qt.TextElideMode.ElideMiddle, each) for p in parts)
