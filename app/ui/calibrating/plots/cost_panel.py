"""What people's labels and the judge cost, and what its verdict saves."""

from __future__ import annotations

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_cost import Asked, CostView
from app.ui.calibrating.plots.facts import Fact, Facts
from app.ui.calibrating.plots.panel import Panel, Told
from app.ui.calibrating.plots.words import counted, number
from app.ui.library.words import thousands
from app.ui.runs.money import money_words
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme


class CostPanel(Panel):
    """Facts alone."""

    key, title, short = "cost", "Cost", "Cost"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.facts = Facts(theme)
        area = OverlayArea()
        area.setWidget(self.facts)
        self.body.addWidget(area, 1)

    def show_part(self, source: Source, part: Part) -> Told:
        """Show times, tokens and money."""
        assert isinstance(part, CostView)
        self.facts.show_facts([*_people(part), *_judge(source, part), _saved(part)])
        return Told(
            under=source.cell.judge.label,
            caption="The judge's requests are those of all its dimensions together.",
            said=self.facts.words,
        )  # fmt: skip


def _people(part: CostView) -> list[Fact]:
    if part.minutes_per_item is None:
        return [Fact(name="People's time", value="unknown", token="t3",
                     note="No time was kept with their scores.")]  # fmt: skip
    total = sum(p.minutes for p in part.people)
    each = ", ".join(f"{p.name} {number(p.minutes, 1)} min" for p in part.people)
    return [
        Fact(name="People's time", value=f"{number(total, 1)} min", note=each),
        Fact(name="For each item and person", value=f"{number(part.minutes_per_item, 2)} min"),
    ]  # fmt: skip


def _judge(source: Source, part: CostView) -> list[Fact]:
    if not part.asked:
        told = "It asks no model." if source.cell.judge.kind == "baseline" else (
            "No request is on record: its scores came from elsewhere."
        )  # fmt: skip
        return [Fact(name="Judge's requests", value="none", note=told, token="t3")]
    out = []
    for one in part.asked:
        out.append(Fact(name="Judge's requests", value=thousands(one.requests),
                        note=f"In {counted(one.calls, 'call')}, "
                        f"{one.latency_ms / max(1, one.requests) / 1000:.1f} s each."))  # fmt: skip
        tokens = "not counted" if one.tokens is None else f"{thousands(one.tokens)}"
        out.append(Fact(name="Tokens", value=tokens))
        out.append(_price(one))
    return out


def _price(one: Asked) -> Fact:
    if one.cost_micro is None:
        return Fact(name="Cost per call", value="price unknown", token="t3",
                    note="Give the endpoint's prices under Judges.")  # fmt: skip
    each = money_words(round(one.cost_micro / max(1, one.calls)), one.currency)
    note = f"{money_words(one.cost_micro, one.currency)} in all."
    if one.unpriced:
        note += f" {thousands(one.unpriced)} requests have no price and are not in it."
    return Fact(name="Cost per call", value=each, note=note)


def _saved(part: CostView) -> Fact:
    if part.saved_minutes is None:
        return Fact(name="Saved at this verdict", value="unknown", token="t3",
                    note=part.saved_words)  # fmt: skip
    return Fact(name="Saved at this verdict", value=f"{number(part.saved_minutes, 1)} min",
                note=part.saved_words)  # fmt: skip
