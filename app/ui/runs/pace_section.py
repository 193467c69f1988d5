"""The section that says how fast a run goes."""

from __future__ import annotations

from app.services.evaluating.pace import Pace
from app.ui.runs.pace_chart import PaceChart, pace_words
from app.ui.runs.sections import Section
from app.ui.theme import Theme

LEAST_BARS = 8
"""A run that was over sooner has a rate, but no course worth drawing."""
STEPS_RATE, REQUESTS_RATE = "Steps per minute", "Requests per minute"


class PaceSection(Section):
    """A rate, and bars over time."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, STEPS_RATE)
        self.chart = PaceChart(theme)
        self.body.addWidget(self.chart)

    def show_pace(self, pace: Pace | None, *, runs: bool) -> None:
        """The bars; a run that computed nothing has none."""
        self.setVisible(pace is not None)
        self.figure.setText(pace_words(pace) if pace is not None else "")
        self.chart.show_pace(pace, runs=runs)
        self.chart.setVisible(pace is not None and len(pace.counts) >= LEAST_BARS)

    def show_unit(self, *, requests: bool) -> None:
        """Whether requests are counted, or steps."""
        self.set_title(REQUESTS_RATE if requests else STEPS_RATE)
