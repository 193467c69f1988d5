"""The judge against each person, people against each other, and both pooled."""

from __future__ import annotations

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_people import ForestRow, ForestView
from app.services.calibrating.detail_source import HOW
from app.services.calibrating.votes_behind import Wanted
from app.ui.calibrating.plots.panel import Told
from app.ui.calibrating.plots.rows_panel import RowsPanel
from app.ui.calibrating.plots.rows_plot import FigureRow
from app.ui.calibrating.plots.words import figure, measure_words, number
from app.ui.theme import Theme

HEADS = {"judge": "Judge with", "people": "People", "pooled": "Pooled"}


class ForestPanel(RowsPanel):
    """A person's row opens what they rated."""

    key, title, short = "forest", "Each person", "People"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._raters: dict[str, str] = {}
        self.plot.opened.connect(self._on_opened)

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw agreements."""
        assert isinstance(part, ForestView)
        if part.reason:
            return Told(reason=part.reason)
        rows, group = [], ""
        self._raters = {}
        for at, row in enumerate(part.rows):
            if row.group != group:
                group = row.group
                rows.append(FigureRow(key=f"={group}", name=HEADS[group], is_heading=True))
            key = str(at)
            self._raters[key] = row.rater
            rows.append(_figure_row(key, row))
        measure = measure_words(part.measure)
        pooled = [r.figure.value for r in part.rows if r.group == "pooled"]
        lines = [(v, "accent") for v in pooled[1:] if v is not None]
        self.plot.show_rows(rows, measure, lines=lines)
        said = "; ".join(f"{r.name} {number(r.figure.value)}" for r in part.rows)
        return Told(
            under=measure, caption=f"Line: people among themselves, pooled. {HOW}",
            said=f"{measure}. {said}.",
        )  # fmt: skip

    def _on_opened(self, key: str) -> None:
        self.asked.emit(Wanted(rater=self._raters.get(key) or None))


def _figure_row(key: str, row: ForestRow) -> FigureRow:
    found = row.figure
    name = row.name.removeprefix("Judge, ") if row.group == "judge" else row.name
    name = {"Judge, all people": "Judge", "People among themselves": "People"}.get(name, name)
    return FigureRow(
        key=key, name=name, value=found.value, low=found.low, high=found.high,
        text=number(found.value) if found.value is not None else "undefined",
        tip=f"{row.name}: {figure(found)}",
        token="accent" if row.name.startswith("Judge") else "t2",
    )  # fmt: skip
