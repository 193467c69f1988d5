"""The whole call in 28 px: caller above, agent below, overlaps, comments, what is in view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLine, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPolygon, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calls import SPEAKERS, TrackRole
from app.domain.clock import format_time
from app.domain.ratings import Comment
from app.ui.timeline.lane import Scene
from app.ui.timeline.pointer import NOTCH, ZOOM_PER_NOTCH
from app.ui.timeline.wave_lane import TONES, WaveSource

HEIGHT_PX = 28
WINDOW_ALPHA = 0.14
HEAD_REACH_PX = 6


class Minimap(QWidget):
    """Click or drag to move the view; Ctrl+wheel zooms it."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self.source: WaveSource | None = None
        self.roles: tuple[TrackRole, ...] = ("caller", "agent")
        self.comments: Sequence[Comment] = ()
        self._picture: QImage | None = None
        self._grab: int | None = None
        self._head_x = -1
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Whole call")
        scene.view.on("view", self._on_view)
        scene.view.on("cursor", self._on_cursor)
        scene.view.on("loop", self.update)
        scene.theme.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Paint the kept picture again: more sound, other turns, another theme."""
        self._picture = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, HEIGHT_PX)

    # geometry --------------------------------------------------------------------------------

    def x_of(self, frame: int) -> int:
        """The column of `frame` in the whole call."""
        return frame * self.width() // self.scene.view.frame_count

    def frame_at(self, x: int) -> int:
        """The first frame of column `x`."""
        return x * self.scene.view.frame_count // max(1, self.width())

    def shown(self) -> tuple[int, int]:
        """Columns of the visible span, at least 5 wide."""
        seen = self.scene.view.visible()
        left, right = self.x_of(seen.start), self.x_of(seen.end)
        lack = max(0, 5 - (right - left))
        return left - lack // 2, right + lack - lack // 2

    def _on_view(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        view, seen = self.scene.view, self.scene.view.visible()
        start, end = (format_time(f, view.rate_hz, millis=False) for f in (seen.start, seen.end))
        self.setAccessibleDescription(f"In view: {start} to {end}")

    def _on_cursor(self) -> None:
        x = self.x_of(self.scene.view.cursor)
        if x != self._head_x:
            for at in (self._head_x, x):
                self.update(at - HEAD_REACH_PX, 0, 2 * HEAD_REACH_PX, HEIGHT_PX)
            self._head_x = x

    # painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._picture is None or self._picture.size() != size:
            self._picture = self._draw(size, ratio)
        painter = QPainter(self)
        painter.drawImage(0, 0, self._picture)
        self._paint_window(painter)
        self._paint_pins(painter)
        theme, view = self.scene.theme, self.scene.view
        if view.loop is not None:
            left, right = self.x_of(view.loop.start), self.x_of(view.loop.end)
            tone = theme.color("accent" if view.loop_on else "line3")
            painter.fillRect(left, HEIGHT_PX - 3, max(1, right - left), 2, tone)
        painter.fillRect(self.x_of(view.cursor), 0, 1, HEIGHT_PX - 1, theme.color("play"))

    def _draw(self, size: QSize, ratio: float) -> QImage:
        theme = self.scene.theme
        image = QImage(size, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(theme.color("canvas"))
        painter = QPainter(image)
        for n, role in enumerate(self.roles):
            self._draw_track(painter, role, n)
        if not self.roles:
            self._draw_speech(painter)
        ticks = self.scene.data.overlaps
        xs = sorted({self.x_of(int(f)) for f in ticks.starts})
        for x in xs:
            painter.fillRect(x, 0, 2, 4, theme.color("overlap"))
        painter.fillRect(0, HEIGHT_PX - 1, self.width(), 1, theme.color("line1"))
        painter.end()
        return image

    def _draw_track(self, painter: QPainter, role: TrackRole, n: int) -> None:
        row = (HEIGHT_PX - 2) // len(self.roles)
        middle = 1 + n * row + row // 2
        full, dim = TONES[role]
        theme = self.scene.theme
        painter.fillRect(0, middle, self.width(), 1, theme.color(dim))
        if self.source is None or not self.width():
            return
        per_px = self.scene.view.frame_count / self.width()
        columns = self.source.columns(role, 0.0, per_px, self.width())
        if columns is None:
            return
        lo, hi, _ = columns
        peak = np.maximum(hi.astype(np.int32), -lo.astype(np.int32))
        loudest = max(int(np.percentile(peak, 99)) if len(peak) else 1, 3000)
        tall = np.minimum(np.rint(peak * (row / 2 - 1) / loudest), row // 2 - 1).astype(np.int32)
        painter.setPen(theme.pen(full))
        lines = [QLine(x, middle - h, x, middle + h) for x, h in enumerate(tall.tolist()) if h > 0]
        painter.drawLines(lines)

    def _draw_speech(self, painter: QPainter) -> None:
        """Who speaks when, for a call that came without a recording."""
        row = (HEIGHT_PX - 2) // len(SPEAKERS)
        for n, speaker in enumerate(SPEAKERS):
            lane, ink = self.scene.data.utterances[speaker], self.scene.theme.color(speaker)
            for start, end in zip(lane.starts.tolist(), lane.ends.tolist(), strict=True):
                left, right = self.x_of(start), self.x_of(end)
                painter.fillRect(left, 1 + n * row + row // 4, max(1, right - left), row // 2, ink)

    def _paint_window(self, painter: QPainter) -> None:
        if self.scene.view.is_fitted:
            return
        left, right = self.shown()
        theme = self.scene.theme
        tone = QColor(theme.color("t1"))
        tone.setAlphaF(WINDOW_ALPHA)
        painter.fillRect(left, 0, right - left, HEIGHT_PX - 1, tone)
        painter.setPen(theme.pen("t1"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRect(left, 0, right - left - 1, HEIGHT_PX - 2))

    def _paint_pins(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.scene.theme.color("t1"))
        floor = HEIGHT_PX - 2
        for x in sorted({self.x_of(c.start) for c in self.comments}):
            points = [QPoint(x - 3, floor), QPoint(x + 4, floor), QPoint(x, floor - 5)]
            painter.drawPolygon(QPolygon(points))

    # mouse -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = round(event.position().x())
        left, right = self.shown()
        self._grab = x - left if left <= x <= right else (right - left) // 2
        self._move_to(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None:
            self._move_to(round(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grab = None

    def _move_to(self, x: int) -> None:
        self.scene.view.scroll_to(self.frame_at(max(0, x - (self._grab or 0))))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = ZOOM_PER_NOTCH ** (event.angleDelta().y() / NOTCH)
            frame = self.frame_at(round(event.position().x()))
            self.scene.view.zoom(factor, self.scene.view.x_of(frame))
        else:
            self.scene.view.scroll_px(-event.angleDelta().y())
        event.accept()
