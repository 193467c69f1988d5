"""The right panel: one metric's plot, what it is, how it was compared, what one side lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.comparing import PAIRING_WORDS
from app.ui.comparing.plot import Look, MetricPlot
from app.ui.comparing.rows import MetricRow, figure, p_words
from app.ui.comparing.work import Compared
from app.ui.runs.sections import OverlayArea, Section
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.services.set_figures import SetFigure

PLOT_PX, LEAST_PX = 260, 340
PICK_WORDS = "Left and Right choose a pair, Enter or a click opens its first call."
STRIP_WORDS = (
    "Each point is a call, the bar the mean. Left and Right choose a call, Enter or a click "
    "opens it."
)
BETTER = {"up": "Higher is better.", "down": "Lower is better.", "none": "Neither is better."}


class ComparePanel(QWidget):
    """Follows the selected row."""

    call_asked = Signal(str)
    save_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._told: Compared | None = None
        self._row: MetricRow | None = None
        self.setMinimumWidth(theme.px(LEAST_PX))
        self.title = ElidedLabel(theme, "", "title")
        self.under = ElidedLabel(theme, "", "small", "t2")
        self.look = Segmented(
            theme,
            [Segment("slopes", "Slopes"), Segment("scatter", "A against B")],
            name="Plot",
            compact=True,
        )
        self.look.chosen.connect(lambda _key: self._draw())
        self.save = Button(theme, "Export plot", icon="export", kind="quiet", compact=True)
        self.save.clicked.connect(self.save_asked)
        self.plot = MetricPlot(theme)
        self.plot.setFixedHeight(PLOT_PX)
        self.plot.pair_opened.connect(self.call_asked)
        self.plot.words_changed.connect(self._say)
        self.picked = _words(theme, "small", "t2")
        self.about, self.source = _words(theme, "small", "t2"), _words(theme, "label", "t3")
        self.how = _words(theme, "small", "t2")
        self.definition = self._section("What it is", self.about, self.source)
        self.pairing = self._section("How it was compared", self.how)
        self.lacks = _words(theme, "small", "t2")
        self.lacking = self._section("Only on one side", self.lacks)
        self.figures = _words(theme, "small", "t2")
        self.conditions = self._section("By conditions, both sets together", self.figures)
        self._lay_out()

    def _section(self, title: str, *labels: Label) -> Section:
        section = Section(self._theme, title)
        section.body.setSpacing(4)
        for label in labels:
            section.body.addWidget(label)
        return section

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(0)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.look)
        tools.addStretch()
        tools.addWidget(self.save)
        head = QVBoxLayout()
        head.setContentsMargins(Size.INSET, 0, Size.INSET, 12)
        head.setSpacing(2)
        head.addWidget(self.title)
        head.addWidget(self.under)
        head.addSpacing(8)
        head.addLayout(tools)
        head.addSpacing(6)
        head.addWidget(self.plot)
        head.addSpacing(4)
        head.addWidget(self.picked)
        column.addLayout(head)
        for section in (self.definition, self.pairing, self.conditions, self.lacking):
            column.addWidget(section)
        column.addStretch()
        area = OverlayArea()
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_compared(self, told: Compared) -> None:
        """Take another comparison; the row follows."""
        self._told = told
        missing = told.comparison.missing
        self.lacking.setVisible(bool(missing))
        self.lacking.figure.setText(f"{len(missing)}" if missing else "")
        self.lacks.setText("\n".join(missing))
        self.conditions.setVisible(bool(told.figures))
        self.figures.setText("\n".join(figure_words(f) for f in told.figures))

    def show_row(self, row: MetricRow) -> None:
        """Show a metric."""
        self._row = row
        told, m = self._told, row.metric
        if told is None:
            return
        self.title.setText(m.title)
        self.under.setText(", ".join(t for t in (row.under, m.unit, row.interval_words) if t))
        spec = told.specs.get(m.metric_id)
        about = spec.about if spec is not None else ""
        self.about.setText(f"{about} {BETTER[m.direction]}".strip())
        self.source.setText(spec.source if spec is not None else "")
        self.source.setVisible(bool(self.source.text()))
        self.how.setText(_how(told, row))
        self.look.setVisible(bool(m.pairs))
        self._say("")
        self._draw()

    def _say(self, words: str) -> None:
        is_paired = self._row is not None and bool(self._row.metric.pairs)
        self.picked.setText(words or (PICK_WORDS if is_paired else STRIP_WORDS))

    def _draw(self) -> None:
        if self._row is not None and self._told is not None:
            look: Look = "scatter" if self.look.current == "scatter" else "slopes"
            loose = self._told.loose.get(self._row.key, ((), ()))
            self.plot.show_metric(self._row.metric, self._told.codes, look, loose)


def _words(theme: Theme, role: str, token: str) -> Label:
    label = Label(theme, "", role, token, wrap=True)  # type: ignore[arg-type]
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _how(told: Compared, row: MetricRow) -> str:
    m, pairing = row.metric, told.comparison.pairing
    words = PAIRING_WORDS[pairing]
    calls = f"{m.n_a} values in A, {m.n_b} in B"
    if not m.pairs:
        return (
            f"{words[0].upper()}{words[1:]}. {calls}. By permutation p is {p_words(m.p)}, and "
            f"{p_words(m.p_holm)} after Holm's adjustment over {m.adjusted_over} figures."
        )
    pairs = "1 pair" if m.n == 1 else f"{m.n} pairs"
    return (
        f"{words[0].upper()}{words[1:]}: {pairs} of {calls}. Several calls of one item are "
        f"averaged first. By sign flips p is {p_words(m.p)}, and {p_words(m.p_holm)} after "
        f"Holm's adjustment over {m.adjusted_over} figures."
    )


def figure_words(found: SetFigure) -> str:
    """A figure of conditions: what it is, of what, and its value or why there is none."""
    parts = found.components
    named = [str(parts[k]) for k in ("accent", "noise", "recogniser") if parts.get(k)]
    title = f"{found.title} ({', '.join(named)})" if named else found.title
    if found.value is None:
        return f"{title}: {found.reason}"
    unit = f" {found.unit}" if found.unit else ""
    return f"{title}: {figure(found.value, 3)}{unit}, of {found.calls or found.n} calls"
