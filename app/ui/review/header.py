"""The review's header: which call, its facts, where it stands in the list, flag, score."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.domain.calls import Call
from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.review.chip import Chip
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.keycap import cap_width, paint_cap
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.tips import plain_tip

MONO_BADGE = "single channel, speaker split estimated"


def facts_of(call: Call) -> list[tuple[str, str]]:
    """What the header tells of a call: (what, how), in order of use to the reader."""
    out: list[tuple[str, str]] = []
    if call.agent:
        out.append(("Agent", f"{call.agent} {call.agent_version}".strip()))
    if call.scenario_key:
        out.append(("Scenario", call.scenario_key))
    if call.recorded_at:
        out.append(("Recorded", _day(call.recorded_at)))
    channels = {(t.audio_sha256, t.channel_index) for t in call.tracks}
    khz = f"{call.rate_hz / 1000:g}"
    out.append(("Audio", f"{len(channels)} ch, {khz} kHz" if channels else "none"))
    return out


def _day(stamp: str) -> str:
    """`16 Nov, 14:06` in local time; the stamp itself where it cannot be read."""
    try:
        at = datetime.fromisoformat(stamp).astimezone()
    except ValueError:
        return stamp
    return f"{at.day} {at:%b}, {at:%H:%M}"


class StepButtons(QWidget):
    """Previous and next call, joined, with their key caps."""

    stepped = Signal(int)

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._can: tuple[bool, bool] = (False, False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Previous and next call")
        theme.changed.connect(self.updateGeometry)
        actions.changed.connect(self.updateGeometry)

    def set_can(self, back: bool, on: bool) -> None:
        """Which way there are more calls."""
        self._can = (back, on)
        self.setToolTip("Previous call, next call" if back or on else "No list to go through")
        self.update()

    def _half(self) -> int:
        caps = (
            self._actions.cap("transport.previous_item"),
            self._actions.cap("transport.next_item"),
        )
        widest = max(cap_width(self._theme, c) for c in caps)
        return round(widest) + self._theme.px(14) + 28

    def sizeHint(self) -> QSize:
        return QSize(2 * self._half() + 1, self._theme.px(Size.CONTROL))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        side = 0 if event.position().x() < self.width() / 2 else 1
        if self._can[side]:
            self.stepped.emit(1 if side else -1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(theme.color("bg2"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        half = self._half()
        painter.fillRect(half, 1, 1, self.height() - 2, theme.color("line2"))
        for n, (icon, action) in enumerate(
            (("caret-left", "transport.previous_item"), ("caret-right", "transport.next_item"))
        ):
            token = "t1" if self._can[n] else "line3"
            side = theme.px(14)
            area = self.rect()
            area.setLeft(n * (half + 1) + 10)
            area.setWidth(side)
            paint_icon(painter, theme, icon, area, token, size=side)
            cap = self._actions.cap(action)
            paint_cap(painter, theme, area.left() + side + 8, self.height() / 2, cap, ink=token)


class FactLine(QWidget):
    """Facts in a row, left out from the right where they do not fit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._facts: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Take other facts."""
        self._facts = facts
        words = ", ".join(f"{what} {how}" for what, how in facts)
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setFont(theme.font("small"))
        metrics = QFontMetrics(painter.font())
        base = (self.height() + metrics.ascent() - metrics.descent()) // 2
        x = 0
        for what, how in self._facts:
            label_px, value_px = (metrics.horizontalAdvance(t) for t in (f"{what} ", how))
            if x + label_px + value_px > self.width():
                break
            painter.setPen(theme.color("t3"))
            painter.drawText(x, base, what)
            painter.setPen(theme.color("t2"))
            painter.drawText(x + label_px, base, how)
            x += label_px + value_px + 14


class ReviewHeader(QWidget):
    """44 px."""

    stepped = Signal(int)
    flag_asked = Signal()
    score_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme = theme
        self.code = Label(theme, "", "mono")
        self.title = ElidedLabel(theme, "", "title")
        self.facts = FactLine(theme)
        self.badge = Chip(theme, ink="warn", line="warn", icon="warning-circle")
        self.place_name = ElidedLabel(theme, "", "small", "t3")
        self.place = Label(theme, "", "small", "t1", weight=500)
        self.steps = StepButtons(theme, actions)
        self.steps.stepped.connect(self.stepped)
        self.flag = Button(
            theme, icon="flag", name="Flag", kind="quiet", action="review.flag", actions=actions,
            checkable=True,
        )  # fmt: skip
        self.flag.clicked.connect(self.flag_asked)
        self.score = Button(theme, "Score call", kind="primary")
        self.score.setToolTip(actions.tip("review.score"))
        self.score.clicked.connect(self.score_asked)
        self._lay_out()
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.INSET, 0, Size.INSET - 4, 0)
        row.setSpacing(0)
        line = Hairline(self._theme, vertical=True)
        line.setFixedHeight(20)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        middle = Qt.AlignmentFlag.AlignVCenter
        for widget, gap, stretch in (
            (self.code, 12, 0),
            (self.title, 14, 4),
            (line, 14, 0),
            (self.badge, 10, 0),
            (self.facts, 12, 5),
            (self.place_name, 5, 0),
            (self.place, 12, 0),
            (self.steps, 10, 0),
            (self.flag, 10, 0),
            (self.score, 0, 0),
        ):
            if widget is self.facts:
                row.addWidget(widget, stretch)
            else:
                row.addWidget(widget, stretch, middle)
            row.addSpacing(gap)

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.px(Size.HEADER))

    def show_call(self, call: Call | None) -> None:
        """Take another call's facts; none clears them."""
        self.code.setText(call.code if call else "")
        self.title.setText(call.title if call else "")
        self.facts.show_facts(facts_of(call) if call else [])
        self.badge.set_text(MONO_BADGE if call is not None and call.is_mono else "")
        self.score.setEnabled(call is not None)
        self.flag.setEnabled(call is not None)
        self.show_flag(call is not None and call.flagged)

    def show_flag(self, flagged: bool) -> None:
        """Show the flag up or down."""
        self.flag.setChecked(flagged)
        self.flag.set_icon("flag", token="warn" if flagged else "", filled=False)
        self.flag.setAccessibleDescription("flagged" if flagged else "not flagged")

    def show_place(self, name: str, at: int, total: int) -> None:
        """Where the call stands in the list that it was opened from; 0 of 0 for no list."""
        self.place_name.setText(name if total else "")
        self.place.setText(f"{at} of {total}" if total else "")
        self.steps.set_can(at > 1, 0 < at < total)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("bg1"))
