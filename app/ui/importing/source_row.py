"""Confirming who is on which channel, once for a source: hear, swap, say yes."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.calls import ChannelMap
from app.domain.imports import ChannelGuess
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tick import TickBox
from app.ui.widgets.tips import plain_tip


class SourceRow(QWidget):
    """One source. `confirmed` fires when the person says yes, or takes it back."""

    confirmed = Signal()
    hear = Signal(str)

    def __init__(self, theme: Theme, source: str, guess: ChannelGuess, count: int) -> None:
        super().__init__()
        self._theme = theme
        self.setToolTip(plain_tip(source))
        words = QVBoxLayout()
        words.setSpacing(1)
        files = f"{count} file{'' if count == 1 else 's'}"
        name = Path(source).name or source or "This source"
        words.addWidget(ElidedLabel(theme, f"{name}, {files}", "small", "t1"))
        sure = f"{guess.confidence:.0%} sure: {guess.reason}"
        words.addWidget(ElidedLabel(theme, sure, "label", "t3"))
        self._map = Segmented(
            theme,
            [
                Segment("caller,agent", "Caller left, agent right"),
                Segment("agent,caller", "Agent left, caller right"),
            ],
            name="Channels",
        )
        self._map.set_current(guess.channel_map)
        self._map.chosen.connect(lambda _key: self.confirmed.emit())
        hear_caller = Button(theme, "Hear caller", icon="play")
        hear_agent = Button(theme, "Hear agent", icon="play")
        hear_caller.clicked.connect(lambda: self.hear.emit("caller"))
        hear_agent.clicked.connect(lambda: self.hear.emit("agent"))
        self._yes = TickBox(theme, "That is right")
        self._yes.toggled.connect(lambda _on: self.confirmed.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(words, 1)
        for part in (self._map, hear_caller, hear_agent, self._yes):
            layout.addWidget(part)
        for label in self.findChildren(Label):
            label.setMinimumWidth(80)

    @property
    def channel_map(self) -> ChannelMap:
        """The map as it stands."""
        return cast("ChannelMap", self._map.current)

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has said yes."""
        return self._yes.isChecked()

    def confirm(self) -> None:
        """Say yes."""
        self._yes.setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A hairline frame."""
        painter = QPainter(self)
        painter.setPen(self._theme.pen("line2"))
        painter.setBrush(self._theme.color("bg2"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
