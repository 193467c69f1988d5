"""The widgets of the table of scores and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.scores.behind_page import BehindPage
from app.ui.scores.head_bar import ScoresHead, ScoresStrip
from app.ui.scores.model import ScoresModel
from app.ui.scores.rules_page import RulesPage
from app.ui.scores.table import ScoresTable
from app.ui.scores.weights_page import WeightsPage
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Hairline
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.table_with_panel import TableWithPanel

PANEL_SHARE, LEAST_PANEL_PX, MOST_PANEL_PX = 0.31, 340, 520
NO_CALLS = (
    "No calls here",
    "The query finds none. Change it, or import calls in the library.",
    "Go to the library",
)
NO_SCORES = (
    "Nothing is scored yet",
    "Run a judge over these calls, or a baseline judge, which needs no endpoint and no key. What "
    "people score counts as well.",
    "Go to the runs",
)
HIDDEN = (
    "Nothing here is open to you yet",
    "Scores of judges and of others are shown once you have submitted your own on a call.",
    "Go to the library",
)
BUSY = ("Adding up", "Every figure is resampled for its interval.", "Stop")
PAGES = (Segment("behind", "Behind it"), Segment("weights", "Weights"), Segment("rules", "Rules"))


class ScoresParts(QWidget):
    """Head above; below it words, or strip, table and panel."""

    acted = Signal()
    """The button of the words was pressed."""

    def __init__(self, theme: Theme, actions: ActionTable, model: ScoresModel) -> None:
        super().__init__()
        self.head = ScoresHead(theme, actions)
        self.strip = ScoresStrip(theme, actions)
        self.table = ScoresTable(theme, model)
        self.behind, self.weights, self.rules = (
            BehindPage(theme),
            WeightsPage(theme),
            RulesPage(theme),
        )
        self.page = Segmented(theme, PAGES, name="Panel", compact=True)
        self.page.chosen.connect(self.show_page)
        self._inner = QStackedWidget()
        for page in (self.behind, self.weights, self.rules):
            self._inner.addWidget(page)
        self.panel = self._panel(theme)
        self.body = TableWithPanel(
            theme, strip=self.strip, table=self.table, panel=self.panel, words=NO_CALLS,
            share=PANEL_SHARE, most_px=MOST_PANEL_PX,
        )  # fmt: skip
        self.body.acted.connect(self.acted)
        self.words, self.split = self.body.words, self.body.split
        self.show_words, self.show_table = self.body.show_words, self.body.show_table
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self.body, 1)

    def _panel(self, theme: Theme) -> QWidget:
        panel = QWidget()
        panel.setMinimumWidth(theme.px(LEAST_PANEL_PX))
        row = QHBoxLayout()
        row.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        row.addWidget(self.page)
        row.addStretch()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Hairline(theme))
        column.addWidget(self._inner, 1)
        return panel

    @property
    def shows_table(self) -> bool:
        """Whether figures are shown, rather than words."""
        return self.body.shows_table

    def show_page(self, key: str) -> None:
        """A page of the panel."""
        self.page.set_current(key)
        pages = {"behind": self.behind, "weights": self.weights, "rules": self.rules}
        self._inner.setCurrentWidget(pages[key])

    def next_page(self) -> None:
        """The page after this one."""
        keys = [segment.key for segment in PAGES]
        at = keys.index(self.page.current or "behind")
        self.show_page(keys[(at + 1) % len(keys)])
