"""One judge: head, texts or differences, and the panel beside them. Composition only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.judges.about_panel import AboutPanel
from app.ui.judges.detail_head import DetailHead
from app.ui.judges.diff_page import DiffPage
from app.ui.judges.notice import Notice
from app.ui.judges.prompt_pane import PromptPane
from app.ui.judges.try_panel import TryPanel
from app.ui.judges.variables_panel import VariablesPanel
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.theme import Theme
from app.ui.widgets.splitter import LineSplitter

SIDE_SHARE, LEAST_SIDE_PX, MOST_SIDE_PX = 0.36, 320, 480
SIDE_TABS = (Tab("about", "About"), Tab("variables", "Variables"), Tab("try", "Try out"))


class JudgeDetail(QWidget):
    """Knows how the parts lie, not what they show."""

    save_asked = Signal()
    """Ctrl+S, in a text field as well: no text field has a use of its own for it."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        # From the outside inwards: a part that changes its parent is styled anew with all in it.
        self.head = DetailHead(theme, actions, self)
        self.notice = Notice(theme, self)
        self._pages = QStackedWidget(self)
        self.split = LineSplitter(theme, parent=self._pages)
        self.pane = PromptPane(theme, self.split)
        self._panel = QWidget(self.split)
        self.tabs = TabStrip(theme, SIDE_TABS, name="Panel", parent=self._panel)
        self._side = QStackedWidget(self._panel)
        self.about = AboutPanel(theme, self._side)
        self.variables = VariablesPanel(theme, self._side)
        self.trying = TryPanel(theme, actions, self._side)
        self.diff = DiffPage(theme, actions, self._pages)
        self._sides: dict[str, QWidget] = {
            "about": self.about,
            "variables": self.variables,
            "try": self.trying,
        }
        self.moved = False
        """Whether the panel's width was chosen by the person."""
        self.tabs.chosen.connect(self.show_side)
        self.split.splitterMoved.connect(self._on_moved)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._side, 1)
        self._panel.setMinimumWidth(self._theme.px(LEAST_SIDE_PX))
        for panel in self._sides.values():
            self._side.addWidget(panel)
        self.split.addWidget(self.pane)
        self.split.addWidget(self._panel)
        self.split.setStretchFactor(0, 1)
        self._pages.addWidget(self.split)
        self._pages.addWidget(self.diff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self.notice)
        outer.addWidget(self._pages, 1)

    def _on_moved(self, *_args: int) -> None:
        self.moved = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until someone moves the line, the panel has its share of the width."""
        super().resizeEvent(event)
        if not self.moved:
            side = min(self._theme.px(MOST_SIDE_PX), round(self.width() * SIDE_SHARE))
            side = max(side, self._theme.px(LEAST_SIDE_PX))
            self.split.setSizes([self.width() - side - 1, side])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What a text field lets through: Ctrl+S saves."""
        if event.matches(QKeySequence.StandardKey.Save):
            self.save_asked.emit()
        else:
            super().keyPressEvent(event)

    def show_side(self, key: str) -> None:
        """Bring a panel to the front; an unknown key does nothing."""
        if key in self._sides:
            self.tabs.set_current(key)
            self._side.setCurrentWidget(self._sides[key])

    @property
    def side(self) -> str:
        """Which panel is in front."""
        return self.tabs.current

    @property
    def shows_diff(self) -> bool:
        """Whether the differences are in front of the texts."""
        return self._pages.currentWidget() is self.diff

    def show_diff(self, *, shown: bool) -> None:
        """Differences, or texts and panel."""
        self._pages.setCurrentWidget(self.diff if shown else self.split)
