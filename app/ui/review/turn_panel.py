"""The inspector of the selected turn: latency first, then where each number comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain import stages
from app.domain.clock import format_time
from app.domain.latency import Thresholds
from app.ui.review import turn_facts
from app.ui.review.chip import Chip
from app.ui.review.latency_chart import LatencyChart
from app.ui.review.stage_chart import StageChart
from app.ui.timeline.response_lane import INK_TOKEN
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.speaker import SpeakerSquare

if TYPE_CHECKING:
    from app.domain.turns import Turn
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

DEFINITION = (
    "Response latency is agent speech onset minus caller speech offset; negative means that the "
    "agent began first."
)
INSET_PX = 16
BASE_LINE_PX = 2


class TurnPanel(QScrollArea):
    """Follows the session's selected turn."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(INSET_PX, 10, INSET_PX, 12)
        self._column.setSpacing(0)
        self._make_head()
        self._make_facts()
        self._make_chart()
        self._make_rules()
        self._column.addStretch(1)
        self.setWidget(body)
        for signal in (session.opened, session.changed, session.turn_changed):
            signal.connect(self.refresh)
        ctx.settings.changed.connect(lambda _key: self.refresh())
        self.refresh()

    def _make_head(self) -> None:
        theme = self._ctx.theme
        self._squares = {s: SpeakerSquare(theme, s) for s in ("caller", "agent")}
        self.title = Label(theme, "", "title")
        self.times = ElidedLabel(theme, "", "small", "t3")
        self.length = Chip(theme)
        row = QHBoxLayout()
        row.setSpacing(8)
        for square in self._squares.values():
            row.addWidget(square)
        row.addWidget(self.title)
        row.addWidget(self.times, 1)
        row.addWidget(self.length)
        self._column.addLayout(row)
        self.what = Label(theme, "", "small", "t2")
        self.figure = Label(theme, "", "figure")
        self.rest = ElidedLabel(theme, "", "small", "t3")
        for small in (self.what, self.rest):  # one base line with the large figure
            small.setContentsMargins(0, 0, 0, BASE_LINE_PX)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.what, 0, Qt.AlignmentFlag.AlignBottom)
        line.addStretch(1)
        line.addWidget(self.figure, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.rest, 0, Qt.AlignmentFlag.AlignBottom)
        self._column.addSpacing(4)
        self._column.addLayout(line)
        self.void = Label(theme, "", "small", "warn", wrap=True)
        self.void.setContentsMargins(0, 4, 0, 0)
        self._column.addWidget(self.void)
        self._column.addSpacing(8)
        self.stages = StageChart(theme)
        self._column.addWidget(self.stages)

    def _make_facts(self) -> None:
        theme = self._ctx.theme
        self._column.addSpacing(10)
        self._column.addWidget(Hairline(theme))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnMinimumWidth(0, 130)
        self._grid.setColumnMinimumWidth(1, 66)
        self._facts = QWidget()
        facts = QVBoxLayout(self._facts)
        facts.setContentsMargins(0, 6, 0, 10)
        facts.setSpacing(10)
        facts.addLayout(self._grid)
        self._column.addWidget(self._facts)
        self._facts_line = Hairline(theme)
        self._column.addWidget(self._facts_line)
        self._column.addSpacing(8)

    def _make_chart(self) -> None:
        theme = self._ctx.theme
        head = QHBoxLayout()
        head.addWidget(Label(theme, "Response latency over the call", "small", "t2"), 1)
        self.count = Label(theme, "", "small", "t3")
        head.addWidget(self.count)
        self.chart = LatencyChart(theme)
        self.chart.turn_chosen.connect(
            lambda turn: self._session.select_turn(turn, seek=True, reveal=True)
        )
        self._column.addLayout(head)
        self._column.addSpacing(2)
        self._column.addWidget(self.chart)

    def _make_rules(self) -> None:
        theme = self._ctx.theme
        self.definition = Label(theme, DEFINITION, "label", "t3", wrap=True)
        self.provenance = Label(theme, "", "label", "t3", wrap=True)
        self._column.addSpacing(12)
        self._column.addWidget(self.definition)
        self._column.addWidget(self.provenance)

    # content ---------------------------------------------------------------------------------

    @property
    def _thresholds(self) -> Thresholds:
        settings = self._ctx.settings
        return Thresholds(settings.number("latency_slow_ms"), settings.number("latency_late_ms"))

    def refresh(self) -> None:
        """Say what is so of the selected turn, or of the one at the play-head."""
        review, session = self._session.review, self._session
        turn = session.turn or session.current_turn()
        view, data = session.view, session.data
        self.chart.show_call(data.responses, view.frame_count, view.rate_hz, self._thresholds)
        self.chart.show_turn(turn)
        many = len(data.responses)
        self.count.setText(f"{many} response{'s' if many != 1 else ''}")
        if review is None or turn is None:
            self._show_nothing()
            return
        self._show_head(turn)
        line = turn_facts.headline(review, turn, self._thresholds)
        self.what.setText(line.label)
        self.figure.setText(line.value)
        self.figure.set_token(INK_TOKEN[line.band] if line.band in ("slow", "late") else "t1")
        self.rest.setText(line.rest)
        shares = stages.of_turn(review.stages, turn, view.rate_hz)
        self.stages.show_stages(shares, line.band)
        self.void.setText(turn_facts.void_words(review))
        self.void.setVisible(bool(self.void.text()))
        self.provenance.setText(turn_facts.provenance(review))
        self._show_facts(turn_facts.facts(review, turn))

    def _show_nothing(self) -> None:
        for square in self._squares.values():
            square.hide()
        for label in (self.times, self.what, self.figure, self.rest, self.provenance, self.void):
            label.setText("")
        self.title.setText("No turn" if self._session.state == "ready" else "")
        self.length.set_text("")
        self.stages.show_stages((), None)
        self._show_facts([])

    def _show_head(self, turn: Turn) -> None:
        rate = self._session.view.rate_hz
        for speaker, square in self._squares.items():
            square.setVisible(speaker == turn.speaker)
        self.title.setText(f"Turn {turn.index}")
        start, end = (format_time(f, rate) for f in (turn.span.start, turn.span.end))
        self.times.setText(f"{start} \u2013 {end}")
        self.length.set_text(f"{turn.span.frames / rate:.2f} s")

    def _show_facts(self, facts: list[turn_facts.Fact]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._facts.setVisible(bool(facts))
        self._facts_line.setVisible(bool(facts))
        theme = self._ctx.theme
        for n, fact in enumerate(facts):
            value = Label(theme, fact.value, "small", fact.token, weight=600)
            source = ElidedLabel(theme, fact.source, "small", "t3")
            source.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(Label(theme, fact.what, "small", "t2"), n, 0)
            self._grid.addWidget(value, n, 1, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(source, n, 2)
