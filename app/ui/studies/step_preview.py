"""Last step: what will be presented; then rendering, with its progress."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.library.words import long_duration, thousands
from app.ui.studies.grid import Column, Grid, Row, cells
from app.ui.studies.setup import ROLE_WORDS, Drawn, Setup
from app.ui.studies.words import INSTRUMENT_WORDS, raters_of
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressPage

COLUMNS = (
    Column(title="What", px=220, right=False, stretch=True),
    Column(title="How much", px=320, right=False, stretch=True),
)
ANSWER_S = 4.0
"""From the end of a clip to the next, before any rater's pace is known."""


class PreviewStep(QWidget):
    """A table of facts, or the bar of what is being rendered."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.table = Grid(theme, COLUMNS, "What will be presented", plain=True)
        self.words = Label(theme, "", "small", "t2", wrap=True)
        self.progress = ProgressPage(theme)
        facts = QWidget()
        column = QVBoxLayout(facts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)
        self._pages = QStackedWidget()
        self._pages.addWidget(facts)
        self._pages.addWidget(self.progress)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self.setFocusProxy(self.table)

    def show_drawn(self, setup: Setup, drawn: Drawn | None) -> None:
        """Show what a setup gives; None while it is being drawn."""
        self._pages.setCurrentIndex(0)
        if drawn is None or drawn.problem:
            self.table.show_rows([])
            self.words.set_token("danger" if drawn else "t3")
            self.words.setText(f"{drawn.problem} {drawn.remedy}" if drawn else "Drawing items…")
            return
        self.table.show_rows(
            [Row(key=name, cells=cells(name, words)) for name, words in _facts(setup, drawn)]
        )
        self.words.set_token("t2")
        self.words.setText(
            "Once open, the rules and the clips are frozen by hash and cannot be changed; another "
            "design is another study. Raters see the question, never a system or a file."
        )

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Show how far rendering is."""
        self.progress.step(done, total, note)

    def begin(self, words: str) -> None:
        """Show the bar."""
        self.progress.begin(words)
        self._pages.setCurrentWidget(self.progress)

    def show_facts(self) -> None:
        """Back to the table."""
        self._pages.setCurrentIndex(0)


def _facts(setup: Setup, drawn: Drawn) -> list[tuple[str, str]]:
    raters = setup.design.raters_per_item
    unit = "forms" if setup.instrument == "rubric" else "votes"
    facts = [
        ("Study", f"{setup.name}, {INSTRUMENT_WORDS[setup.instrument]}"),
        ("Conditions", ", ".join(f"{name} ({n})" for name, n, _ in drawn.conditions)),
    ]
    facts += [
        (word.capitalize(), thousands(drawn.roles[role]))
        for role, word in ROLE_WORDS.items()
        if drawn.roles.get(role)
    ]
    facts.append(
        (unit.capitalize(), f"{thousands(drawn.rated * raters)}, {raters_of(raters)} an item")
    )
    seconds = drawn.rated_s + (0 if setup.instrument == "rubric" else ANSWER_S * drawn.rated)
    facts.append(("Time of a rater who takes all", f"about {long_duration(round(seconds * 1000))}"))
    if setup.due:
        facts.append(("Due", setup.due))
    return facts
