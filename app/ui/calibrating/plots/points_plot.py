"""A plot of points of which one may be chosen and opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.eval.agreement.ratings import Floats
from app.ui.calibrating.plots.surface import SurfacePlot
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip


class PointsPlot(SurfacePlot):
    """Left and Right choose a point, Enter or a click opens it: subclasses say what it is."""

    chosen = Signal(int)
    opened = Signal(object)
    """What the point stands for."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self.at: int | None = None
        """Number of the chosen point."""
        self.stepped.connect(self._on_step)
        self.entered.connect(self._on_enter)

    def order(self) -> Sequence[int]:
        """The points as keys go through them."""
        raise NotImplementedError

    def words(self, at: int) -> str:
        """What a point is."""
        raise NotImplementedError

    def target(self, at: int) -> object:
        """What opening a point leads to."""
        raise NotImplementedError

    def add_dots(
        self, x: Sequence[float] | Floats, y: Sequence[float | None] | Floats, **look: Any
    ) -> None:
        """Draw the points; `look` is the plotting library's."""
        import pyqtgraph as pg

        dots = pg.ScatterPlotItem(
            x=x, y=y, data=list(range(len(x))), hoverable=True,
            hoverPen=self._theme.pen("focus", 2), tip=self._tip, **look,
        )  # fmt: skip
        dots.sigClicked.connect(self._on_clicked)
        self.plot.addItem(dots)

    def add_marked_dots(
        self, x: Sequence[float], y: Sequence[float | None], size_px: int, chosen_px: int
    ) -> None:
        """Draw few points, the chosen one larger and in the accent's colour."""
        theme, marks = self._theme, [n == self.at for n in range(len(x))]
        self.add_dots(
            x, y, pen=theme.pen("canvas"), size=[chosen_px if m else size_px for m in marks],
            brush=[theme.color("accent" if m else "t1") for m in marks],
        )  # fmt: skip

    def _tip(self, x: float, y: float, data: int) -> str:
        return plain_tip(self.words(data))

    def _choose(self, at: int) -> None:
        self.at = at
        self.draw()
        self.chosen.emit(at)

    def _on_clicked(self, _item: Any, points: Any, _event: Any = None) -> None:
        if len(points):
            self._choose(int(points[0].data()))
            self._on_enter()

    def _on_step(self, by: int) -> None:
        order = self.order()
        if order:
            at = order.index(self.at) + by if self.at is not None else 0
            self._choose(order[at % len(order)])

    def _on_enter(self) -> None:
        if self.at is not None:
            self.opened.emit(self.target(self.at))
