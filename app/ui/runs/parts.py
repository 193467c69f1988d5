"""The widgets of the screen of runs and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.runs.empty_runs import EmptyRuns
from app.ui.runs.head_bar import RunsHead
from app.ui.runs.lane_strip import LaneStrip
from app.ui.runs.model import RunTableModel
from app.ui.runs.panel import RunPanel
from app.ui.runs.rows import Filter
from app.ui.runs.table import RunTable
from app.ui.theme import Theme
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.splitter import LineSplitter

PANEL_SHARE, MOST_PANEL_PX = 0.325, 560
NOTHING: dict[Filter, tuple[str, str]] = {
    "all": ("", ""),
    "active": ("No run is active", "What is being worked on, or waits for its turn, is listed."),
    "failed": ("Nothing failed", "Runs with failures that still stand are listed here."),
}


class RunsParts(QWidget):
    """Head above; below it the first-run page, or strip, list and panel."""

    def __init__(self, theme: Theme, actions: ActionTable, model: RunTableModel) -> None:
        super().__init__()
        self.head = RunsHead(theme, actions)
        self.strip = LaneStrip(theme)
        self.table = RunTable(theme, model, self)
        self.nothing = EmptyState(theme, "")
        self.panel = RunPanel(theme, actions)
        self.empty = EmptyRuns(theme, actions)
        self.split = LineSplitter(theme)
        self.split.splitterMoved.connect(self._on_moved)
        self.moved = False
        """Whether the panel's width was chosen by the person."""
        self._rows = QStackedWidget()
        self._pages = QStackedWidget()
        self._full = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        self._rows.addWidget(self.table)
        self._rows.addWidget(self.nothing)
        self.split.addWidget(self._rows)
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 1)
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.split, 1)
        for page in (QWidget(), self._full, self.empty):
            self._pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self._pages, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until someone moves the line, the panel has its share of the width."""
        super().resizeEvent(event)
        if not self.moved:
            panel = min(MOST_PANEL_PX, round(self.width() * PANEL_SHARE))
            panel = max(panel, self.panel.minimumWidth())
            self.split.setSizes([self.width() - panel - 1, panel])

    def _on_moved(self, *_args: int) -> None:
        self.moved = True

    def show_state(self, *, any_runs: bool, any_calls: bool) -> None:
        """The first-run page, or the list."""
        self.head.show_empty(is_empty=not any_runs, can_start=any_calls)
        self.empty.show_calls(any_calls=any_calls)
        self._pages.setCurrentWidget(self._full if any_runs else self.empty)

    def show_found(self, chosen: Filter, *, found: bool) -> None:
        """The rows, or that the filter leaves none."""
        self.nothing.set_words(*NOTHING[chosen])
        self._rows.setCurrentWidget(self.table if found else self.nothing)
