"""The preview's picture of a call: both waveforms, both turn lanes, response bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calls import Span, Speaker
from app.ui.theme import Theme

_INT16 = 32768.0
_HEIGHT = 112
_WAVE = 34
_LANE = 9
_COLUMNS = 512


@dataclass(frozen=True, slots=True)
class WaveColumns:
    """Peaks of one channel over the whole call: (min, max) int16, shape (columns,)."""

    role: str
    lo: np.ndarray
    hi: np.ndarray


@dataclass(frozen=True, slots=True)
class OverviewData:
    """What the picture shows. Frames at the call's rate; latencies in ms at their turn's start."""

    frame_count: int
    waves: tuple[WaveColumns, ...] = ()
    turns: tuple[tuple[Speaker, Span], ...] = ()
    responses: tuple[tuple[int, int, float], ...] = ()
    """(start frame, end frame, ms)"""


class Overview(QWidget):
    """Static picture with a play-head; a click seeks. Numbers stand in the facts below it."""

    seeked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._data: OverviewData | None = None
        self._head: int | None = None
        self._slow, self._late = 800.0, 1500.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Whole call: waveforms, turns and response latencies")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A plot: its height does not grow with the text."""
        return QSize(240, _HEIGHT)

    def show_data(self, data: OverviewData | None, slow_ms: float, late_ms: float) -> None:
        """Show a call, or an empty frame."""
        self._data, self._slow, self._late = data, slow_ms, late_ms
        self.update()

    def show_head(self, frame: int | None) -> None:
        """Move the play-head."""
        if frame != self._head:
            self._head = frame
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek there."""
        if self._data is not None and self.width() > 0:
            part = event.position().x() / self.width()
            self.seeked.emit(round(max(0.0, min(1.0, part)) * self._data.frame_count))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint canvas, waves, lanes, bars, head."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("canvas"))
        data = self._data
        if data is not None and data.frame_count > 0:
            self._paint_waves(painter, data)
            self._paint_lanes(painter, data)
            if self._head is not None:
                x = round(self._head / data.frame_count * (self.width() - 1))
                painter.fillRect(QRect(x, 0, 1, self.height()), self._theme.color("play"))
        painter.setPen(self._theme.pen("line2"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_waves(self, painter: QPainter, data: OverviewData) -> None:
        waves = data.waves[:2]
        if not waves:
            self._say(painter, "No recording")
        height = _WAVE if len(waves) == 2 else 2 * _WAVE
        for at, wave in enumerate(waves):
            middle = 3 + at * height + height / 2
            token = wave.role if wave.role in ("caller", "agent") else "t3"
            line = QRectF(1, round(middle), self.width() - 2, 1)
            painter.fillRect(line, self._theme.color("line1"))
            columns = len(wave.lo)
            if not columns:
                continue
            edges = np.linspace(0, columns, self.width() + 1).astype(int)
            index = np.minimum(edges[:-1], columns - 1)
            lo = np.minimum.reduceat(wave.lo, index) / _INT16
            hi = np.maximum.reduceat(wave.hi, index) / _INT16
            loudest = max(0.1, float(max(w.hi.max(initial=0) for w in waves)) / _INT16)
            reach = (height / 2 - 1) / loudest
            color = self._theme.color(token)
            for x, (low, high) in enumerate(zip(lo, hi, strict=True)):
                if high - low > 0.002:
                    top = middle - high * reach
                    painter.fillRect(QRectF(x, top, 1, max(1.0, (high - low) * reach)), color)

    def _say(self, painter: QPainter, words: str) -> None:
        """Words where the waveforms would be."""
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("t3"))
        room = QRect(0, 3, self.width(), 2 * _WAVE)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_lanes(self, painter: QPainter, data: OverviewData) -> None:
        scale = self.width() / data.frame_count
        top = 3 + 2 * _WAVE + 2
        for speaker, span in data.turns:
            lane = top if speaker == "caller" else top + _LANE
            left, width = span.start * scale, max(1.0, span.frames * scale)
            painter.fillRect(QRectF(left, lane, width, _LANE - 2), self._theme.color(speaker))
        base = self.height() - 3
        for start, end, ms in data.responses:
            token = self._theme.latency_token(ms, self._slow, self._late)
            height = {"latOk": 3, "latSlow": 7, "latLate": 11}[token]
            width = max(2.0, (end - start) * scale)
            box = QRectF(min(start, end) * scale, base - height, width, height)
            painter.fillRect(box, self._theme.color(token))
        rule = QRect(1, base, self.width() - 2, 1)
        painter.fillRect(rule, self._theme.color("line2"))
        painter.setPen(Qt.PenStyle.NoPen)
