"""Whom to call: the practice agent first, saved profiles, a call placed elsewhere last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.icons import paint_icon
from app.ui.live.setup import ELSEWHERE, PRACTICE
from app.ui.theme import Theme
from app.ui.tokens import Size

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile

HIGH = 46
ADAPTERS = {
    "openai-realtime": "OpenAI Realtime",
    "cascade": "Cascade",
    "twilio": "Twilio Media Streams",
    "pipecat": "Pipecat",
}
PRACTICE_WORDS = "On this machine, without key or network: a clinic's front desk."
ELSEWHERE_WORDS = "In a softphone or a web page: microphone and loudspeaker."


class AgentRow(QAbstractButton):
    """A name over what it is; one of the rows is on."""

    def __init__(self, theme: Theme, key: str, icon: str, name: str, note: str) -> None:
        super().__init__()
        self._theme, self.key, self._icon, self._note = theme, key, icon, note
        self.setText(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(name)
        self.setAccessibleDescription(note)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", "inside")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(240, self._theme.px(HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, icon, name, note."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self.isChecked()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.pen("accent" if is_on else "line2"))
        painter.setBrush(theme.color("tint" if is_on else "bg2"))
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        area = QRect(10, 0, theme.px(20), self.height())
        paint_icon(painter, theme, self._icon, area, "t1" if is_on else "t2", size=theme.px(18))
        x = 18 + theme.px(20)
        width = self.width() - x - 10
        top = self.height() // 2
        painter.setFont(theme.font("body", 600 if is_on else 500))
        painter.setPen(theme.color("t1"))
        high = theme.line("body")
        painter.drawText(QRect(x, top - high, width, high), 0, self.text())
        font = theme.font("label")
        painter.setFont(font)
        painter.setPen(theme.color("t2" if is_on else "t3"))
        told = QFontMetrics(font).elidedText(self._note, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(x, top + 2, width, high), 0, told)


class AgentList(QWidget):
    """`chosen(key)` is a profile's name, `PRACTICE` or `ELSEWHERE`."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[AgentRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.show_profiles((), PRACTICE)

    def show_profiles(self, profiles: Sequence[CallProfile], current: str) -> None:
        """Show what can be called, with one of them on."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        entries = [(PRACTICE, "robot", "Practice agent", PRACTICE_WORDS)]
        entries += [(p.name, "phone-call", p.name, note_of(p)) for p in profiles]
        entries.append((ELSEWHERE, "record", "Record a call placed elsewhere", ELSEWHERE_WORDS))
        self.rows = [AgentRow(self._theme, *entry) for entry in entries]
        for row in self.rows:
            row.toggled.connect(lambda on, k=row.key: self.chosen.emit(k) if on else None)
            self._column.addWidget(row)
        self.set_current(current)

    @property
    def current(self) -> str:
        """The key that is on."""
        return next((r.key for r in self.rows if r.isChecked()), PRACTICE)

    def set_current(self, key: str) -> None:
        """Turn one on; the first where there is none of that key."""
        row = next((r for r in self.rows if r.key == key), self.rows[0])
        row.blockSignals(True)
        row.setChecked(True)
        row.blockSignals(False)
        for other in self.rows:
            other.update()


def note_of(profile: CallProfile) -> str:
    """What a profile is, in a line."""
    parts = [ADAPTERS.get(profile.adapter, profile.adapter), profile.model, profile.url]
    return f"v{profile.version} · " + " · ".join(p for p in parts if p)
