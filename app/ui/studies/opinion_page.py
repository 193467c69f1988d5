"""Opinion scores by condition: both intervals, what exclusion changes, how answers spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.studies.grid import Cell, Column, Grid, Row
from app.ui.studies.plots import FEWEST, Estimate, Histogram, IntervalPlot
from app.ui.studies.words import NONE, interval, number, opinion_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Label
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.eval.listening.opinion import Opinion
    from app.services.studies.result_values import Results
    from app.ui.studies.work import Interval

HISTOGRAM_PX = 320
COLUMNS = (
    Column(title="Condition", px=160, right=False, stretch=True),
    Column(title="Mean", px=60),
    Column(title="95 % bootstrap", px=108, tip="Raters and clips drawn anew: the one to report"),
    Column(title="95 % t", px=96, tip="As if all votes were independent: too narrow"),
    Column(title="SD", px=52),
    Column(title="Votes", px=56),
    Column(title="Raters", px=58),
    Column(title="All votes", px=100, tip="Whatever the study's rules exclude"),
    Column(title="No outliers", px=104, tip="By the study's rules, without outliers"),
)


class OpinionPage(QWidget):
    """The table above; below it the plot, and the answers of the condition that is chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._found: Mapping[str, Opinion] = {}
        self._ends = (1, 5)
        self._estimates: list[Estimate] = []
        self.table = Grid(theme, COLUMNS, "Conditions")
        self.plot = IntervalPlot(theme, "Means of conditions with their intervals")
        self.histogram = Histogram(theme)
        self.histogram.setMaximumHeight(theme.px(HISTOGRAM_PX))
        self.chosen = Label(theme, "", "small", "t2", wrap=True)
        self.chosen.setContentsMargins(Size.INSET, 10, Size.INSET, 4)
        note = Label(
            theme, "Bar: bootstrap. Thin line below it: t. Hollow: fewer than "
            f"{FEWEST} votes.", "label", "t3", wrap=True,
        )  # fmt: skip
        note.setContentsMargins(Size.INSET, 6, Size.INSET, 6)
        self._below = below = LineSplitter(theme)
        below.addWidget(_column(self.plot, note))
        below.addWidget(_column(self.chosen, self.histogram))
        below.setSizes([600, 340])
        below.setStretchFactor(0, 1)
        self._split = split = LineSplitter(theme, Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([240, 380])
        split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.setFocusProxy(self.table)
        self.table.chosen.connect(self._on_chosen)
        self.plot.row_chosen.connect(self.table.choose)

    def show_results(
        self, found: Results, simple: Mapping[str, Interval], ends: tuple[int, int]
    ) -> None:
        """Show a study's conditions."""
        names = sorted(found.conditions, key=lambda n: -(found.conditions[n].mean or 0))
        imported = sorted(found.imported)
        self._found = {**found.conditions, **{_apart(n): found.imported[n] for n in imported}}
        self._ends = ends
        rows = [_row(n, n, found.conditions[n], simple.get(n), found) for n in names]
        rows += [_row(_apart(n), f"{n}, imported", found.imported[n], None) for n in imported]
        estimates = [_estimate(n, found.conditions[n], simple.get(n)) for n in names]
        self._estimates = estimates
        QTimer.singleShot(0, self.plot, self._show_plot)
        self.table.show_rows(rows)
        self._on_chosen(self.table.key)

    def _on_chosen(self, key: str) -> None:
        told = self._found.get(key)
        if told is not None:
            self.plot.choose(key)
            self.chosen.setText(f"{key.lstrip('=')}\n{opinion_words(told)}")
            QTimer.singleShot(0, self.histogram, self._show_histogram)

    def _show_plot(self) -> None:
        low, high = self._ends
        self.plot.show_rows(self._estimates, "Mean opinion", (float(low), float(high)))

    def _show_histogram(self) -> None:
        """In a turn of its own: making a plot takes the window tens of milliseconds."""
        told = self._found.get(self.table.key)
        if told is not None:
            self.histogram.show_counts(told.histogram, self._ends)


def _column(*parts: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 0 if isinstance(part, Label) else 1)
    column.addStretch()
    return holder


def _apart(name: str) -> str:
    """The key of imported votes on a condition."""
    return f"={name}"


def _estimate(name: str, told: Opinion, simple: Interval | None) -> Estimate:
    low, high = simple or (None, None)
    return Estimate(
        key=name, name=name, value=told.mean, low=told.low, high=told.high,
        plain_low=low, plain_high=high, n=told.n,
    )  # fmt: skip


def _both(told: Opinion | None) -> str:
    return NONE if told is None else f"{number(told.mean)} ({told.n})"


def _row(
    key: str, name: str, told: Opinion, simple: Interval | None, found: Results | None = None
) -> Row:
    few = told.n < FEWEST
    ink = "t3" if few else "t1"
    plain = told.method == "t"
    row = (
        Cell(text=f"{name}, too few votes" if few else name, token=ink, weight=500),
        Cell(text=number(told.mean), token=ink, weight=600),
        Cell(text=NONE if plain else interval(told.low, told.high), token="t2"),
        Cell(text=interval(*(simple or (told.low, told.high))), token="t2"),
        Cell(text=number(told.sd), token="t2"),
        Cell(text=str(told.n), token="t2"),
        Cell(text=str(told.raters), token="t2"),
        Cell(text=_both(found.all_votes.get(key)) if found else NONE, token="t2"),
        Cell(text=_both(found.without_outliers.get(key)) if found else NONE, token="t2"),
    )
    return Row(key=key, cells=row, tip=f"Interval: {told.method}")
