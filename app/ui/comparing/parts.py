"""The widgets of the comparison and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.comparing.head_bar import CompareHead, CompareStrip
from app.ui.comparing.model import CompareModel
from app.ui.comparing.panel import ComparePanel
from app.ui.comparing.table import CompareTable
from app.ui.theme import Theme
from app.ui.widgets.table_with_panel import TableWithPanel

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
        self.body = TableWithPanel(
            theme, strip=self.strip, table=self.table, panel=self.panel, words=FIRST,
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

    @property
    def shows_table(self) -> bool:
        """Whether a comparison is shown, rather than words."""
        return self.body.shows_table
