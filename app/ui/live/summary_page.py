"""What the call measured, once it has been rated: from the recording, not from what was live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.agents.live_view import Snapshot
from app.ui.actions import ActionTable
from app.ui.live import words
from app.ui.live.column import Column
from app.ui.live.figure_list import FigureDelegate, rows
from app.ui.live.line_model import LineList
from app.ui.live.setup_page import SCRIPT_PX
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

if TYPE_CHECKING:
    from app.services.live_calls.storing import StoredCall


NOT_KNOWN = "not known"
NEXT = {
    "device_lost": "Plug it in again, or choose another one, and call again.",
    "disk_full": "Free some space before the next call.",
    "disk": "See whether the workspace can be written before the next call.",
    "server_lost": "See whether the agent's server runs, then call again.",
}
"""What to do, by how a call ended. Other endings say so themselves."""


class SummaryPage(QWidget):
    """Figures at the top, turns and barge-ins below, health and tags at the right."""

    review_asked = Signal()
    again_asked = Signal()
    replay_asked = Signal()

    def __init__(
        self, theme: Theme, actions: ActionTable, slow_ms: float, late_ms: float,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._theme, self._bands = theme, (slow_ms, late_ms)
        self.title = ElidedLabel(theme, "", "question")
        self.ending = Label(theme, "", "body", "t2", wrap=True)
        self.review = Button(theme, "Open in Review", kind="primary", icon="waves",
                             action="live.review", actions=actions)  # fmt: skip
        self.again = Button(theme, "Call again", icon="repeat", action="live.again",
                            actions=actions)  # fmt: skip
        self.replay = Button(theme, "Replay this caller", icon="play", action="live.replay",
                             actions=actions)  # fmt: skip
        self.review.clicked.connect(self.review_asked)
        self.again.clicked.connect(self.again_asked)
        self.replay.clicked.connect(self.replay_asked)
        self.cards: dict[str, tuple[Label, Label]] = {}
        self.table = LineList(theme, FigureDelegate(theme), "Responses and barge-ins")
        self.health = QGridLayout()
        self.tags = Label(theme, "", "small", "t2", wrap=True)
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(self._top())
        left.addWidget(Hairline(theme))
        left.addLayout(self._figures())
        left.addWidget(Hairline(theme))
        left.addWidget(self.table, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(left, 1)
        across.addWidget(Hairline(theme, vertical=True))
        across.addWidget(self._side())

    def _top(self) -> QVBoxLayout:
        top = QVBoxLayout()
        top.setContentsMargins(Size.INSET, 18, Size.INSET, 14)
        top.setSpacing(6)
        top.addWidget(self.title)
        top.addWidget(self.ending)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.review, self.again, self.replay):
            buttons.addWidget(button)
        buttons.addStretch()
        top.addSpacing(4)
        top.addLayout(buttons)
        return top

    def _figures(self) -> QHBoxLayout:
        theme = self._theme
        cards = QHBoxLayout()
        cards.setContentsMargins(Size.INSET, 12, Size.INSET, 12)
        cards.setSpacing(36)
        for key in ("duration", "p50", "p95", "barge", "overs", "degraded"):
            value, label = Label(theme, "", "question"), Label(theme, "", "label", "t3")
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(value)
            column.addWidget(label)
            cards.addLayout(column)
            self.cards[key] = (value, label)
        cards.addStretch()
        return cards

    def _side(self) -> QWidget:
        theme = self._theme
        inner = QWidget()
        right = QVBoxLayout(inner)
        right.setContentsMargins(Size.INSET, 18, Size.INSET, 16)
        right.setSpacing(8)
        right.addWidget(Label(theme, "Stream", "title"))
        self.health.setHorizontalSpacing(12)
        self.health.setVerticalSpacing(4)
        self.health.setColumnStretch(0, 1)
        right.addLayout(self.health)
        right.addSpacing(10)
        right.addWidget(Label(theme, "Tags and notes", "title"))
        right.addWidget(self.tags)
        right.addStretch()
        side = Column(inner)
        side.setFixedWidth(theme.px(SCRIPT_PX))
        return side

    def show_call(self, stored: StoredCall, snapshot: Snapshot, *, note: str = "") -> None:
        """Show what was measured; `note` is about the rating."""
        told = f"{stored.words} {next_step(stored)}" if stored.dropped else stored.words
        self.title.setText(f"{stored.code} is in the library")
        self.ending.setText(f"{told.strip()} {note}".strip())
        self.ending.set_token("warn" if stored.dropped else "t2")
        self._show_cards(stored)
        self.table.show_rows(rows(stored.measures, max(1, snapshot.rate_hz), self._token))
        self.table.scrollToTop()
        self._show_health(stored)
        marks = [m for m in snapshot.marks if m.kind in ("mark", "note", "step")]
        lines = [f"{words.clock(m.at_s, tenths=True)}  {m.label}" for m in marks]
        self.tags.setText("\n".join(lines) or "None were set.")

    def _show_cards(self, stored: StoredCall) -> None:
        found = stored.measures
        times = [t.mouth_to_ear_ms for t in found.turns]
        p50, p95 = (
            (float(np.percentile(times, 50)), float(np.percentile(times, 95)))
            if times
            else (None, None)
        )
        stops = [b.stop_ms for b in found.barge_ins if b.stop_ms is not None]
        degraded = sum(t.degraded for t in found.turns)
        turns = f"{len(times)} response" + ("" if len(times) == 1 else "s")
        figures = {
            "duration": (words.clock(stored.duration_s), "duration", "t1"),
            "p50": (words.ms(p50), f"mouth to ear p50, ms, {turns}", self._token(p50)),
            "p95": (words.ms(p95), "p95, ms", self._token(p95)),
            "barge": (
                words.ms(float(np.median(stops)) if stops else None),
                f"barge-in stop, ms, {len(stops)} of {len(found.barge_ins)}",
                "t1",
            ),
            "overs": (str(len(found.talk_overs)), "talk-overs", "t1"),
            "degraded": (str(degraded), "degraded turns", "warn" if degraded else "t1"),
        }
        for key, (value, label, token) in figures.items():
            self.cards[key][0].setText(value)
            self.cards[key][0].set_token(token)
            self.cards[key][1].setText(label)

    def _token(self, value: float | None) -> str:
        token = self._theme.latency_token(value, *self._bands)
        return "t1" if token == "latOk" else token

    def _show_health(self, stored: StoredCall) -> None:
        while self.health.count():
            item = self.health.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        at = 0
        for name, value in health_facts(stored):
            self.health.addWidget(Label(self._theme, name, "small", "t3"), at, 0)
            told = Label(self._theme, value, "small", "t1", weight=600)
            self.health.addWidget(told, at, 1, Qt.AlignmentFlag.AlignRight)
            at += 1
            if value == NOT_KNOWN:
                why = stored.measures.missing.missing_why
                self.health.addWidget(
                    Label(self._theme, why, "label", "t3", wrap=True), at, 0, 1, 2
                )
                at += 1


def health_facts(stored: StoredCall) -> Iterator[tuple[str, str]]:
    """What there is to say of a call's sound and stream, by name."""
    stream, missing = stored.measures.stream, stored.measures.missing.missing_ms
    yield "Under-runs", str(stream.underruns)
    yield "Over-runs", str(stream.overruns)
    yield "Silence inserted", _lasts(stream.inserted_ms)
    yield "Sound that never came", NOT_KNOWN if missing is None else _lasts(missing)
    yield "Between packets, p50", _lasts(stream.gap_p50_ms)
    yield "Between packets, p95", _lasts(stream.gap_p95_ms)
    yield "Way through the devices", _lasts(stream.delay_ms)
    if stream.unsaid_ms:
        yield "Found by the sound check", f"{stream.unsaid_ms:+.0f} ms"
    if stream.echo_db is not None:
        yield "The agent in the microphone", f"{stream.echo_db:.0f} dB"
    yield "False stops", str(len(stored.measures.false_stops))


def _lasts(ms: float | None) -> str:
    return words.NO if ms is None else f"{words.ms(ms)} ms"


def next_step(stored: StoredCall) -> str:
    """What to do about a dropped call, where its words do not say so."""
    return NEXT.get(stored.reason, "")
