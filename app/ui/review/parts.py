"""The widgets of the review and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.context import UiContext
from app.ui.review.boundary import BoundaryEditor
from app.ui.review.commands import ReviewCommands
from app.ui.review.compare_panel import ComparePanel
from app.ui.review.dock import Dock
from app.ui.review.edit_tool import EditTool
from app.ui.review.header import ReviewHeader
from app.ui.review.session import ReviewSession
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.review.table_view import TableView
from app.ui.timeline.view import TimingView
from app.ui.transcript.view import TranscriptView
from app.ui.transport.bar import TransportBar
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline
from app.ui.widgets.splitter import LineSplitter

HEADS = (
    ("Overlap", 126, Qt.AlignmentFlag.AlignLeft),
    ("Latency", 16, Qt.AlignmentFlag.AlignRight),
)
TEXT_TABS = (Tab("transcript", "Transcript"), Tab("compare", "Compare ASR"))
DOCK_PX, TRANSCRIPT_PX = 469, 907


class ReviewParts(QWidget):
    """Header; timing view or tables; play bar; texts beside the dock. Or words in place of all."""

    def __init__(
        self,
        ctx: UiContext,
        session: ReviewSession,
        commands: ReviewCommands,
        editor: BoundaryEditor,
    ) -> None:
        super().__init__()
        self._theme = theme = ctx.theme
        self.header = ReviewHeader(theme, ctx.actions)
        self.timing = TimingView(ctx, session)
        self.timing.pointer.tool = self.edit_tool = EditTool(self.timing.canvas, editor)
        self.table = TableView(ctx, session)
        self.transport = TransportBar(ctx, session).with_table()
        self.tabs = TabStrip(theme, TEXT_TABS, name="Text", heads=HEADS)
        self.transcript = TranscriptView(ctx, session)
        self.compare = ComparePanel(ctx, session)
        self.dock = Dock(ctx, session, commands)
        self.empty = EmptyState(theme, "No call is open")
        self.splitter = LineSplitter(theme)
        self._table_line = Hairline(theme)
        self._texts = QStackedWidget()
        self._pages = QStackedWidget()
        self._lay_out()
        self.show_table(shown=False)

    def _lay_out(self) -> None:
        theme = self._theme
        self._texts.addWidget(self.transcript)
        self._texts.addWidget(self.compare)
        self.splitter.addWidget(_column(self.tabs, self._texts))
        self.splitter.addWidget(self.dock)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([TRANSCRIPT_PX, DOCK_PX])
        upper = (self.timing, self.table, self._table_line, self.transport, Hairline(theme))
        body = _column(*upper, self.splitter, stretched=(self.table, self.splitter))
        self._pages.addWidget(self.empty)
        self._pages.addWidget(body)
        outer = QVBoxLayout(self)
        _fill(outer, (self.header, Hairline(theme), self._pages), (self._pages,))

    @property
    def shows_call(self) -> bool:
        """Whether a call is shown, rather than words in its place."""
        return self._pages.currentIndex() == 1

    def show_call(self, *, shown: bool) -> None:
        """A call, or words in its place."""
        self._pages.setCurrentIndex(int(shown))

    @property
    def shows_table(self) -> bool:
        """Whether tables stand in place of the picture."""
        return not self.table.isHidden()

    def show_table(self, *, shown: bool) -> None:
        """Tables, or the picture."""
        self.table.setVisible(shown)
        self._table_line.setVisible(shown)
        self.timing.setVisible(not shown)

    def show_text(self, key: str) -> None:
        """The transcript, or the aligned texts."""
        self.tabs.set_current(key)
        self.tabs.set_heads(HEADS if key == "transcript" else ())
        self._texts.setCurrentIndex(int(key == "compare"))


def _column(*widgets: QWidget, stretched: tuple[QWidget, ...] = ()) -> QWidget:
    """A widget with others stacked in it, without gaps."""
    holder = QWidget()
    _fill(QVBoxLayout(holder), widgets, stretched)
    return holder


def _fill(
    layout: QVBoxLayout, widgets: tuple[QWidget, ...], stretched: tuple[QWidget, ...]
) -> None:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, int(widget in stretched))
