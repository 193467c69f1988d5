"""The library's widgets and how they lie; knows nothing of calls."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.context import UiContext
from app.ui.library.bulk_bar import BulkBar
from app.ui.library.empty_library import EmptyLibrary
from app.ui.library.head_bar import HeadBar
from app.ui.library.model import CallTableModel
from app.ui.library.preview import PreviewPanel
from app.ui.library.side_panel import SidePanel
from app.ui.library.table import CallTable
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.splitter import LineSplitter

SIDE_WIDTH, PREVIEW_WIDTH = 204, 282
"""In a window of 1,440 px they leave room for every column that is shown at first."""
NARROW = 1300
"""Below this width the sides start smaller, so that every column of the table is seen."""
NARROW_SIDE, NARROW_PREVIEW = 176, 244


class LibraryParts(QWidget):
    """Header above; views and facets, table (or first-run page), preview side by side."""

    def __init__(self, ctx: UiContext, model: CallTableModel, parent: QWidget) -> None:
        super().__init__(parent)
        theme, actions = ctx.theme, ctx.actions
        self.head = HeadBar(theme, actions)
        self.side = SidePanel(theme)
        self.table = CallTable(theme, ctx.settings, model, self)
        self.bulk = BulkBar(theme, actions)
        self.preview = PreviewPanel(theme, actions, ctx.settings)
        self.empty = EmptyLibrary(theme, actions)
        self.nothing = EmptyState(
            theme,
            "No call matches",
            "Take a filter out, or clear all of them.",
            button="Clear filters",
        )
        self.split = LineSplitter(theme)
        self.split.splitterMoved.connect(self._on_moved)
        self.moved = False
        """Whether the widths of the sides were chosen by the person."""
        self._rows = QStackedWidget()
        self._pages = QStackedWidget()
        self._list = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        for child in (self.table, self.nothing):
            self._rows.addWidget(child)
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._rows, 1)
        column.addWidget(self.bulk)
        for page in (self._list, self.empty):
            self._pages.addWidget(page)
        for index, part in enumerate((self.side, self._pages, self.preview)):
            self.split.addWidget(part)
            self.split.setStretchFactor(index, int(part is self._pages))
            self.split.setCollapsible(index, False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.split, 1)
        self.preview.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until someone moves them, the sides have the widths that suit the window."""
        super().resizeEvent(event)
        if not self.moved:
            narrow = self.width() < NARROW
            side = NARROW_SIDE if narrow else SIDE_WIDTH
            preview = NARROW_PREVIEW if narrow else PREVIEW_WIDTH
            self.split.setSizes([side, self.width() - side - preview - 2, preview])

    def _on_moved(self, *_args: int) -> None:
        self.moved = True

    def show_state(self, *, any_calls: bool, found: bool) -> None:
        """First run, nothing found, or rows; the geometry stays."""
        self._pages.setCurrentWidget(self._list if any_calls else self.empty)
        self._rows.setCurrentWidget(self.table if found else self.nothing)
        self.preview.setVisible(any_calls)
        self.head.show_empty(is_empty=not any_calls)
