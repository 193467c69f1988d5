"""The response lane: the bar *is* the wait, from the caller's stop to the agent's start.

Bands get taller as well as hotter (4, 8, 12 px), so that they are read without colour.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QPainter

from app.domain.clock import format_time
from app.domain.latency import Band
from app.ui.timeline.lane import LABEL_REACH_PX, Hit, Lane, paint_columns
from app.ui.timeline.marks import Response, number

ROW_PX, COLLAPSED_ROW_PX = 32, 26
BAR_PX: dict[Band, int] = {"ok": 4, "slow": 8, "late": 12}
BAR_TOKEN: dict[Band, str] = {"ok": "latOk", "slow": "latSlow", "late": "latLate"}
VOID_MARK = "≈ "
"""Before a number that the recording's findings say not to trust."""
INK_TOKEN: dict[Band, str] = {"ok": "t2", "slow": "latSlow", "late": "latLate"}
TICK_PX = 14
LABEL_GAP_PX = 5
MIN_TICKED_PX = 40
MIN_LABEL_PX = 20
DENSE_SHARE = 6
"""From one mark per this many columns on, waits are drawn by column."""


class ResponseLane(Lane):
    """Waits before the agent's turns, with the call's p50 and p95 ticked on long ones."""

    key = "response"

    @property
    def height(self) -> int:
        return self.scene.theme.px(COLLAPSED_ROW_PX if self.scene.collapsed else ROW_PX)

    @property
    def _floor(self) -> int:
        """The y on which bars stand."""
        return self.top + self.height - 5

    def paint(self, painter: QPainter, rect: QRect) -> None:
        marks, view = self.scene.data.responses, self.scene.view
        window = marks.within(*self.reach(rect))
        if not len(window):
            return
        some = slice(window.start, window.stop)
        lefts, rights = view.xs_of(marks.starts[some]), view.xs_of(marks.ends[some])
        if len(window) * DENSE_SHARE > rect.width() + 2 * LABEL_REACH_PX:
            self._paint_dense(painter, rect, [marks.items[i] for i in window], lefts)
            return
        for n, i in enumerate(window):
            left, right = int(lefts[n]), int(rights[n])
            after = int(lefts[n + 1]) if n + 1 < len(window) else self._next_left(i)
            self._paint_bar(painter, marks.items[i], left, right)
            if after - right > MIN_LABEL_PX:
                self._label(painter, marks.items[i], right, after)

    def _band(self, item: Response) -> Band:
        """How the wait is drawn; one that is not to be trusted never looks late."""
        return "ok" if self.scene.latencies_void else self.scene.thresholds.band(item.ms)

    def _next_left(self, i: int) -> int:
        marks = self.scene.data.responses
        if i + 1 < len(marks):
            return self.scene.view.x_of(int(marks.starts[i + 1]))
        return self.scene.view.total_px + 1000

    def _paint_dense(
        self,
        painter: QPainter,
        rect: QRect,
        items: Sequence[Response],
        lefts: np.typing.NDArray[np.int64],
    ) -> None:
        """One line per column that a wait begins in; the taller bands cover the lower ones."""
        bands = np.array([self._band(item) for item in items])
        inside = (lefts >= rect.left()) & (lefts <= rect.right())
        floor = self._floor
        for band, height in BAR_PX.items():
            columns = np.zeros(rect.width(), np.bool_)
            columns[lefts[inside & (bands == band)] - rect.left()] = True
            ink = self.scene.theme.color(BAR_TOKEN[band])
            paint_columns(painter, columns, rect.left(), floor - height, height, ink)

    def _paint_bar(self, painter: QPainter, item: Response, left: int, right: int) -> None:
        theme, band = self.scene.theme, self._band(item)
        colour, height = theme.color(BAR_TOKEN[band]), BAR_PX[band]
        width = max(1, right - left)
        bar = QRect(left, self._floor - height, width, height)
        if item.ms < 0:  # the agent began first: an outline, as nobody waited
            painter.setPen(theme.pen("t2"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar.adjusted(0, -2, -1, -1))
            return
        painter.fillRect(bar, colour)
        if not self.scene.collapsed and width >= 3:
            painter.setPen(colour)
            top = self._floor - TICK_PX
            painter.drawLines(
                [
                    QLine(left, top, left, self._floor - 1),
                    QLine(right - 1, top, right - 1, self._floor - 1),
                ]
            )
        if band == "late" and not self.scene.collapsed and width >= MIN_TICKED_PX:
            self._paint_percentiles(painter, item, bar)

    def _paint_percentiles(self, painter: QPainter, item: Response, bar: QRect) -> None:
        theme, view, stats = self.scene.theme, self.scene.view, self.scene.stats
        metrics = self.metrics("tick")
        painter.setFont(theme.font("tick"))
        written = bar.left() - 1000
        for name, ms in (("p50", stats.p50_ms), ("p95", stats.p95_ms)):
            if ms is None or not 0 < ms <= item.ms:
                continue
            x = view.x_of(item.span.start + round(ms * view.rate_hz / 1000))
            painter.fillRect(x - 1, bar.top(), 3, bar.height(), theme.color("canvas"))
            painter.fillRect(x, bar.top() - 1, 1, bar.height() + 3, theme.color("t1"))
            left = x - metrics.horizontalAdvance(name) // 2
            if left > written + 4:
                painter.setPen(theme.color("t3"))
                base = max(bar.top() - 4, self.top + metrics.capHeight() + 2)
                painter.drawText(left, base, name)
                written = left + metrics.horizontalAdvance(name)

    def _label(self, painter: QPainter, item: Response, right: int, after: int) -> None:
        theme, band = self.scene.theme, self._band(item)
        small: bool = self.scene.collapsed
        weight = 400 if band == "ok" else 600
        text = f"{VOID_MARK}{number(item.ms)}" if self.scene.latencies_void else number(item.ms)
        advance = self.advance(text, "label" if small else "small", weight)
        x = max(right, self.scene.view.x_of(item.span.start) + 1) + LABEL_GAP_PX
        if x + advance + 4 > after:
            return
        painter.setFont(theme.font("label" if small else "small", weight))
        painter.setPen(theme.color(INK_TOKEN[band]))
        rise = 1 if band == "late" else 0
        painter.drawText(x, self._floor - rise, text)

    def hit(self, x: int, y: int) -> Hit | None:
        view = self.scene.view
        slack = max(1, round(4 * view.frames_per_px))
        item = self.scene.data.responses.near(view.frame_at(x), slack)
        if item is None:
            return None
        return Hit(self._tip(item), item.span, item.turn.id)

    def _tip(self, item: Response) -> str:
        scene, rate = self.scene, self.scene.view.rate_hz
        stop = item.turn.span.start - round(item.ms * rate / 1000)
        by = f"Onsets and offsets by {scene.producer}" if scene.producer else ""
        rules = f", turns by {scene.profile.id}" if scene.profile else ""
        lines = [
            f"Response latency {number(item.ms)} ms, turn {item.turn.index}",
            "Agent speech onset minus caller speech offset; negative: the agent began first.",
            f"{format_time(item.turn.span.start, rate)} \u2212 {format_time(stop, rate)}",
            f"{by}{rules}." if by else "",
            "Not to be trusted in this recording." if scene.latencies_void else "",
        ]
        return "\n".join(line for line in lines if line)
