"""The widgets of the comparison and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.comparing.head_bar import CompareHead, CompareStrip
from app.ui.comparing.model import CompareModel
from app.ui.comparing.panel import ComparePanel
from app.ui.comparing.table import CompareTable
from app.ui.theme import Theme
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.splitter import LineSplitter

PANEL_SHARE, MOST_PANEL_PX = 0.34, 560
FIRST = (
    "Compare two sets of calls",
    "Say which are A and which are B by queries: two agents, two versions, calls and their "
    "perturbed copies. Or select calls in the library and press Compare there.",
    "Go to the library",
)
BUSY = ("Comparing", "Every figure is resampled for its interval.", "Stop")
NOTHING = (
    "No figure has values on both sides",
    "Measure both sets by the same metrics first: select them in the library and press Evaluate.",
    "Go to the library",
)


class CompareParts(QWidget):
    """Head above; below it words, or strip, table and panel."""

    acted = Signal()
    """The button of the words was pressed."""

    def __init__(self, theme: Theme, actions: ActionTable, model: CompareModel) -> None:
        super().__init__()
        self.head = CompareHead(theme, actions)
        self.strip = CompareStrip(theme, actions)
        self.table = CompareTable(theme, model)
        self.panel = ComparePanel(theme)
        self.words = EmptyState(theme, FIRST[0], FIRST[1], button=FIRST[2])
        self.words.acted.connect(self.acted)
        self.split = LineSplitter(theme)
        self.split.addWidget(self.table)
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 1)
        self.split.splitterMoved.connect(self._on_moved)
        self._moved = False
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
        """Whether a comparison is shown, rather than words."""
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

    def show_words(self, title: str, text: str = "", button: str = "") -> None:
        """Words in place of the table."""
        self.words.set_words(title, text, button)
        self._pages.setCurrentWidget(self.words)

    def show_table(self) -> None:
        """The table and the panel."""
        self._pages.setCurrentWidget(self._full)
