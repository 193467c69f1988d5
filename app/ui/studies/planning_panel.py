"""Planning help: votes for a half-width, pairs for a preference, and what this study gives."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from app.services.studies import planning
from app.ui.studies.grid import Column, Grid, Row, cells
from app.ui.studies.setup import Drawn
from app.ui.studies.words import number
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

USUAL_SD = 0.8
HALF_WIDTHS = (0.1, 0.2, 0.3, 0.5)
VOTES = (Column(title="95 % interval", px=140, right=False, stretch=True),
         Column(title="Votes a condition", px=130))  # fmt: skip
PAIRS = (Column(title="True preference", px=140, right=False, stretch=True),
         Column(title="Pairs of two", px=130))  # fmt: skip

PAIRS_NOTE = "80 % power, two-sided 5 %, independent votes. "
VOTES_NOTE = "Votes of the same raters on the same clips are worth less than independent ones."


class PlanningPanel(QWidget):
    """Figures follow the spread, the calls and the raters. Only small sums on this thread."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._drawn: Drawn | None = None
        self._instrument, self._raters = "acr", 5
        self.sd = QDoubleSpinBox()
        self.sd.setAccessibleName("Standard deviation of the votes")
        self.sd.setRange(0.1, 3.0)
        self.sd.setSingleStep(0.1)
        self.sd.setDecimals(1)
        self.sd.setValue(USUAL_SD)
        self.sd.setFixedWidth(theme.px(56))
        self.sd.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.sd.valueChanged.connect(lambda _v: self._show())
        self.here = Label(theme, "", "small", "t1", wrap=True)
        self.votes = Grid(theme, VOTES, "Votes needed", plain=True)
        self.pairs = Grid(theme, PAIRS, "Pairs needed", plain=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Label(theme, "Standard deviation of votes", "small", "t2"))
        row.addStretch()
        row.addWidget(self.sd)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(theme, "What it can show", "body", weight=500))
        column.addWidget(self.here)
        column.addLayout(row)
        column.addWidget(self.votes)
        column.addWidget(self.pairs)
        self.note = Label(theme, "", "label", "t3", wrap=True)
        column.addWidget(self.note)
        column.addStretch()

    def show_drawn(self, drawn: Drawn, instrument: str, raters: int) -> None:
        """Take the calls."""
        self._drawn, self._instrument, self._raters = drawn, instrument, raters
        self._show()

    def show_raters(self, raters: int) -> None:
        """Take another number of raters an item."""
        if raters != self._raters:
            self._raters = raters
            self._show()

    def _show(self) -> None:
        if self._drawn is None:
            return
        advice = planning.advice(self.sd.value(), half_widths=HALF_WIDTHS)
        paired = self._instrument in ("ccr", "pairwise")
        self.votes.show_rows(
            [Row(key=str(w), cells=cells(f"± {w:g} points", str(n)))
             for w, n in advice.votes_for_half_width]
        )  # fmt: skip
        self.pairs.show_rows(
            [Row(key=str(p), cells=cells(f"{p * 100:.0f} %", str(n)))
             for p, n in advice.pairs_for_preference]
        )  # fmt: skip
        for grid, shown in ((self.votes, not paired), (self.pairs, paired)):
            grid.setVisible(shown)
            grid.setFixedHeight(grid.height_of_rows())
        self.note.setText((PAIRS_NOTE if paired else "") + VOTES_NOTE)
        self.here.setText(self._here(self._drawn, paired=paired))

    def _here(self, drawn: Drawn, *, paired: bool) -> str:
        if drawn.problem or not drawn.rated:
            return "Choose calls first."
        if paired:
            return f"This study: {drawn.rated * self._raters} votes on {drawn.rated} pairs."
        fewest = min(n for _, n, _ in drawn.conditions) * self._raters
        if fewest < 2:
            return "This study: 1 vote on some condition, which says nothing of its spread."
        from app.eval.listening.planning import half_width

        reach = number(half_width(fewest, self.sd.value()))
        return f"This study: at least {fewest} votes a condition, known to ±\u00a0{reach} at best."
