"""What the call measured, once it has been rated: from the recording, not from what was live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.agents.live_view import Snapshot
from app.ui.actions import ActionTable
from app.ui.live import words
from app.ui.live.line_model import ROW, Index, LineList
from app.ui.live.setup_page import SCRIPT_PX, scrolled
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

if TYPE_CHECKING:
    from app.services.live_calls.storing import StoredCall

FALTERED = "degraded: the stream faltered"
DEAF = "did not stop within 2 s"
WARNINGS = (FALTERED, DEAF)
TURN_HEAD = ("", "Caller ended", "Mouth to ear, ms", "Wire, ms", "Server says, ms", "")
BARGE_HEAD = ("", "Onset", "Stop, ms", "Detect, ms", "Flush, ms", "")
PARTS = (0.05, 0.14, 0.16, 0.14, 0.17, 0.34)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """Cells of a row; `token` is the ink of the third."""

    cells: tuple[str, ...]
    token: str = "t1"
    is_head: bool = False

    @property
    def words(self) -> str:
        """The row as it is read aloud."""
        return ", ".join(c for c in self.cells if c)


class FigureDelegate(QStyledItemDelegate):
    """Cells in columns of fixed shares."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head takes more room."""
        return QSize(100, self._theme.px(34 if index.data(ROW).is_head else 24))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cells; numbers at the right."""
        theme, row = self._theme, index.data(ROW)
        rect: QRect = option.rect
        width = rect.width() - 2 * Size.INSET
        x = rect.left() + Size.INSET
        bottom = Qt.AlignmentFlag.AlignBottom if row.is_head else Qt.AlignmentFlag.AlignVCenter
        for at, (cell, part) in enumerate(zip(row.cells, PARTS, strict=True)):
            box = QRect(x, rect.top(), round(part * width) - 8, rect.height() - 3 * row.is_head)
            strong = at == 2 and not row.is_head
            painter.setFont(theme.font("small", 600 if strong else 400))
            token = "t3" if row.is_head or at == 0 else row.token if strong else "t2"
            is_warning = at == 5 and cell in WARNINGS
            painter.setPen(theme.color("warn" if is_warning else token))
            side = Qt.AlignmentFlag.AlignRight if 0 < at < 5 else Qt.AlignmentFlag.AlignLeft
            if at == 5:
                cell = painter.fontMetrics().elidedText(
                    cell, Qt.TextElideMode.ElideRight, box.width()
                )
            painter.drawText(box, side | bottom, cell)
            x += round(part * width)
        if row.is_head:
            painter.fillRect(
                QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2")
            )


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
        side = scrolled(inner)
        side.setFixedWidth(theme.px(SCRIPT_PX))
        return side

    def show_call(self, stored: StoredCall, snapshot: Snapshot, *, note: str = "") -> None:
        """Show what was measured; `note` is about the rating."""
        told = f"{stored.words} {next_step(stored)}" if stored.dropped else stored.words
        self.title.setText(f"{stored.code} is in the library")
        self.ending.setText(f"{told} {note}".strip())
        self.ending.set_token("warn" if stored.dropped else "t2")
        self._show_cards(stored)
        self.table.show_rows(self._rows(stored, max(1, snapshot.rate_hz)))
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

    def _rows(self, stored: StoredCall, rate_hz: int) -> list[FigureRow]:
        found = stored.measures
        rows = [FigureRow(cells=("", *TURN_HEAD[1:]), is_head=True)]
        for number, turn in enumerate(found.turns, start=1):
            at = words.clock(turn.caller_end / rate_hz, tenths=True)
            times = [turn.mouth_to_ear_ms, turn.wire_ms, turn.server_ms]
            told = FALTERED if turn.degraded else words.stages(turn.stages)
            cells = (str(number), at, *(words.ms(t) for t in times), told)
            rows.append(FigureRow(cells=cells, token=self._token(turn.mouth_to_ear_ms)))
        if len(rows) == 1:
            rows.append(FigureRow(cells=("", "none", "", "", "", "")))
        rows.append(FigureRow(cells=BARGE_HEAD, is_head=True))
        for number, cut in enumerate(found.barge_ins, start=1):
            at = words.clock(cut.onset / rate_hz, tenths=True)
            told = DEAF if cut.stop_ms is None else ""
            told = told or (FALTERED if cut.degraded else "")
            parts = (cut.stop_ms, cut.detect_ms, cut.flush_ms)
            rows.append(FigureRow(cells=(f"b{number}", at, *map(words.ms, parts), told)))
        if not found.barge_ins:
            rows.append(FigureRow(cells=("", "none", "", "", "", "")))
        return rows

    def _show_health(self, stored: StoredCall) -> None:
        while self.health.count():
            item = self.health.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        stream = stored.measures.stream
        facts = (
            ("Under-runs", str(stream.underruns)),
            ("Over-runs", str(stream.overruns)),
            ("Silence inserted", f"{words.ms(stream.inserted_ms)} ms"),
            ("Between packets, p50", f"{words.ms(stream.gap_p50_ms)} ms"),
            ("Between packets, p95", f"{words.ms(stream.gap_p95_ms)} ms"),
            ("Way through the devices", f"{words.ms(stream.delay_ms)} ms"),
            ("False stops", str(len(stored.measures.false_stops))),
        )
        for at, (name, value) in enumerate(facts):
            self.health.addWidget(Label(self._theme, name, "small", "t3"), at, 0)
            told = Label(self._theme, value, "small", "t1", weight=600)
            self.health.addWidget(told, at, 1, Qt.AlignmentFlag.AlignRight)


def next_step(stored: StoredCall) -> str:
    """What to do about a dropped call."""
    told = stored.words.lower()
    if "device" in told:
        return "Plug it in again, look again for devices, and call again."
    if "disk" in told or "recording could not" in told:
        return "Free some space before the next call."
    if "agent" in told:
        return "See whether the agent's server runs, then call again."
    return "What was recorded until then is kept."
