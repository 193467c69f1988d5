"""The widgets of the tab of endpoints and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.judges.endpoint_editor import EndpointEditor
from app.ui.judges.line_list import LineModel, LineView
from app.ui.judges.notice import Notice
from app.ui.judges.price_table import PriceTable
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.splitter import LineSplitter

LIST_PX, LIST_SHARE, PRICES_PX, EMPTY_PX = 272, 0.24, 206, 560
NONE = (
    "No endpoint yet",
    "Judges with a model are asked at an endpoint that speaks OpenAI's language: OpenAI itself, "
    "or vLLM, Ollama, LM Studio or llama.cpp on this machine. Baseline judges need none.",
)


class EndpointsParts(QWidget):
    """List and editor above, prices below; a first-run page instead of the upper half."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._moved = False
        """Whether the list's width was chosen by the person."""
        # From the outside inwards: a part that changes its parent is styled anew with all in it.
        self.notice = Notice(theme, self)
        self._split = LineSplitter(theme, Qt.Orientation.Vertical, self)
        self._pages = QStackedWidget(self._split)
        self._top = LineSplitter(theme, parent=self._pages)
        self._left = QWidget(self._top)
        self.model = LineModel()
        self.list = LineView(theme, self.model, "Endpoints")
        self.editor = EndpointEditor(theme, actions, self._top)
        self.prices = PriceTable(theme, self._split)
        self.empty = EmptyState(theme, *NONE, button="Add an endpoint")
        self.add = Button(
            theme, "Add", icon="plus", compact=True, action="judges.add", actions=actions
        )
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        self._lay_out_left()
        self._top.addWidget(self._left)
        self._top.addWidget(self.editor)
        self._top.setStretchFactor(1, 1)
        self._top.splitterMoved.connect(self._on_moved)
        self.empty.setMaximumWidth(theme.px(EMPTY_PX))
        first = QWidget()
        middle = QHBoxLayout(first)
        middle.addWidget(self.empty)
        for page in (first, self._top):
            self._pages.addWidget(page)
        self._split.addWidget(self._pages)
        self._split.addWidget(self.prices)
        self._split.setStretchFactor(0, 1)
        self._split.setSizes([2000, theme.px(PRICES_PX)])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.notice)
        outer.addWidget(self._split, 1)

    def _on_moved(self, *_args: int) -> None:
        self._moved = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until someone moves the line, the list has its share of the width."""
        super().resizeEvent(event)
        if not self._moved:
            wide = min(self._theme.px(LIST_PX), round(self.width() * LIST_SHARE))
            self._top.setSizes([wide, self.width() - wide - 1])

    def _lay_out_left(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 8, 12, 8)
        head.addWidget(Label(theme, "Endpoints", "body", "t1", weight=500), 1)
        head.addWidget(self.add)
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Hairline(theme))
        column.addWidget(self.list, 1)

    def show_any(self, *, shown: bool) -> None:
        """The list and the editor, or what to do without any endpoint."""
        self._pages.setCurrentIndex(int(shown))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill."""
        QPainter(self).fillRect(self.rect(), self._theme.color("bg1"))
