"""Figures of raters as rows of the table and of the plots."""

from __future__ import annotations

from collections.abc import Sequence

from app.eval.agreement.resampling import Estimate
from app.services.calibrating.detail_raters import RaterRow
from app.ui.calibrating.plots.rows_plot import FigureRow
from app.ui.calibrating.plots.words import figure, interval, measure_words, number, signed
from app.ui.library.words import thousands
from app.ui.studies.grid import Cell, Column, Row

COLUMNS = (
    Column(title="Rater", px=150, right=False, stretch=True),
    Column(title="Dimension", px=150, right=False, stretch=True),
    Column(title="Items", px=58),
    Column(title="Calls", px=54),
    Column(title="Harshness", px=158, tip="Points below the others on the same items, 95 %"),
    Column(title="With the others", px=250, tip="In the dimension's own measure, 95 %"),
    Column(title="Again α", px=146, tip="Of their own blind repeats, interval α"),
    Column(title="Same", px=70, tip="Repeats that got the same value again"),
    Column(title="Blind", px=60, tip="Scores given before they saw any other"),
)
NOT_ENOUGH_BLIND = 0.999


def grid_rows(rows: Sequence[RaterRow]) -> tuple[Row, ...]:
    """Rows of the table; keys are rater and dimension."""
    return tuple(_row(r) for r in rows)


def _row(r: RaterRow) -> Row:
    untold = r.expertise == "synthetic" and "synthetic" not in r.name.casefold()
    name = f"{r.name}, {r.expertise}" if untold else r.name
    again = r.again
    cells = (
        Cell(text=name, weight=500),
        Cell(text=r.criterion.title, token="t2"),
        Cell(text=thousands(r.items), token="t2"),
        Cell(text=thousands(r.calls), token="t2"),
        _estimate(r.harshness, sign=True),
        _estimate(r.agreement, before=f"{measure_words(r.measure)} "),
        _estimate(again.alpha if again is not None else None),
        Cell(text=f"{again.same} of {len(again.repeats)}" if again is not None else "–",
             token="t2"),
        Cell(text=f"{r.blind_share:.0%}".replace("%", " %"),
             token="t2" if r.blind_share >= NOT_ENOUGH_BLIND else "warn"),
    )  # fmt: skip
    return Row(key=f"{r.rater}|{r.criterion.key}", cells=cells, tip=r.expertise)


def _estimate(found: Estimate | None, *, sign: bool = False, before: str = "") -> Cell:
    if found is None or found.value is None:
        return Cell(text="–", token="t3")
    reach = interval(found, sign=sign)
    told = signed(found.value) if sign else number(found.value)
    return Cell(text=f"{before}{told}  {reach}", token="t1")


def harshness(rows: Sequence[RaterRow]) -> list[FigureRow]:
    """Raters of one dimension, for the plot; none on scales without distances."""
    return [
        FigureRow(
            key=r.rater, name=r.name, value=found.value, low=found.low, high=found.high,
            text=signed(found.value) if found.value is not None else "undefined",
            tip=f"{r.name}: {figure(found, sign=True)}",
        )
        for r in rows
        if (found := r.harshness) is not None
    ]  # fmt: skip


def agreements(rows: Sequence[RaterRow]) -> list[FigureRow]:
    """Raters of one dimension beside all others, for the plot."""
    return [
        FigureRow(
            key=r.rater, name=r.name, value=r.agreement.value, low=r.agreement.low,
            high=r.agreement.high, tip=f"{r.name}: {figure(r.agreement)}",
            text=number(r.agreement.value) if r.agreement.value is not None else "undefined",
        )
        for r in rows
    ]  # fmt: skip
