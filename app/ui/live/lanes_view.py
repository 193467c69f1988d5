"""The last 20 s of a call: both sides' peaks, speech bars, response intervals, tags, levels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.agents.live_view import Lane, Level, Snapshot
from app.domain.calls import Span, Speaker
from app.ui.live import words
from app.ui.theme import Theme
from app.ui.timeline.raster import Canvas, Wave, WaveColours, waveform
from app.ui.widgets.speaker import paint_speaker

WINDOW_S = 20.0
GRID_S = 2
GUTTER, METER, AFTER = 70, 34, 14
RULER, SPEECH, ROW = 20, 21, 26
LEAST_WAVE, MOST_WAVE, WAVE_SHARE = 74, 140, 0.085
GAIN = 1.4
"""Speech at its usual level fills a lane; peaks above are clipped in the picture alone."""
FLOOR_DBFS = -60.0
RMS_SHARE = 0.62
"""Only peaks are kept live: the inner, brighter part of a wave is drawn so far out."""

ReadLane = Callable[[Speaker, int], Lane]


class LanesView(QWidget):
    """Painted from a snapshot and the engine's peaks; it keeps nothing of the call.

    Args:
        theme: gives colours and scale.
        slow_ms, late_ms: the bands of responses.
        parent: the page.
    """

    def __init__(
        self, theme: Theme, slow_ms: float, late_ms: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._bands = theme, (slow_ms, late_ms)
        self._snapshot = Snapshot()
        self._lane: ReadLane | None = None
        self._wave = LEAST_WAVE
        self._canvases: dict[Speaker, Canvas] = {"caller": Canvas(), "agent": Canvas()}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("The last 20 seconds of both sides")
        theme.changed.connect(self.updateGeometry)

    def show_call(self, snapshot: Snapshot, lane: ReadLane | None) -> None:
        """Show the call as it stands."""
        self._snapshot, self._lane = snapshot, lane
        self.update()

    def sizeHint(self) -> QSize:
        """Waves follow the page; rows of text grow with the text."""
        px = self._theme.px
        return QSize(600, px(RULER) + 2 * self._wave + 2 * SPEECH + 2 * px(ROW))

    def set_room(self, height: int) -> None:
        """The height of the page: where there is more, waves are drawn larger."""
        wave = min(MOST_WAVE, max(LEAST_WAVE, round(height * WAVE_SHARE)))
        if wave != self._wave:
            self._wave = wave
            self.updateGeometry()

    # geometry

    @property
    def _plot(self) -> QRect:
        left = self._theme.px(GUTTER)
        return QRect(left, 0, max(1, self.width() - left - METER - AFTER), self.height())

    def _x(self, frame: float) -> float:
        """Where a frame of the call lies."""
        rate_hz = max(1, self._snapshot.rate_hz)
        plot = self._plot
        ago_s = (self._snapshot.captured_frames - frame) / rate_hz
        return plot.right() + 1 - ago_s / WINDOW_S * plot.width()

    def _tops(self) -> tuple[int, int, int, int, int, int]:
        """Tops of: caller, agent, caller's speech, agent's speech, responses, tags."""
        ruler, row = self._theme.px(RULER), self._theme.px(ROW)
        caller = ruler
        agent = caller + self._wave
        first = agent + self._wave
        return caller, agent, first, first + SPEECH, first + 2 * SPEECH, first + 2 * SPEECH + row

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint everything; some milliseconds at most."""
        painter, theme = QPainter(self), self._theme
        tops = self._tops()
        plot = self._plot
        painter.fillRect(self.rect(), theme.color("bg1"))
        painter.fillRect(
            QRect(plot.left(), tops[0], plot.width(), self.height() - tops[0]),
            theme.color("canvas"),
        )
        self._paint_waves(painter, tops)
        self._paint_grid(painter, tops)
        self._paint_gutter(painter, tops)
        painter.setClipRect(plot)
        self._paint_speech(painter, tops)
        self._paint_responses(painter, tops[4])
        self._paint_tags(painter, tops)
        painter.setClipping(False)
        self._paint_now(painter, tops)
        self._paint_meter(painter, tops[0], self._snapshot.caller_level, "caller")
        self._paint_meter(painter, tops[1], self._snapshot.agent_level, "agent")

    def _paint_waves(self, painter: QPainter, tops: tuple[int, ...]) -> None:
        theme, plot, ratio = self._theme, self._plot, self.devicePixelRatioF()
        width, height = round(plot.width() * ratio), round((self._wave - 1) * ratio)
        speakers: tuple[Speaker, Speaker] = ("caller", "agent")
        for speaker, top in zip(speakers, tops[:2], strict=True):
            lo, hi = self._columns(speaker, width)
            back, ink = theme.color("canvas").rgba(), theme.color(speaker).rgba()
            dim = theme.color(f"{speaker}Dim").rgba()
            canvas = self._canvases[speaker]
            canvas.resize(width, height, ratio)
            wave = Wave(lo, hi, (RMS_SHARE * np.maximum(hi, -lo)).astype(np.float32))
            colours = WaveColours(back=back, line=dim, dim=dim, full=ink)
            waveform(wave, height, colours, GAIN, out=canvas.pixels)
            painter.drawImage(plot.left(), top, canvas.image)

    def _columns(
        self, speaker: Speaker, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Least and greatest sample of each of `width` columns."""
        lo, hi = np.zeros(width, np.float32), np.zeros(width, np.float32)
        snapshot = self._snapshot
        if self._lane is None or not snapshot.rate_hz:
            return lo, hi
        span = WINDOW_S * snapshot.rate_hz
        first = snapshot.captured_frames - span
        lane = self._lane(speaker, max(0, round(first)))
        if not len(lane.peaks):
            return lo, hi
        # Each column takes the block that lies under it: a block is about a pixel wide.
        middles = first + (np.arange(width) + 0.5) * span / width
        rows = np.floor((middles - lane.first_frame) / lane.block_frames).astype(np.int64)
        inside = (rows >= 0) & (rows < len(lane.peaks))
        lo[inside] = lane.peaks[rows[inside], 0]
        hi[inside] = lane.peaks[rows[inside], 1]
        return lo, hi

    def _paint_grid(self, painter: QPainter, tops: tuple[int, ...]) -> None:
        theme, plot = self._theme, self._plot
        painter.setFont(theme.font("lane"))
        ruler = tops[0]
        for ago in range(GRID_S, int(WINDOW_S), GRID_S):
            x = round(plot.right() + 1 - ago / WINDOW_S * plot.width())
            painter.fillRect(QRect(x, ruler, 1, self.height() - ruler), theme.color("grid"))
            painter.setPen(theme.color("t3"))
            box = QRect(x - 40, 0, 80, ruler)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"−{ago} s")
        for top in (*tops, self.height()):
            painter.fillRect(QRect(0, top - 1, self.width(), 1), theme.color("line1"))

    def _paint_gutter(self, painter: QPainter, tops: tuple[int, ...]) -> None:
        theme = self._theme
        left = 16
        names: tuple[tuple[Speaker, str], ...] = (("caller", "Caller"), ("agent", "Agent"))
        for (speaker, name), top in zip(names, tops[:2], strict=True):
            paint_speaker(painter, theme, left, top + 14, speaker)
            painter.setFont(theme.font("label"))
            painter.setPen(theme.color("t2"))
            painter.drawText(QRect(left, top + 34, 60, theme.px(18)), 0, name)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t2"))
        for name, top in (("Response", tops[4]), ("Tags", tops[5])):
            box = QRect(left, top, theme.px(GUTTER), theme.px(ROW) - 1)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_speech(self, painter: QPainter, tops: tuple[int, ...]) -> None:
        theme, snapshot = self._theme, self._snapshot
        for run in snapshot.caller_speech:
            box = self._bar(run, tops[2])
            painter.fillRect(box, theme.hatch_brush("caller"))
            painter.setPen(theme.pen("caller"))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        for run in snapshot.agent_speech:
            painter.fillRect(self._bar(run, tops[3]), theme.color("agent"))
        for both in overlaps(snapshot.caller_speech, snapshot.agent_speech):
            box = self._bar(both, tops[2])
            box.setBottom(tops[3] + SPEECH - 5)
            painter.fillRect(box, theme.hatch_brush("overlap"))

    def _bar(self, run: Span, top: int) -> QRectF:
        left, right = self._x(run.start), self._x(run.end)
        return QRectF(round(left), top + 4, max(2.0, round(right) - round(left)), SPEECH - 9)

    def _paint_responses(self, painter: QPainter, top: int) -> None:
        theme, high = self._theme, self._theme.px(ROW)
        painter.setFont(theme.font("lane", 600))
        for interval in self._snapshot.intervals:
            if interval.ms < 0:
                continue
            token = theme.latency_token(interval.ms, *self._bands)
            self._paint_wait(painter, top, high, interval.span, words.ms(interval.ms), token)
        if self._snapshot.state == "thinking" and self._snapshot.caller_speech:
            since = words.since_s(self._snapshot) * 1000
            span = Span(self._snapshot.caller_speech[-1].end, self._snapshot.captured_frames)
            token = theme.latency_token(since, *self._bands)
            left = self._x(span.start)
            painter.fillRect(
                QRectF(left, top + high / 2 - 2, self._x(span.end) - left, 7), theme.color(token)
            )
            painter.setPen(theme.color("t2" if token == "latOk" else token))
            box = QRectF(left - 66, top, 60, high)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box, flags, f"{words.ms(round(since, -1))} …")

    def _paint_wait(
        self, painter: QPainter, top: int, high: int, span: Span, told: str, token: str
    ) -> None:
        theme = self._theme
        left, right = self._x(span.start), self._x(span.end)
        box = QRectF(left, top + high / 2 - 2, max(2.0, right - left), 7)
        painter.fillRect(box, theme.color(token))
        if right < self._plot.left():
            return
        painter.setPen(theme.color("t2" if token == "latOk" else token))
        painter.drawText(QRectF(right + 5, top, 60, high), Qt.AlignmentFlag.AlignVCenter, told)

    def _paint_tags(self, painter: QPainter, tops: tuple[int, ...]) -> None:
        theme, top = self._theme, tops[5]
        painter.setFont(theme.font("lane"))
        metrics = painter.fontMetrics()
        marks = [m for m in self._snapshot.marks if m.kind in ("mark", "note", "dtmf", "clip")]
        rate_hz = self._snapshot.rate_hz
        after = float("inf")
        for mark in reversed(marks):
            x = round(self._x(mark.at_s * rate_hz))
            if x < self._plot.left() - 120:
                break
            painter.setPen(theme.pen("t3", 1, Qt.PenStyle.DotLine))
            painter.drawLine(x, tops[0], x, top)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("t1"))
            middle = top + theme.px(ROW) / 2
            corners = ((-4, -5), (4, -5), (4, 2), (0, 6), (-4, 2))
            painter.drawPolygon(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in corners]))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            room = min(after - x - 16, 150)
            if room > 20:
                painter.setPen(theme.color("t2"))
                box = QRectF(x + 8, top, room, theme.px(ROW))
                told = metrics.elidedText(mark.label, Qt.TextElideMode.ElideRight, round(room))
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, told)
            after = x

    def _paint_now(self, painter: QPainter, tops: tuple[int, ...]) -> None:
        theme, x = self._theme, self._plot.right() + 1
        painter.fillRect(QRect(x, tops[0], 1, self.height() - tops[0]), theme.color("play"))
        painter.setFont(theme.font("lane", 600))
        painter.setPen(theme.color("t1"))
        painter.drawText(QRect(x - 30, 0, 60, tops[0]), Qt.AlignmentFlag.AlignCenter, "now")

    def _paint_meter(self, painter: QPainter, top: int, level: Level, speaker: Speaker) -> None:
        """A bar for the last fifth of a second, a line for its peak."""
        theme = self._theme
        area = QRect(self.width() - AFTER - 12, top + 6, 8, self._wave - 14)
        painter.fillRect(area, theme.color("bg3"))
        high = round(share(level.rms_dbfs) * area.height())
        token = "danger" if level.clipped else speaker
        box = QRect(area.left(), area.bottom() + 1 - high, area.width(), high)
        painter.fillRect(box, theme.color(token))
        peak = round(share(level.peak_dbfs) * area.height())
        if peak:
            line = QRect(area.left(), area.bottom() + 1 - peak, area.width(), 2)
            painter.fillRect(line, theme.color("danger" if level.clipped else "t1"))


def share(dbfs: float) -> float:
    """Where a level lies between the floor of the meters and full scale, 0..1."""
    return min(1.0, max(0.0, 1 - dbfs / FLOOR_DBFS))


def overlaps(caller: tuple[Span, ...], agent: tuple[Span, ...]) -> list[Span]:
    """Where both spoke."""
    found = []
    for a in caller[-12:]:
        for b in agent[-12:]:
            low, high = max(a.start, b.start), min(a.end, b.end)
            if low < high:
                found.append(Span(low, high))
    return found
