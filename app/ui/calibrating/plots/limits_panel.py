"""Bland and Altman's plot in its pane."""

from __future__ import annotations

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_limits import LimitsView
from app.services.calibrating.detail_source import HOW
from app.services.calibrating.votes_behind import Wanted
from app.ui.calibrating.plots.limits_plot import LimitsPlot
from app.ui.calibrating.plots.panel import Panel, Told
from app.ui.calibrating.plots.words import figure, number, signed
from app.ui.library.words import thousands
from app.ui.theme import Theme


class LimitsPanel(Panel):
    """A point opens its item."""

    key, title, short = "limits", "Bland–Altman", "Bland–Altman"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.plot = LimitsPlot(theme)
        self.body.addWidget(self.plot)
        self.setFocusProxy(self.plot)
        self.plot.chosen.connect(lambda at: self.words_changed.emit(f"{self.plot.words(at)}."))
        self.plot.opened.connect(lambda place: self.asked.emit(Wanted(places=(place,))))

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw differences."""
        assert isinstance(part, LimitsView)
        found = part.limits
        if found is None or part.bias is None:
            return Told(reason=part.reason)
        self.plot.show_view(part, lambda place: item_words(source, place))
        slope = "no slope" if found.slope is None else f"slope {signed(found.slope)}"
        notes = [f"Bias {figure(part.bias, sign=True)}. {HOW}"]
        if len(part.at) < part.of:
            notes.append(
                f"A random {thousands(len(part.at))} of {thousands(part.of)} points are drawn."
            )
        notes.append(
            ("Points jittered for display. " if part.jitter else "") + "Dashed line: fitted slope."
        )
        said = (
            f"{found.n} items. The judge lies {signed(found.bias)} points from people on average; "
            f"limits of agreement {signed(found.lower)} to {signed(found.upper)}; {slope}."
        )
        return Told(under=f"{slope}, n {thousands(found.n)}", caption=" ".join(notes), said=said)


def item_words(source: Source, place: int) -> str:
    """`CB-20533, turn 4: judge 4, people 2.33`."""
    found = source.found
    number_of = int(source.numbers[place])
    item = found.items[number_of]
    turn = found.turn_indices[number_of]
    where = found.calls[item.call_id].code + (f", turn {turn}" if turn is not None else "")
    judge, people = float(source.judge[place]), float(source.mean[place])
    return f"{where}: judge {judge:g}, people {number(people).removesuffix('.00')}"
