"""The column left of the lanes: names, mute, solo, trim and level of each channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calls import Speaker, TrackRole
from app.domain.clock import format_time
from app.ui.timeline.lane import Lane
from app.ui.timeline.strip_parts import (
    METER_TICK_W,
    METER_W,
    TOGGLE_H,
    Meter,
    StripToggle,
    Trim,
)
from app.ui.timeline.wave_lane import WaveLane
from app.ui.widgets.speaker import paint_speaker

if TYPE_CHECKING:
    from app.ui.timeline.canvas import Canvas
    from app.ui.timeline.minimap import Minimap
    from app.ui.transport.playback import Playback

WIDTH_PX, COLLAPSED_WIDTH_PX = 132, 72
INSET_PX, RIGHT_PX, NAME_X_PX, ROW_NAME_X_PX = 16, 10, 38, 40
TOP_PX, GAP_PX = 8, 4
METER_MS = 33

ROLE_NAMES: dict[TrackRole, str] = {
    "caller": "Caller",
    "agent": "Agent",
    "mix": "Both",
}
ROW_NAMES = {
    "ruler": "Time",
    "caller_turns": "Caller turns",
    "agent_turns": "Agent turns",
    "response": "Response",
    "overlap": "Overlap",
    "events": "Events",
    "reported": "Reported",
}
SPEAKER_OF: dict[str, Speaker] = {
    "caller_turns": "caller",
    "agent_turns": "agent",
    "caller_wave": "caller",
    "agent_wave": "agent",
}


class _Strip:
    """The controls of one channel."""

    def __init__(self, gutter: Gutter, role: TrackRole) -> None:
        theme, who = gutter.theme, ROLE_NAMES[role]
        self.mute = StripToggle(theme, "M", f"Mute {who.lower()}", gutter)
        self.solo = StripToggle(theme, "S", f"Hear only {who.lower()}", gutter)
        self.trim = Trim(theme, who, gutter)
        self.meter = Meter(theme, role if role != "mix" else "t2", who, gutter)
        playback = gutter.playback
        self.mute.clicked.connect(lambda: playback.toggle_mute(role))
        self.solo.clicked.connect(lambda: playback.toggle_solo(role))
        self.trim.changed.connect(lambda db: gutter.trim(role, db))

    @property
    def parts(self) -> tuple[QWidget, ...]:
        return (self.mute, self.solo, self.trim, self.meter)


class Gutter(QWidget):
    """Rows beside the lanes of a canvas, on the same tops and heights."""

    trimmed = Signal(str, float)
    """A person set the trim of a role, in dB."""

    def __init__(self, canvas: Canvas, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas, self.playback = canvas, playback
        self.theme = canvas.scene.theme
        self._strips: dict[TrackRole, _Strip] = {}
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(METER_MS)
        self._timer.timeout.connect(self._meter)
        playback.changed.connect(self._on_playback)

    def trim(self, role: TrackRole, trim_db: float) -> None:
        """Set the trim of a channel."""
        self.playback.set_trim(role, trim_db)
        self.trimmed.emit(role, self.playback.mix.of(role).trim_db)

    def relayout(self) -> None:
        """Follow the canvas: its lanes, their heights, the font scale."""
        wanted = {x.role for x in self._waves} if not self._canvas.scene.collapsed else set()
        for role in set(self._strips) - wanted:
            for part in self._strips.pop(role).parts:
                part.deleteLater()
        for lane in self._waves:
            if lane.role in wanted:
                strip = self._strips.get(lane.role)
                if strip is None:
                    strip = self._strips[lane.role] = _Strip(self, lane.role)
                self._place(strip, lane)
        self.setFixedSize(self.width_px, max(1, self._canvas.height()))
        self._on_playback()
        self.update()

    @property
    def width_px(self) -> int:
        """Width at the font scale in force."""
        wide = COLLAPSED_WIDTH_PX if self._canvas.scene.collapsed else WIDTH_PX
        return round(wide * max(1.0, self.theme.scale))

    @property
    def _waves(self) -> list[WaveLane]:
        return [lane for lane in self._canvas.lanes if isinstance(lane, WaveLane)]

    def _place(self, strip: _Strip, lane: WaveLane) -> None:
        """Name, toggles and trim one below the other; toggles beside the name in large type."""
        px, top = self.theme.px, lane.top
        strip.trim.fit()
        stacked = px(24) + px(TOGGLE_H) + strip.trim.height() + TOP_PX + 10 <= lane.height
        for toggle in (strip.mute, strip.solo):
            toggle.fit(compact=not stacked)
        y = top + TOP_PX + (px(24) if stacked else 0)
        x = INSET_PX if stacked else self._name_x + self._name_width(lane) + GAP_PX
        strip.mute.move(x, y)
        strip.solo.move(x + strip.mute.width() + GAP_PX, y)
        below = y + strip.mute.height() + (6 if stacked else 2)
        strip.trim.move(INSET_PX, min(below, top + lane.height - strip.trim.height() - 2))
        strip.meter.setFixedHeight(lane.height - 2 * TOP_PX)
        strip.meter.move(self.width_px - METER_W - METER_TICK_W - 14, top + TOP_PX)
        for part in strip.parts:
            part.show()

    @property
    def _name_x(self) -> int:
        return INSET_PX + self.theme.px(NAME_X_PX - INSET_PX)

    def _name_width(self, lane: WaveLane) -> int:
        metrics = QFontMetrics(self.theme.font("body", 500))
        return metrics.horizontalAdvance(ROLE_NAMES[lane.role])

    def _on_playback(self) -> None:
        for role, strip in self._strips.items():
            channel = self.playback.mix.of(role)
            strip.mute.setChecked(channel.mute)
            strip.solo.setChecked(channel.solo)
            strip.trim.show_db(channel.trim_db)
        if self.playback.is_playing and self._strips and not self._timer.isActive():
            self._timer.start()

    def _meter(self) -> None:
        levels = self.playback.levels()
        for role, strip in self._strips.items():
            strip.meter.show_level(levels.get(role))
        if not levels and all(s.meter.is_at_rest for s in self._strips.values()):
            self._timer.stop()

    # painting --------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        for lane in self._canvas.lanes:
            if isinstance(lane, WaveLane):
                self._paint_channel(painter, lane)
            else:
                self._paint_row(painter, lane)
            y = lane.top + lane.height - 1
            painter.fillRect(0, y, self.width(), 1, theme.color("line1"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.color("line1"))

    def _paint_channel(self, painter: QPainter, lane: WaveLane) -> None:
        theme, speaker = self.theme, SPEAKER_OF.get(lane.key)
        collapsed = self._canvas.scene.collapsed
        side = theme.px(16)
        y = lane.top + ((lane.height - side) // 2 if collapsed else 8)
        if speaker is not None:
            paint_speaker(painter, theme, INSET_PX, y, speaker)
        if collapsed:
            return
        x = self._name_x if speaker else INSET_PX
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.color("t1"))
        room = self.width() - x - METER_W - METER_TICK_W - 18
        name = painter.fontMetrics().elidedText(
            ROLE_NAMES[lane.role], Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRect(x, y, room, side), Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_row(self, painter: QPainter, lane: Lane) -> None:
        theme, speaker = self.theme, SPEAKER_OF.get(lane.key)
        collapsed = self._canvas.scene.collapsed
        row = QRect(INSET_PX, lane.top, self.width() - INSET_PX - RIGHT_PX, lane.height - 1)
        if collapsed and lane.key != "response":
            return
        x = INSET_PX
        if speaker is not None:
            side = theme.px(16)
            paint_speaker(painter, theme, x, lane.top + (lane.height - side) // 2, speaker)
            x = INSET_PX + theme.px(ROW_NAME_X_PX - INSET_PX)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t3" if lane.key == "ruler" else "t2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        name = "Resp." if collapsed else ROW_NAMES[lane.key]
        painter.drawText(row.adjusted(x - INSET_PX, 0, 0, 0), middle, name)
        if lane.key == "response" and not collapsed:
            painter.setPen(theme.color("t3"))
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, "ms")


class MinimapCell(QWidget):
    """The cell left of the minimap: what it is and how long the call lasts."""

    def __init__(self, minimap: Minimap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._minimap = minimap
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        scale = max(1.0, self._minimap.scene.theme.scale)
        return QSize(round(WIDTH_PX * scale), self._minimap.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, view = self._minimap.scene.theme, self._minimap.scene.view
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg0"))
        row = self.rect().adjusted(INSET_PX, 0, -RIGHT_PX, -1)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, middle, "Whole call")
        painter.setPen(theme.color("t3"))
        length = format_time(view.frame_count, view.rate_hz, millis=False)
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, length)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line1"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.color("line1"))
