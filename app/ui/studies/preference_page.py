"""Preferences: who wins against whom, strengths with intervals, and what would bias them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.studies.grid import Cell, Column, Grid, Row
from app.ui.studies.plots import Estimate, IntervalPlot
from app.ui.studies.words import NONE, interval, number, percent, votes_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.eval.listening.preference import Preference, Share
    from app.services.studies.result_values import Results

FACTS = (
    Column(title="Check", px=190, right=False, stretch=True),
    Column(title="Found", px=260, right=False, stretch=True),
)
STRENGTH_NOTE = (
    "Log odds of being preferred against the first system, 95 % drawn over raters; ties and the "
    "worth of coming first are part of the model."
)
MOST_SYSTEMS = 8
"""Columns of the matrix; more systems are in the export."""


class PreferencePage(QWidget):
    """By the study's rules, or all votes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._found: Results | None = None
        self._told: Preference | None = None
        self.which = Segmented(
            theme, [Segment("rules", "By the rules"), Segment("all", "All votes")],
            name="Votes", compact=True,
        )  # fmt: skip
        self.which.chosen.connect(lambda _key: self._show())
        self.count = Label(theme, "", "small", "t2")
        self.matrix = Grid(theme, (Column(title="", right=False, stretch=True),), "Wins")
        self.facts = Grid(theme, FACTS, "Checks", plain=True)
        self.plot = IntervalPlot(theme, "Strengths with their intervals")
        bar = QHBoxLayout()
        bar.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        bar.setSpacing(10)
        bar.addWidget(self.which)
        bar.addWidget(self.count)
        bar.addStretch()
        self.note = Label(theme, "", "label", "t3", wrap=True)
        self.note.setContentsMargins(Size.INSET, 6, Size.INSET, 6)
        self._left = _stack(self.matrix, Hairline(theme), self.facts)
        left, right = QWidget(), QWidget()
        left.setLayout(self._left)
        right.setLayout(_stack(self.plot, self.note))
        self._split = split = LineSplitter(theme, Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([520, 420])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(bar)
        outer.addWidget(Hairline(theme))
        outer.addWidget(split, 1)
        self.setFocusProxy(self.which)

    def show_results(self, found: Results) -> None:
        """Show a study's preferences."""
        self._found = found
        self._show()

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        every = self.which.current == "all"
        told = found.preference_of_all if every else found.preference
        taken = sum(found.exclusions.values())
        self.count.setText(
            f"{votes_words(found.counted + (taken if every else 0))}, "
            f"{'with' if every else 'without'} the {taken} that rules take out"
        )
        self._show_matrix(told)
        self.facts.show_rows(_facts(told, found.null_pairs))
        self._told = told
        QTimer.singleShot(0, self.plot, self._show_plot)

    def _show_matrix(self, told: Preference | None) -> None:
        systems = () if told is None else told.systems[:MOST_SYSTEMS]
        columns = [Column(title="Wins against", px=150, right=False, stretch=True)]
        columns += [Column(title=name, px=92) for name in systems]
        fresh = Grid(self._theme, columns, "Wins: a row's system against a column's", plain=True)
        self._left.replaceWidget(self.matrix, fresh)
        self.matrix.hide()
        self.matrix.deleteLater()
        self.matrix = fresh
        if told is not None:
            fresh.show_rows([_wins(told, name, systems) for name in systems])

    def _show_plot(self) -> None:
        """In a turn of its own: making a plot takes the window tens of milliseconds."""
        told = self._told
        if told is None or told.strengths is None:
            self.plot.show_rows((), "", (0, 1))
            self.note.setText(
                "No strengths: a system won or lost every time, or some were never compared."
            )
            return
        rows = [
            Estimate(
                key=name, name=name, value=value, n=1_000,
                low=told.intervals.get(name, (None, None))[0],
                high=told.intervals.get(name, (None, None))[1],
            )
            for name, value in zip(told.systems, told.strengths.values, strict=True)
        ]  # fmt: skip
        ends = [v for r in rows for v in (r.value, r.low, r.high) if v is not None]
        low, high = min([*ends, -0.5]), max([*ends, 0.5])
        self.note.setText(STRENGTH_NOTE)
        rows.sort(key=lambda r: -(r.value or 0))
        self.plot.show_rows(rows, "Strength, log odds", (low, high), line=0.0)


def _stack(*parts: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 0 if isinstance(part, Hairline | Label) else 1)
    if isinstance(parts[0], IntervalPlot):
        column.addStretch()
    return column


def _wins(told: Preference, name: str, systems: tuple[str, ...]) -> Row:
    row = [Cell(text=name, weight=500)]
    for other in systems:
        won, lost = told.wins.get((name, other), 0), told.wins.get((other, name), 0)
        ties = told.ties.get((min(name, other), max(name, other)), 0)
        if name == other or not won + lost + ties:
            row.append(Cell(text=NONE, token="t3"))
            continue
        share = f", {won / (won + lost) * 100:.0f} %" if won + lost else ""
        row.append(Cell(text=f"{won:g}{share}", token="t1" if won > lost else "t2"))
    return Row(key=name, cells=tuple(row))


def _share(found: Share) -> str:
    span = interval(found.interval.low * 100, found.interval.high * 100, 0)
    p = f", p = {found.p:.3f}" if found.p is not None else ""
    part = percent(found.count / found.n) if found.n else NONE
    return f"{found.count} of {found.n}, {part}, 95 % {span}{p}"


def _facts(told: Preference | None, null_pairs: Share | None) -> list[Row]:
    if told is None:
        return []
    position = told.strengths.position if told.strengths is not None else None
    error = told.strengths.position_error if told.strengths is not None else None
    worth = NONE if position is None else f"{number(position)} ± {number(error)} log odds"
    facts = [
        ("Picked what came first", _share(told.picked_first)),
        ("Worth of coming first", worth),
        ("Ties", percent(told.tie_rate)),
        ("Circular triads", f"{told.circular} of {told.triads}"),
        ("Identical pairs: picked first", NONE if null_pairs is None else _share(null_pairs)),
    ]
    return [
        Row(key=name, cells=(Cell(text=name, token="t2"), Cell(text=words)), tip=words)
        for name, words in facts
    ]
