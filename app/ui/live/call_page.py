"""The page during a call: state, lanes, transcript; at the right what is done by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.agents.live_view import Snapshot
from app.ui.live import captions_list, event_log, words
from app.ui.live.captions_list import CaptionsList
from app.ui.live.column import Column
from app.ui.live.conditions_card import ConditionsCard
from app.ui.live.event_log import EventLog
from app.ui.live.lanes_view import LanesView
from app.ui.live.recorder_card import RecorderCard
from app.ui.live.scenario_card import ScenarioCard
from app.ui.live.setup_page import SCRIPT_PX
from app.ui.live.speak_card import SpeakCard
from app.ui.live.state_head import StateHead
from app.ui.live.tags_card import TagsCard
from app.ui.live.tool_card import ToolCard
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

if TYPE_CHECKING:
    from app.services.live_calls.request import LiveRequest
    from app.ui.context import UiContext
    from app.ui.live.lanes_view import ReadLane

SLOW_EVERY = 6
"""Words are renewed at every such tick: four times a second; what moves at every one."""

SAID = ("Nothing has been said yet", "Words come as the agent's server hears them.")
ELSEWHERE = (
    "Both sides are recorded",
    "Nobody tells what is said in a call placed elsewhere. Speech recognition can, afterwards.",
)


class CallPage(QWidget):
    """Shows snapshots. What is pressed is told by the cards' own signals."""

    tab_changed = Signal()

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme, actions, settings = ctx.theme, ctx.actions, ctx.settings
        self._theme = theme
        bands = float(settings.number("latency_slow_ms")), float(settings.number("latency_late_ms"))
        self._tick = 0
        self._shown: tuple[object, ...] = ()
        self.state, self.lanes = StateHead(theme, *bands), LanesView(theme, *bands)
        self.captions, self.log = CaptionsList(theme, *bands), EventLog(theme)
        self.scenario = ScenarioCard(theme)
        self.tags = TagsCard(theme, actions)
        self.tool = ToolCard(theme, actions)
        self.speak = SpeakCard(theme, actions)
        self.recorder = RecorderCard(theme)
        self.conditions = ConditionsCard(theme)
        self.warning = ElidedLabel(theme, "", "small", "warn")
        self.warned = QWidget()
        self.warned.hide()
        self.tabs = QTabBar()
        self.tabs.setFont(theme.font("small", 500))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.addTab("Transcript")
        self.tabs.addTab("Event log")
        self.tabs.setAccessibleName("Transcript or event log")
        self._latency = Label(theme, "Latency", "small", "t2")
        self.empty = EmptyState(theme, *SAID)
        self._words = SAID
        self.pages = QStackedWidget()
        for page in (self.captions, self.log, self.empty):
            self.pages.addWidget(page)
        self.tabs.currentChanged.connect(lambda _at: self._show_tab())
        self._lay_out()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.state)
        inset = QHBoxLayout(self.warned)
        inset.setContentsMargins(Size.INSET, 0, Size.INSET, 6)
        inset.addWidget(self.warning)
        left.addWidget(self.warned)
        left.addWidget(Hairline(self._theme))
        left.addWidget(self.lanes)
        left.addWidget(Hairline(self._theme))
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, Size.INSET, 0)
        row.addWidget(self.tabs)
        row.addStretch()
        row.addWidget(self._latency)
        left.addLayout(row)
        left.addWidget(Hairline(self._theme))
        left.addWidget(self.pages, 1)
        inner = QWidget()
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(0)
        for card in (
            self.tool, self.scenario, self.tags, self.recorder, self.speak, self.conditions,
        ):  # fmt: skip
            cards.addWidget(card)
        cards.addStretch()
        side = Column(inner)
        self.tool.asked.connect(lambda: side.call_up(self.tool))
        side.setFixedWidth(self._theme.px(SCRIPT_PX))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(left, 1)
        across.addWidget(Hairline(self._theme, vertical=True))
        across.addWidget(side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Waves follow the height of the page."""
        self.lanes.set_room(self.height())
        super().resizeEvent(event)

    def begin(self) -> None:
        """Another call: nothing of the last one stays."""
        self._tick, self._shown = 0, ()
        self.hide_figures(hidden=False)
        self.tabs.setCurrentIndex(0)
        self.captions.show_rows(())
        self.log.show_rows(())
        self.tags.show_counts({})
        self.tags.note.clear()
        self.speak.text.clear()

    def show_kind(self, request: LiveRequest | None) -> None:
        """Leave out what this call has not: nobody hears us where nobody was dialled."""
        elsewhere = request is not None and request.record_only
        self._words = ELSEWHERE if elsewhere else SAID
        self.speak.setVisible(not elsewhere)
        self.conditions.setVisible(not elsewhere)
        profile = None if request is None else request.profile
        reads = profile is not None and profile.adapter == "cascade" and not elsewhere
        self.speak.show_typing(shown=reads)

    def hide_figures(self, *, hidden: bool) -> None:
        """Keep every figure away, or show them again."""
        self.state.hides_figures = self.captions.look.hides_figures = hidden
        self._latency.setVisible(not hidden)
        self.state.update()

    def toggle_log(self) -> None:
        """The other tab."""
        self.tabs.setCurrentIndex(1 - self.tabs.currentIndex())

    def show_call(self, snapshot: Snapshot, lane: ReadLane | None, *, whole: bool = False) -> None:
        """Show the call as it stands; `whole` renews the words at once."""
        self.state.show_call(snapshot)
        self.lanes.show_call(snapshot, lane)
        self._tick += 1
        if whole or self._tick % SLOW_EVERY == 1:
            self._show_words(snapshot)

    def _show_words(self, snapshot: Snapshot) -> None:
        said = (snapshot.captions, snapshot.intervals)
        happened = (snapshot.marks, snapshot.tools, snapshot.warnings)
        if (said, happened) != self._shown:
            found = words.latencies(snapshot.captions, snapshot.intervals, snapshot.rate_hz)
            self.captions.show_rows(captions_list.rows(snapshot.captions, found))
            self.log.show_rows(event_log.rows(snapshot))
            self.tags.show_counts(words.tag_counts(snapshot.marks))
            self.tool.show_tools(snapshot.tools)
            told = snapshot.warnings[-1] if snapshot.warnings else ""
            self.warning.setText(told)
            self.warned.setVisible(bool(told))
            self._shown = (said, happened)
        self.speak.show_armed(snapshot.armed)
        self.conditions.show_labels(snapshot.noise, snapshot.line)
        self.recorder.show_call(snapshot)
        self._show_tab()

    def _show_tab(self) -> None:
        log = self.tabs.currentIndex() == 1
        rows = (self.log if log else self.captions).lines.rowCount()
        if not rows and log:
            self.empty.set_words("Nothing has happened yet", "Tags, notes and tools land here.")
        elif not rows:
            self.empty.set_words(*self._words)
        self.pages.setCurrentWidget(self.empty if not rows else self.log if log else self.captions)
        self._latency.setVisible(not log and not self.state.hides_figures)
