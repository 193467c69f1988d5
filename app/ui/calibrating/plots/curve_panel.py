"""The calibration curve in its pane."""

from __future__ import annotations

import numpy as np

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_curve import CurveView
from app.services.calibrating.detail_source import HOW
from app.services.calibrating.votes_behind import Wanted
from app.ui.calibrating.plots.curve_plot import CurvePlot
from app.ui.calibrating.plots.panel import Panel, Told
from app.ui.calibrating.plots.words import number
from app.ui.theme import Theme


class CurvePanel(Panel):
    """A level opens the items to which the judge gave it."""

    key, title, short = "curve", "Calibration curve", "Curve"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._source: Source | None = None
        self._levels: tuple[float, ...] = ()
        self.plot = CurvePlot(theme)
        self.body.addWidget(self.plot)
        self.setFocusProxy(self.plot)
        self.plot.chosen.connect(lambda at: self.words_changed.emit(self.plot.words(at)))
        self.plot.opened.connect(self._on_opened)

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw a curve."""
        assert isinstance(part, CurveView)
        if part.reason:
            return Told(reason=part.reason)
        self._source, self._levels = source, tuple(lv.judge for lv in part.levels)
        self.plot.show_view(part)
        error = f"off by {number(part.calibration_error)}"
        why = f"ECE undefined: {part.ece_from}"
        if part.ece is not None:
            why = f"ECE {number(part.ece, 3)}, from {part.ece_from}."
        lines = "Straight line: judge and people mean the same."
        if part.corrected_error is not None:
            error += f", {number(part.corrected_error)} corrected"
            lines += " Dashed: corrected."
        said = ". ".join(self.plot.words(at) for at in range(len(part.levels)))
        return Told(
            under=error, caption=f"{lines} {HOW} {why}", said=f"{said}. {why}"
        )  # fmt: skip

    def _on_opened(self, at: int) -> None:
        if self._source is None:
            return
        levels = np.array(self._levels)
        near = np.searchsorted((levels[1:] + levels[:-1]) / 2, self._source.judge)
        places = np.flatnonzero((near == at) & self._source.shared)
        self.asked.emit(Wanted(places=tuple(places.tolist())))
