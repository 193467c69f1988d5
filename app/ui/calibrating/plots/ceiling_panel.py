"""The ceiling: where the judge lies among people, and whether it may stand in for one."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_people import CeilingView
from app.services.calibrating.detail_source import HOW
from app.services.calibrating.votes_behind import Wanted
from app.ui.calibrating.plots.panel import Told
from app.ui.calibrating.plots.rates_plot import RatesPlot
from app.ui.calibrating.plots.rows_panel import RowsPanel
from app.ui.calibrating.plots.rows_plot import FigureRow
from app.ui.calibrating.plots.words import figure, interval, measure_words, number, signed
from app.ui.theme import Theme

RATES_PX = 104
SUPER = "super-consistent: closer to the panel than people are; read its reasons before trusting it"


class CeilingPanel(RowsPanel):
    """People left out one by one above, the test's curve below."""

    key, title, short = "ceiling", "Ceiling", "Ceiling"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._raters: dict[str, str] = {}
        self.rates = RatesPlot(theme)
        self.rates.setFixedHeight(RATES_PX)
        self.body.addWidget(self.rates)
        self.plot.opened.connect(self._on_opened)

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw people, the judge, and the curve."""
        assert isinstance(part, CeilingView)
        if part.reason:
            return Told(reason=part.reason)
        measure = measure_words(part.measure)
        self._raters = {r.rater: r.rater for r in part.rows}
        rows = [
            FigureRow(
                key="judge", name="Judge", value=part.judge.value, low=part.judge.low,
                high=part.judge.high, token="accent", text=number(part.judge.value),
                tip=f"Judge, mean over the people left out: {figure(part.judge)}",
            ),
            FigureRow(
                key="people", name="People, mean", value=part.human.value, low=part.human.low,
                high=part.human.high, text=number(part.human.value),
                tip=f"People, mean over the people left out: {figure(part.human)}",
            ),
        ]  # fmt: skip
        rows += [
            FigureRow(
                key=r.rater, name=r.name, value=r.person, other=r.judge, text=number(r.person),
                tip=f"{r.name} with the others {number(r.person)}, the judge with the same others "
                f"{number(r.judge)}; n {r.n} in {r.calls} calls",
            )
            for r in part.rows
        ]  # fmt: skip
        self.plot.show_rows(rows, measure)
        # In a turn of its own: making a plot takes the window tens of milliseconds.
        QTimer.singleShot(
            0, self.rates,
            lambda: self.rates.show_rates(part.rates, part.passes_at, part.epsilon),
        )  # fmt: skip
        z = "z undefined below three people" if part.z is None else f"z {signed(part.z)}"
        if part.super_consistent:
            z += ", super-consistent"
        return Told(under=f"{z}, {_rate(part)}", caption=_caption(part), said=_said(part, measure))

    def _on_opened(self, key: str) -> None:
        self.asked.emit(Wanted(rater=self._raters.get(key)))


def _rate(part: CeilingView) -> str:
    at = next((r for r in part.rates if r.epsilon == part.epsilon), None)
    if at is None or at.clustered is None:
        return "ω undefined"
    return f"ω {number(at.clustered)} at ε {at.epsilon:g}"


def _caption(part: CeilingView) -> str:
    notes = [
        "Filled: a person with the others; hollow: the judge with the same others. "
        "Solid: ω clustered by call, the verdict; dashed: as published, items independent."
    ]
    if part.super_consistent:
        notes.insert(0, f"z above 1 is {SUPER}.")
    return " ".join([*notes, HOW])


def _said(part: CeilingView, measure: str) -> str:
    rates = "; ".join(
        f"epsilon {r.epsilon:g}: {number(r.clustered)} clustered, {number(r.published)} as "
        "published"
        for r in part.rates
    )
    tested = "; ".join(
        f"{name} p {number(p.p, 3)}{', beaten' if p.rejected else ''}" for name, p in part.tested
    )
    return (
        f"{measure}. Judge {number(part.judge.value)} ({interval(part.judge)}), people "
        f"{number(part.human.value)} ({interval(part.human)}). Winning rates: {rates}. {tested}."
    )
