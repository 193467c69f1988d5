"""What sways the judge beyond people's taste."""

from __future__ import annotations

from app.services.calibrating.detail import Part, Source
from app.services.calibrating.detail_biases import WORDS, BiasesView
from app.ui.calibrating.plots.facts import Fact, Facts
from app.ui.calibrating.plots.panel import Told
from app.ui.calibrating.plots.rows_panel import RowsPanel
from app.ui.calibrating.plots.rows_plot import FigureRow
from app.ui.calibrating.plots.words import around, number, p_words, signed
from app.ui.library.words import thousands
from app.ui.theme import Theme


class BiasesPanel(RowsPanel):
    """Order of pairs above, coefficients below."""

    key, title, short = "biases", "What sways it", "Biases"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.facts = Facts(theme)
        self.body.insertWidget(0, self.facts)

    def show_part(self, source: Source, part: Part) -> Told:
        """Draw coefficients."""
        assert isinstance(part, BiasesView)
        rows = _rows(part)
        self.facts.show_facts(_facts(part))
        reason = part.reason or part.regression.reason
        if not rows and part.position is None:
            left = " ".join(part.left_out)
            return Told(reason=f"{reason} {left}".strip())
        self.plot.setVisible(bool(rows))
        self.plot.show_rows(
            rows, f"Coefficient, {part.unit}", lines=[(0.0, "line3")], sign=True
        )  # fmt: skip
        found = part.regression
        form = (
            "Logistic regression on people's label" if part.is_paired
            else "Regression of the judge less people"
        )  # fmt: skip
        caption = (
            f"{form}; errors clustered by call, Student's t. "
            "Red: the interval leaves out 0. " + " ".join(part.left_out)
        )
        said = "; ".join(f"{r.name} {r.text}" for r in rows)
        return Told(
            under=f"n {thousands(found.n)} in {thousands(found.calls)} calls" if rows else reason,
            caption=caption,
            said=f"{self.facts.words} {said}",
        )  # fmt: skip


def _rows(part: BiasesView) -> list[FigureRow]:
    out = []
    for name, c in part.regression.coefficients.items():
        if name == "intercept" and not part.is_paired:
            continue
        off = c.low > 0 or c.high < 0
        is_bias = name != "human"
        out.append(
            FigureRow(
                key=name, name=WORDS[name], value=c.value, low=c.low, high=c.high,
                text=signed(c.value), token="danger" if off and is_bias else "t2",
                tip=f"{WORDS[name]}: {signed(c.value)} ({signed(c.low)} to {signed(c.high)}) "
                f"{part.unit}, {p_words(c.p)}",
            )
        )  # fmt: skip
    return out


def _facts(part: BiasesView) -> list[Fact]:
    found = part.position
    if found is None:
        return []
    p = "p undefined" if found.p is None else p_words(found.p)
    return [
        Fact(name="Same verdict in both orders", value=number(found.consistency.value),
             note=around(found.consistency)),
        Fact(name="Otherwise it picked the first, the second",
             value=f"{found.first}, {found.second}", note=f"Exact binomial {p}"),
    ]  # fmt: skip
