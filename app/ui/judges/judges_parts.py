"""The widgets of the tab of judges and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.judges.judge_detail import JudgeDetail
from app.ui.judges.judge_list import JudgeList
from app.ui.theme import Theme
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.splitter import LineSplitter

LIST_PX, LEAST_LIST_PX, LIST_SHARE = 272, 200, 0.24
NONE = (
    "No judge is here",
    "Judges come with the workspace. Open it anew to add those that are shipped.",
)


class JudgesParts(QWidget):
    """The list and one judge side by side; nothing before the first answer."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._moved = False
        """Whether the list's width was chosen by the person."""
        # From the outside inwards: a part that changes its parent is styled anew with all in it.
        self._pages = QStackedWidget(self)
        self._split = LineSplitter(theme, parent=self._pages)
        self.list = JudgeList(theme, actions, self._split)
        self.detail = JudgeDetail(theme, actions, self._split)
        self._empty = EmptyState(theme, *NONE)
        self._split.addWidget(self.list)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(1, 1)
        self._split.splitterMoved.connect(self._on_moved)
        self.list.setMinimumWidth(LEAST_LIST_PX)
        for page in (QWidget(), self._split, self._empty):
            self._pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _on_moved(self, *_args: int) -> None:
        self._moved = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until someone moves the line, the list has its share of the width."""
        super().resizeEvent(event)
        if not self._moved:
            wide = min(self._theme.px(LIST_PX), round(self.width() * LIST_SHARE))
            self._split.setSizes([wide, self.width() - wide - 1])

    def show_any(self, *, shown: bool) -> None:
        """The list, or that there is no judge."""
        self._pages.setCurrentWidget(self._split if shown else self._empty)
