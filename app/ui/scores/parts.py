"""The widgets of the table of scores and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
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
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.splitter import LineSplitter

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
        self.words = EmptyState(theme, NO_CALLS[0], NO_CALLS[1], button=NO_CALLS[2])
        self.words.acted.connect(self.acted)
        self.split = LineSplitter(theme)
        self.split.addWidget(self.table)
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 1)
        self.split.splitterMoved.connect(self._on_moved)
        self._moved = False
        self._lay_out()

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

    def _lay_out(self) -> None:
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.split, 1)
        self._full, self._pages = full, QStackedWidget()
        self._pages.addWidget(self.words)
        self._pages.addWidget(full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self._pages, 1)

    @property
    def shows_table(self) -> bool:
        """Whether figures are shown, rather than words."""
        return self._pages.currentWidget() is self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until someone moves the line, the panel has its share of the width."""
        super().resizeEvent(event)
        if not self._moved:
            panel = min(MOST_PANEL_PX, round(self.width() * PANEL_SHARE))
            panel = max(panel, self.panel.minimumWidth())
            self.split.setSizes([self.width() - panel - 1, panel])

    def _on_moved(self, *_args: int) -> None:
        self._moved = True

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

    def show_words(self, title: str, text: str = "", button: str = "") -> None:
        """Words in place of the table."""
        self.words.set_words(title, text, button)
        self._pages.setCurrentWidget(self.words)

    def show_table(self) -> None:
        """The table and the panel."""
        self._pages.setCurrentWidget(self._full)
