"""The confusion table as a heat-map: counts in cells, the diagonal outlined."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPen
from PySide6.QtWidgets import QWidget

from app.services.calibrating.detail_confusion import ConfusionView
from app.ui.calibrating.plots.surface import SurfacePlot
from app.ui.calibrating.plots.tiles import Tile, Tiles, legible, square
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.tokens import Role
from app.ui.widgets.tips import plain_tip

LEAST_SHARE, MOST_SHARE = 0.14, 0.9
"""Of ink over canvas, for the smallest and the largest count."""
ROOM_FOR_FOUR = 9
"""Above so many classes counts are written small."""
STEPS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
}  # fmt: skip


class HeatMap(SurfacePlot):
    """Arrows choose a cell, Enter or a click opens it."""

    opened = Signal(int, int)
    """Row and column."""
    chosen = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Confusion of judge and people", parent)
        self._view: ConfusionView | None = None
        self._rows_are = ""
        self._hears = False
        self.at: tuple[int, int] | None = None
        """The chosen row and column."""
        self.entered.connect(self._open)

    def show_view(self, view: ConfusionView, rows_are: str) -> None:
        """Draw a table; `rows_are` says what people's value is."""
        self._view, self._rows_are = view, rows_are
        size = len(view.labels)
        if self.at is not None and max(self.at) >= size:
            self.at = None
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        view = self._view
        if view is None:
            return
        plot = self.plot
        if not self._hears:
            self._hears = True
            plot.scene().sigMouseClicked.connect(self._on_clicked)
            plot.scene().sigMouseMoved.connect(self._on_moved)
        plot.clear()
        size = len(view.labels)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setTicks([list(enumerate(view.labels))])
            axis.setStyle(tickLength=0, tickAlpha=0)
            axis.setPen(None)
        self.set_labels(self._rows_are, "Judge")
        most = max((n for line in view.counts for n in line), default=0)
        tiles = [
            self._tile(row, column, count, most)
            for row, line in enumerate(view.counts)
            for column, count in enumerate(line)
        ]
        plot.addItem(Tiles(tiles, self._theme.pen("grid"), self._marks()))
        plot.setXRange(-0.5, size - 0.5, padding=0.01)
        plot.setYRange(-0.5, size - 0.5, padding=0.01)

    def _tile(self, row: int, column: int, count: int, most: int) -> Tile:
        theme, view = self._theme, self._view
        assert view is not None
        share = 0.0
        if count:
            share = LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * count / most
        ground = theme.mixed("t2", share, "canvas")
        is_small = len(view.labels) > ROOM_FOR_FOUR
        if not count and is_small:
            return Tile(row=row, column=column, ground=ground)
        ink = theme.color("t3")
        if count:
            ink = legible(theme, ground)
        role: Role = "tick" if is_small else "small"
        return Tile(
            row=row, column=column, ground=ground, text=str(count) if count else "·", ink=ink,
            font=theme.font(role, 600 if count else None),
        )  # fmt: skip

    def _marks(self) -> list[tuple[QRectF, QPen]]:
        """The diagonal, and the chosen cell."""
        view = self._view
        assert view is not None
        marks = [(square(at, at), self._theme.pen("t1", 1)) for at in range(len(view.labels))]
        if self.at is not None:
            marks.append((square(*self.at), self._theme.pen("accent", 2.5)))
        return marks

    def words(self, row: int, column: int) -> str:
        """A cell in words."""
        view = self._view
        assert view is not None
        count = view.counts[row][column]
        items = f"{thousands(count)} item{'' if count == 1 else 's'}"
        return f"judge {view.names[column]} where people said {view.names[row]}, {items}"

    def _cell_at(self, where: QPointF) -> tuple[int, int] | None:
        view = self._view
        if view is None:
            return None
        point = self.plot.vb.mapSceneToView(where)
        row, column = round(point.y()), round(point.x())
        size = len(view.labels)
        return (row, column) if 0 <= row < size and 0 <= column < size else None

    def _on_clicked(self, event: Any) -> None:
        cell = self._cell_at(event.scenePos())
        if cell is not None:
            self._choose(cell)
            self._open()

    def _on_moved(self, where: QPointF) -> None:
        cell = self._cell_at(where)
        words = self.words(*cell) if cell is not None else ""
        self._widget.setToolTip(plain_tip(words[:1].upper() + words[1:]))

    def _choose(self, cell: tuple[int, int]) -> None:
        if cell != self.at:
            self.at = cell
            self.draw()
            self.chosen.emit(*cell)

    def _open(self) -> None:
        view = self._view
        if self.at is not None and view is not None and view.counts[self.at[0]][self.at[1]]:
            self.opened.emit(*self.at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and Enter."""
        step, view = STEPS.get(Qt.Key(event.key())), self._view
        if step is None or view is None:
            super().keyPressEvent(event)
            return
        last = len(view.labels) - 1
        row, column = self.at if self.at is not None else (last // 2, last // 2)
        if self.at is not None:
            row, column = row + step[0], column + step[1]
        self._choose((max(0, min(last, row)), max(0, min(last, column))))
