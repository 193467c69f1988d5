"""The strip of events: what happened besides speech, in shape and words."""

from __future__ import annotations

from PySide6.QtCore import QLine, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPolygon

from app.domain.clock import format_time
from app.domain.events import CallEvent
from app.domain.latency import frames_to_ms
from app.ui.timeline.lane import Hit
from app.ui.timeline.marks import number
from app.ui.timeline.strip_lanes import GAP_PX, Strip

EVENT_ROW_PX = 24


class EventLane(Strip):
    """Marks in shape and words: end of turn detected, first byte, tool call, barge-in."""

    key = "events"

    @property
    def height(self) -> int:
        return self.scene.theme.px(EVENT_ROW_PX)

    def paint(self, painter: QPainter, rect: QRect) -> None:
        marks, view = self.scene.events, self.scene.view
        free_from = -(10**9)
        for i in marks.within(*self.reach(rect)):
            item = marks.items[i]
            x, right = view.x_of(item.span.start), view.x_of(item.span.end)
            following = int(marks.starts[i + 1]) if i + 1 < len(marks) else None
            until = view.x_of(following) - GAP_PX - 6 if following is not None else 10**9
            end = self._glyph(painter, item, x, right)
            if end < free_from or not item.label:
                free_from = max(free_from, end)
                continue
            words, left = self._words(item), x - GAP_PX - 4
            written = self.write(painter, end + GAP_PX, words, until=until)
            if written == end + GAP_PX:  # no room after it; before it, perhaps
                start = left - self.metrics("label").horizontalAdvance(words)
                if start > free_from + GAP_PX:
                    self.write(painter, start, words, until=left + 1)
            free_from = max(written, end)

    def _words(self, item: CallEvent) -> str:
        if item.span.frames and item.kind != "other":
            ms = frames_to_ms(item.span.frames, self.scene.view.rate_hz)
            return (
                f"{item.label} {number(ms)} ms" if ms < 3000 else f"{item.label} {ms / 1000:.1f} s"
            )
        return item.label

    def _glyph(self, painter: QPainter, item: CallEvent, x: int, right: int) -> int:
        """Draw the mark; gives its right edge."""
        theme = self.scene.theme
        middle = self.top + (self.height - 1) // 2
        ink = theme.color("t2")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if item.kind == "endpoint":
            points = [QPoint(x - 4, middle - 3), QPoint(x + 4, middle - 3), QPoint(x, middle + 4)]
            painter.drawPolygon(QPolygon(points))
            edge = x + 4
        elif item.kind == "first_byte":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.pen("t2", 1.6))
            painter.drawEllipse(QPoint(x, middle), 4, 4)
            edge = x + 5
        elif item.kind == "barge_in":
            points = [
                QPoint(x, middle - 5),
                QPoint(x + 5, middle),
                QPoint(x, middle + 5),
                QPoint(x - 5, middle),
            ]
            painter.drawPolygon(QPolygon(points))
            edge = x + 5
        else:
            edge = self._bar(painter, item, x, right, middle)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        return edge

    def _bar(self, painter: QPainter, item: CallEvent, x: int, right: int, middle: int) -> int:
        theme = self.scene.theme
        if item.kind == "dead_air":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(theme.pen("t3", 1, Qt.PenStyle.DotLine))
            painter.drawLine(x, middle, max(x, right - 1), middle)
            painter.setPen(theme.pen("t3"))
            ends = [QLine(e, middle - 4, e, middle + 4) for e in (x, max(x, right - 1))]
            painter.drawLines(ends)
            return max(x, right - 1)
        if right - x < 6:
            painter.fillRect(x - 1, middle - 6, 2, 12, theme.color("t2"))
            return x + 1
        painter.setPen(theme.pen("line3"))
        painter.setBrush(theme.color("bg3"))
        painter.drawRoundedRect(x, middle - 6, right - x, 11, 2, 2)
        return right

    def hit(self, x: int, y: int) -> Hit | None:
        view = self.scene.view
        item = self.scene.events.near(view.frame_at(x), max(1, round(6 * view.frames_per_px)))
        if item is None:
            return None
        source = "Follows from the turns." if item.derived else "Reported with the call."
        profile = self.scene.profile
        dead_s = profile.params["dead_air_ms"] / 1000 if profile else 0
        words = {
            "barge_in": "Barge-in: the caller's onset inside agent speech.",
            "dead_air": f"Dead air: both are silent for at least {dead_s:g} s.",
            "endpoint": "End of the caller's turn detected by the platform.",
            "first_byte": "First byte of the agent's audio.",
            "tool": f"Tool call {item.label}.",
        }.get(item.kind, item.label or "Event")
        at = format_time(item.span.start, view.rate_hz)
        length = f", {item.span.frames / view.rate_hz:.2f} s" if item.span.frames else ""
        return Hit(f"{words}\n{at}{length}\n{source}", item.span)
