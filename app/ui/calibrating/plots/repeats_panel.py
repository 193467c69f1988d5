"""The judge against itself."""

from __future__ import annotations

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_repeats import RepeatsView
from app.services.calibrating.detail_source import HOW
from app.ui.calibrating.plots.bars_plot import BarsPlot
from app.ui.calibrating.plots.facts import Fact, Facts
from app.ui.calibrating.plots.panel import Panel, Told
from app.ui.calibrating.plots.words import around, counted, number
from app.ui.theme import Theme


class RepeatsPanel(Panel):
    """Figures above, how far runs lie apart below."""

    key, title, short = "repeats", "Self-consistency", "Repeats"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.facts = Facts(theme)
        self.plot = BarsPlot(theme, "How far runs of one item lie apart")
        self.body.addWidget(self.facts)
        self.body.addWidget(self.plot, 1)
        self.setFocusProxy(self.plot)

    def show_part(self, source: Source, part: Part) -> Told:
        """Show figures."""
        assert isinstance(part, RepeatsView)
        if part.reason or part.alpha is None or part.share is None:
            return Told(reason=part.reason)
        self.facts.show_facts(_facts(part))
        nominal = part.metric == "nominal"
        names = [
            (("same" if not gap else "differ") if nominal else f"{gap:g}", n)
            for gap, n in part.spread
        ]
        bottom = "Runs of one item" if nominal else "Largest less smallest run, points"
        self.plot.show_bars(names, "Items", bottom)
        return Told(
            under=f"{counted(part.items, 'item')}, up to {part.runs} runs", caption=HOW,
            said=self.facts.words,
        )  # fmt: skip


def _facts(part: RepeatsView) -> list[Fact]:
    assert part.alpha is not None
    assert part.share is not None
    freed = number(part.freed) if part.freed is not None else "undefined"
    note = "r / √(humans' r · judge's α). For information: no verdict rests on it."
    return [
        Fact(name=f"Same-input α, {part.metric}", value=number(part.alpha.value),
             note=around(part.alpha)),
        Fact(name="Pairs of runs that are equal", value=number(part.share.value),
             note=around(part.share)),
        Fact(name="Agreement freed of noise", value=freed, token="t2",
             note=part.freed_reason or f"r is {number(part.agreement)}. {note}"),
    ]  # fmt: skip
