"""A plot on the ground of its pane: only what is inside the axes lies on the canvas."""

from __future__ import annotations

from collections.abc import Sequence

from app.ui.calibrating.plots.words import number, signed
from app.ui.widgets.plotting import PlotHolder

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
MOST_TICKS = 6


class SurfacePlot(PlotHolder):
    """Base of the plots of a cell."""

    def _dress(self) -> None:
        super()._dress()
        theme = self._theme
        self._widget.setBackground(theme.color("bg1"))
        self._widget.getPlotItem().getViewBox().setBackgroundColor(theme.color("canvas"))
        for side in ("left", "bottom"):
            self._widget.getPlotItem().getAxis(side).setStyle(tickLength=-4)


def thinned(ticks: Sequence[tuple[float, str]], gap: float) -> Sequence[tuple[float, str]]:
    """Every second one left out until they lie `gap` apart; 0 stays."""
    kept = list(ticks)
    while len(kept) > 1 and kept[1][0] - kept[0][0] < gap:
        zero = next((at for at, (_, words) in enumerate(kept) if words == "0"), 0)
        kept = kept[zero % 2 :: 2]
    return kept


def even_ticks(
    low: float, high: float, *, sign: bool = False, most: int = MOST_TICKS
) -> Sequence[tuple[float, str]]:
    """Round values between two ends with their words, at most about `most` of them."""
    step = next((s for s in STEPS if (high - low) / s <= most), STEPS[-1])
    first = -(-low // step) * step
    count = int((high - first) / step + 1e-9) + 1
    digits = 0 if step >= 1 else 2 if step == 0.25 or step < 0.1 else 1
    told = signed if sign else number
    values = [first + at * step for at in range(max(0, count))]
    return [(v, "0" if abs(v) < step / 100 else told(v, digits)) for v in values]
