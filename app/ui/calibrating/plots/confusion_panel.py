"""The confusion table in its pane."""

from __future__ import annotations

from app.domain.rubrics import ScaleKind
from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_confusion import ConfusionView
from app.services.calibrating.votes_behind import Wanted
from app.ui.calibrating.plots.heat import HeatMap
from app.ui.calibrating.plots.panel import Panel, Told
from app.ui.calibrating.plots.words import counted
from app.ui.theme import Theme

ROWS: dict[ScaleKind, str] = {
    "ordinal": "Human median", "interval": "Human mean", "nominal": "Human majority",
    "binary": "Human majority",
}  # fmt: skip


class ConfusionPanel(Panel):
    """A cell opens its items."""

    key, title, short = "confusion", "Confusion", "Confusion"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.plot = HeatMap(theme)
        self.body.addWidget(self.plot)
        self.setFocusProxy(self.plot)
        self.plot.chosen.connect(lambda *at: self.words_changed.emit(self._selected(*at)))
        self.plot.opened.connect(self._on_opened)

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw a table."""
        assert isinstance(part, ConfusionView)
        rows = ROWS[source.cell.criterion.scale]
        if not part.reason:
            self.plot.show_view(part, rows)
        notes = [f"Diagonal outlined. Rows: {rows.lower()}."]
        notes += [part.binned] if part.binned else []
        if part.open:
            notes.append(f"{counted(part.open, 'item')} without a common value left out.")
        return Told(
            under="click a cell for its items", caption=" ".join(notes), said=_said(part),
            reason=part.reason,
        )  # fmt: skip

    def _selected(self, row: int, column: int) -> str:
        return f"Selected: {self.plot.words(row, column)}."

    def _on_opened(self, row: int, column: int) -> None:
        self.asked.emit(Wanted(row=row, column=column))


def _said(view: ConfusionView) -> str:
    on = sum(view.counts[at][at] for at in range(len(view.labels)))
    lines = [
        f"judge {view.labels[c]} and people {view.labels[r]}: {n}"
        for r, line in enumerate(view.counts)
        for c, n in enumerate(line)
        if n
    ]
    return f"Of {view.n} items {on} lie on the diagonal. {'; '.join(lines)}."
