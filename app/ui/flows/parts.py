"""The widgets of the flow editor and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.flows.checks_bar import ChecksBar
from app.ui.flows.draft import FlowDraft
from app.ui.flows.empty_flows import EmptyFlows
from app.ui.flows.graph_view import GraphView
from app.ui.flows.head_bar import FlowHead
from app.ui.flows.node_table import NodeTable
from app.ui.flows.sop_view import SopView
from app.ui.flows.tools_bar import SaidBar, ToolsBar
from app.ui.flows.versions_panel import VersionsPanel
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.splitter import LineSplitter

LEFT_PX, RIGHT_PX, LIST_PX, GRAPH_PX = 440, 776, 330, 290


class FlowParts(QWidget):
    """Head and checks above; left the SOP or the versions, right nodes over the graph."""

    acted = Signal()
    """The button of the words was pressed."""

    def __init__(self, theme: Theme, actions: ActionTable, draft: FlowDraft) -> None:
        super().__init__()
        self.head = FlowHead(theme, actions)
        self.checks = ChecksBar(theme)
        self.sop = SopView(theme)
        self.versions = VersionsPanel(theme)
        self.tools = ToolsBar(theme, actions)
        self.table = NodeTable(theme, draft)
        self.graph = GraphView(theme, draft)
        self.said = SaidBar(theme)
        self.graph.lay_over(self.said)
        self.empty = EmptyFlows(theme, actions)
        self.words = EmptyState(theme, "Reading the flows")
        self.words.acted.connect(self.acted)
        self.side = Segmented(
            theme, [Segment("sop", "SOP"), Segment("versions", "Versions")], name="Left side",
            compact=True,
        )  # fmt: skip
        self.side.chosen.connect(self.show_side)
        self.give = Button(
            theme, "Give to the node", kind="quiet", action="flows.give", actions=actions,
            compact=True,
        )  # fmt: skip
        self._sides = QStackedWidget()
        self.split = LineSplitter(theme)
        self.down = LineSplitter(theme, Qt.Orientation.Vertical)
        self._pages = QStackedWidget()
        self._lay_out(theme)

    def _lay_out(self, theme: Theme) -> None:
        self._sides.addWidget(self.sop)
        self._sides.addWidget(self.versions)
        top = QHBoxLayout()
        top.setContentsMargins(Size.INSET, 5, Size.INSET, 6)
        top.addWidget(self.side)
        top.addStretch()
        top.addWidget(self.give)
        left, upper = QWidget(), QWidget()
        for holder, parts in (
            (left, (top, Hairline(theme), self._sides)),
            (upper, (self.tools, self.table)),
        ):
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            for part in parts:
                column.addLayout(part) if isinstance(part, QHBoxLayout) else column.addWidget(part)
        left.setMinimumWidth(theme.px(300))
        self.down.addWidget(upper)
        self.down.addWidget(self.graph)
        self.down.setSizes([LIST_PX, GRAPH_PX])
        self.split.addWidget(left)
        self.split.addWidget(self.down)
        self.split.setStretchFactor(0, 2)
        self.split.setStretchFactor(1, 3)
        self.split.setSizes([LEFT_PX, RIGHT_PX])
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, self.checks):
            column.addWidget(widget)
        column.addWidget(self.split, 1)
        self._full = full
        for page in (self.words, self.empty, full):
            self._pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    @property
    def shows_flow(self) -> bool:
        """Whether a flow is shown, rather than words."""
        return self._pages.currentWidget() is self._full

    def show_flow(self) -> None:
        """The editor itself."""
        self._pages.setCurrentWidget(self._full)

    def show_empty(self) -> None:
        """The page before the first flow."""
        self._pages.setCurrentWidget(self.empty)

    def show_words(self, title: str, text: str = "", button: str = "") -> None:
        """Words in place of everything."""
        self.words.set_words(title, text, button)
        self._pages.setCurrentWidget(self.words)

    def show_side(self, key: str) -> None:
        """The SOP or the versions at the left."""
        self.side.set_current(key)
        self._sides.setCurrentWidget(self.versions if key == "versions" else self.sop)
        self.give.setVisible(key == "sop")
