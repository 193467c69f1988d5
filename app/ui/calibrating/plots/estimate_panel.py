"""The population's mean: as the judge gives it, from labels alone, and corrected."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.report_words import ESTIMATORS
from app.ui.calibrating.plots.facts import Fact, Facts
from app.ui.calibrating.plots.panel import Panel, Told
from app.ui.calibrating.plots.rows_plot import FigureRow, RowsPlot
from app.ui.calibrating.plots.words import counted, figure, interval, number, signed
from app.ui.library.words import thousands
from app.ui.runs.sections import OverlayArea
from app.ui.studies.grid import Cell, Column, Grid, Row
from app.ui.theme import Theme

MOST_TITLE = 36
"""Letters of a dimension's name that fit along an axis."""
COLUMNS = (
    Column(title="Correction", px=110, right=False, stretch=True),
    Column(title="RMSE", px=58, tip="Of held-out calls"),
    Column(title="Bias", px=58, tip="Of held-out calls"),
    Column(title="Gain ± se", px=112, tip="Squared error of the judge as it is, less the model's"),
)


class EstimatePanel(Panel):
    """Means above, how they were made, and the models that were tried."""

    key, title, short = "estimate", "Estimate", "Estimate"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.plot = RowsPlot(theme, self.title)
        self.facts = Facts(theme)
        self.table = Grid(theme, COLUMNS, "Corrections in cross-validation", plain=True)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.plot, self.facts, self.table):
            column.addWidget(part)
        column.addStretch(1)
        area = OverlayArea()
        area.setWidget(inner)
        self.body.addWidget(area, 1)
        self.setFocusProxy(self.plot)
        self.plot.chosen.connect(
            lambda key: self.words_changed.emit(row.tip if (row := self.plot.row(key)) else "")
        )

    def show_part(self, source: Source, part: Part) -> Told:
        """Show means and models."""
        cell = source.cell
        mean = cell.mean
        if mean is None:
            return Told(reason="This scale has no mean.")
        told = f"Mean of all {thousands(cell.judged)} scores of the judge"
        rows = [
            FigureRow(key="raw", name="Judge, raw", value=mean.raw, text=number(mean.raw), tip=told)
        ]
        if mean.classical is not None:
            value, low, high = mean.classical
            rows.append(
                FigureRow(key="labels", name="Labels alone", value=value, low=low, high=high,
                          text=number(value), tip="People's labels, clustered by call")
            )  # fmt: skip
        found = mean.estimate
        rows.append(
            FigureRow(
                key="corrected", name="Corrected", value=found.value, low=found.low,
                high=found.high, token="accent", tip=figure(found),
                text=number(found.value) if found.value is not None else "undefined",
            )
        )  # fmt: skip
        title = cell.criterion.title
        self.plot.show_rows(rows, f"Mean {title}" if len(title) <= MOST_TITLE else "Mean")
        self.facts.show_facts(_facts(source))
        tried = _tried(source)
        self.table.show_rows(tried)
        self.table.setFixedHeight(self.table.height_of_rows())
        self.table.setVisible(bool(tried))
        method = ESTIMATORS.get(mean.corrected.method, mean.corrected.method)
        if found.value is None:
            method = "no corrected mean"
        return Told(
            under=method, caption="Corrections: cross-validated by call, five folds; the simplest "
            "within one standard error of the best.",
            said=f"Raw {number(mean.raw)}. Corrected {figure(found)}. {self.facts.words}",
        )  # fmt: skip


def _facts(source: Source) -> list[Fact]:
    cell, mean = source.cell, source.cell.mean
    assert mean is not None
    c = mean.corrected
    out = [
        Fact(
            name="Corrected mean", value=number(c.value) if c.value is not None else "undefined",
            note=f"{interval(mean.estimate)}. {mean.reason}".removeprefix(". "),
        )
    ]  # fmt: skip
    if mean.gain is not None:
        note = f"{counted(c.labelled, 'label')} and {thousands(c.judged)} judged items."
        out.append(Fact(name="Effective sample size", value=f"×{number(mean.gain)}", note=note))
    made = cell.fitted
    name = made.correction.model if made.correction is not None else "none"
    note = made.refused or "Fitted on train and dev calls alone."
    if made.correction is not None:
        b, a = made.correction.before, made.correction.after
        note += (
            f" RMSE {number(b.rmse)} → {number(a.rmse)}, "
            f"bias {signed(b.bias.value)} → {signed(a.bias.value)}."
        )
    token = "warn" if made.refused else "t1"
    out.append(Fact(name="Correction of scores", value=name, note=note, token=token))
    return out


def _tried(source: Source) -> list[Row]:
    correction = source.cell.fitted.correction
    if correction is None:
        return []
    rows = []
    for t in correction.tried:
        is_chosen = t.name == correction.model
        cells = (
            Cell(text=f"{t.name}, chosen" if is_chosen else t.name,
                 weight=600 if is_chosen else None, token="t1" if is_chosen else "t2"),
            Cell(text=number(t.rmse, 3), token="t1" if is_chosen else "t2"),
            Cell(text=signed(t.bias.value), token="t2"),
            Cell(text=f"{signed(t.gain)} ± {number(t.gain_error)}", token="t2"),
        )  # fmt: skip
        rows.append(Row(key=t.name, cells=cells))
    return rows
