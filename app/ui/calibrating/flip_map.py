"""What two versions said of the same items, as a table of counts: who flipped, and where to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.calibrating.plots.surface import SurfacePlot
from app.ui.calibrating.plots.tiles import Tile, Tiles, legible, square
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.eval.calibration.drift import Flips


class FlipMap(SurfacePlot):
    """Counts of (before, after); the diagonal is what stayed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Flips", parent)
        self._flips: Flips | None = None
        self._labels = ("Before", "After")
        self._hears = False

    cell_asked = Signal(float, float)
    """(before, after) of a cell that was clicked."""

    def show_flips(self, flips: Flips | None, before: str = "Before", after: str = "After") -> None:
        """Draw a table; nothing where there is none."""
        self._flips, self._labels = flips, (before, after)
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        flips = self._flips
        if flips is None or not len(flips.levels):
            if self.is_made:
                self.plot.clear()
                self.set_labels("", "")
                for side in ("left", "bottom"):
                    self.plot.getAxis(side).setTicks([[]])
            return
        plot, theme = self.plot, self._theme
        plot.clear()
        if not self._hears:
            self._hears = True
            plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.set_labels(*self._labels)
        labels = [f"{v:g}" for v in flips.levels]
        for side in ("left", "bottom"):
            plot.getAxis(side).setTicks([list(enumerate(labels))])
            plot.getAxis(side).setStyle(tickLength=0)
        most = max(1.0, float(flips.table.max()))
        marks = [(square(at, at), theme.pen("t1")) for at in range(len(labels))]
        plot.addItem(Tiles(list(self._tiles(flips, most)), theme.pen("grid"), marks))
        plot.setXRange(-0.5, len(labels) - 0.5, padding=0.01)
        plot.setYRange(-0.5, len(labels) - 0.5, padding=0.01)

    def _tiles(self, flips: Flips, most: float) -> Iterator[Tile]:
        theme = self._theme
        font = theme.font("small" if len(flips.levels) < 8 else "tick")
        for row, line in enumerate(flips.table.tolist()):
            for column, count in enumerate(line):
                token = "t2" if row == column else "accent"
                share = 0.12 + 0.7 * count / most if count else 0.0
                ground = theme.mixed(token, share, "canvas")
                ink = legible(theme, ground) if count else theme.color("t3")
                yield Tile(
                    row=row, column=column, ground=ground, ink=ink, font=font,
                    text=f"{count:.0f}" if count else "·",
                )  # fmt: skip

    def _on_clicked(self, event: Any) -> None:
        flips = self._flips
        if flips is None:
            return
        point = self.plot.vb.mapSceneToView(event.scenePos())
        row, column = round(point.y()), round(point.x())
        if 0 <= row < len(flips.levels) and 0 <= column < len(flips.levels):
            self.cell_asked.emit(flips.levels[row], flips.levels[column])
