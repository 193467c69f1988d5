"""The bar above a call: with whom, how, since when; call, mute, hang up."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.live.words import clock
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

Phase = Literal["setup", "call", "rating", "summary"]


class LiveHead(Bar):
    """What is said and offered follows the phase."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(theme, Size.HEADER, gap=8, parent=parent)
        self.facts = ElidedLabel(theme, "", "small", "t2")
        self.dot = Label(theme, "●", "body", "danger")
        self.recording = Label(theme, "Recording", "body", "t1", weight=600)
        self.clock = Label(theme, "00:00", "figure", "t1")
        self.call = Button(theme, "Call", icon="phone-call", kind="primary",
                           action="live.connect", actions=actions)  # fmt: skip
        self.mute = Button(theme, "Mute", icon="microphone", checkable=True,
                           action="live.mute", actions=actions)  # fmt: skip
        self.hang_up = Button(theme, "Hang up", icon="phone-disconnect", kind="danger",
                              action="live.hang_up", actions=actions)  # fmt: skip
        self.new = Button(theme, "Another call", action="live.escape", actions=actions)
        title = Label(theme, "Live call", "title")
        mark = QHBoxLayout()
        mark.setSpacing(6)
        mark.addWidget(self.dot)
        mark.addWidget(self.recording)
        self.row.addWidget(title)
        self.row.addSpacing(4)
        self.rule = Hairline(theme, vertical=True)
        self.rule.setFixedHeight(theme.px(20))
        self.row.addWidget(self.rule)
        self.row.addSpacing(4)
        self.row.addWidget(self.facts, 100)
        self.row.addStretch()
        self.row.addLayout(mark)
        self.row.addWidget(self.clock)
        self.row.addSpacing(8)
        for button in (self.call, self.mute, self.hang_up, self.new):
            self.row.addWidget(button)
        self.show_phase("setup")

    def show_phase(self, phase: Phase) -> None:
        """Offer what can be done now."""
        on = phase == "call"
        for part in (
            self.rule,
            self.facts,
            self.dot,
            self.recording,
            self.clock,
            self.mute,
            self.hang_up,
        ):
            part.setVisible(on)
        self.call.setVisible(phase == "setup")
        self.new.setVisible(phase == "summary")

    def show_kind(self, *, elsewhere: bool) -> None:
        """Whether an agent is dialled, or a call that is placed elsewhere is recorded."""
        self.call.set_text("Record" if elsewhere else "Call")
        self.call.set_icon("record" if elsewhere else "phone-call")

    def show_time(self, seconds: float) -> None:
        """How long the call has been recorded; nothing is before it is answered."""
        self.dot.setVisible(seconds > 0)
        self.recording.setText("Recording" if seconds > 0 else "Calling")
        self.clock.setText(clock(seconds))

    def show_muted(self, muted: bool) -> None:
        """Whether silence is sent."""
        self.mute.setChecked(muted)
        self.mute.set_text("Muted" if muted else "Mute")
        self.mute.set_icon(
            "microphone-slash" if muted else "microphone", token="danger" if muted else ""
        )
