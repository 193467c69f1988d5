"""Bias in every class of every division."""

from __future__ import annotations

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_source import HOW
from app.services.calibrating.detail_strata import StrataView, StratumRow
from app.services.calibrating.votes_behind import Wanted
from app.ui.calibrating.plots.panel import Told
from app.ui.calibrating.plots.rows_panel import RowsPanel
from app.ui.calibrating.plots.rows_plot import FigureRow
from app.ui.calibrating.plots.words import figure, signed
from app.ui.theme import Theme


class StrataPanel(RowsPanel):
    """A class opens its items."""

    key, title, short = "strata", "Bias by stratum", "Strata"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._rows: dict[str, StratumRow] = {}
        self.plot.opened.connect(self._on_opened)

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw biases."""
        assert isinstance(part, StrataView)
        if part.reason or part.whole is None:
            return Told(reason=part.reason)
        if not part.rows:
            return Told(reason="Nothing divides these items into classes of ten or more.")
        self._rows = {f"{r.division}: {r.name}": r for r in part.rows}
        lines = [(0.0, "line3")]
        rows = [_figure_row(part.whole, part, "all")]
        division = ""
        for key, row in self._rows.items():
            if row.division != division:
                division = row.division
                rows.append(FigureRow(key=f"={division}", name=division, is_heading=True))
            rows.append(_figure_row(row, part, key))
        self._rows["all"] = part.whole
        unit = "Judge − human, points" + (", corrected" if part.is_corrected else "")
        self.plot.show_rows(rows, unit, lines=lines, sign=True)
        off = [k for k, r in self._rows.items() if r.off]
        return Told(
            under=f"{len(off)} of {len(part.rows)} off the rule", caption=_caption(part),
            said=_said(part, off),
        )  # fmt: skip

    def _on_opened(self, key: str) -> None:
        row = self._rows.get(key)
        if row is not None:
            self.asked.emit(Wanted(places=tuple(row.at.tolist())))


def _figure_row(row: StratumRow, view: StrataView, key: str) -> FigureRow:
    bias = row.bias
    after = "after correction " if view.is_corrected else ""
    tip = f"{row.name}: bias {after}{figure(bias, sign=True)}"
    if view.is_corrected:
        tip += f"; raw {figure(row.raw, sign=True)}"
    tip += "; off the rule" if row.off else ""
    return FigureRow(
        key=key, name=row.name, value=bias.value, low=bias.low, high=bias.high,
        other=row.raw.value if view.is_corrected else None,
        text=f"{signed(bias.value)}{' off' if row.off else ''}", tip=tip,
        token="danger" if row.off else "t2",
    )  # fmt: skip


def _caption(view: StrataView) -> str:
    notes = []
    if view.is_corrected:
        notes.append("Filled: after correction, as the rule takes it. Hollow: raw.")
    notes.append(f"Off: beyond {view.factor:g} times the bias of all, and wholly on one side of 0.")
    notes.append(HOW)
    if view.left_out:
        notes.append(f"{view.left_out} smaller classes left out.")
    if view.missing:
        notes.append(f"Not measured: {', '.join(view.missing)}.")
    return " ".join(notes)


def _said(view: StrataView, off: list[str]) -> str:
    whole = view.whole
    assert whole is not None
    classes = "; ".join(f"{r.division} {r.name} {signed(r.bias.value)}" for r in view.rows)
    return f"Bias of all {signed(whole.bias.value)}. {classes}. Off the rule: {len(off)}."
