"""Evidence of each rater over the call, one lane under the other; a click plays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calls import Span
from app.domain.turns import Turn
from app.ui.theme import Theme

LANE_PX, GUTTER_PX, LEAST_PX = 24, 120, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One rater's evidence."""

    rater_id: str
    name: str
    spans: tuple[Span, ...]


class EvidenceLanes(QWidget):
    """The agent's and caller's turns in grey on top, then a lane a rater."""

    played = Signal(object)
    rater_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lanes: tuple[Lane, ...] = ()
        self._turns: tuple[Turn, ...] = ()
        self._frames, self._rater, self._cursor = 1, "", 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Evidence of each rater")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.updateGeometry)

    def show_call(self, turns: Sequence[Turn], frames: int) -> None:
        """Another call's turns, over so many frames."""
        self._turns, self._frames = tuple(turns), max(frames, 1)
        self.update()

    def show_lanes(self, lanes: Sequence[Lane], rater_id: str) -> None:
        """Other evidence; `rater_id` is the one whose evidence the key plays."""
        self._lanes, self._rater = tuple(lanes), rater_id
        told = "; ".join(f"{lane.name}: {len(lane.spans)} pieces" for lane in lanes)
        self.setAccessibleDescription(told)
        self.updateGeometry()
        self.update()

    def set_cursor(self, frame: int) -> None:
        """Where the sound is."""
        self._cursor = frame
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its lanes."""
        return QSize(400, self._theme.px(LANE_PX) * (len(self._lanes) + 1) + 2)

    def minimumSizeHint(self) -> QSize:
        """As high as its lanes."""
        return QSize(200, self.sizeHint().height())

    def _x(self, frame: int) -> int:
        gutter = self._theme.px(GUTTER_PX)
        return gutter + round((self.width() - gutter - 16) * frame / self._frames)

    def _box(self, span: Span, lane: int) -> QRect:
        high = self._theme.px(LANE_PX)
        left = self._x(span.start)
        wide = max(LEAST_PX, self._x(span.end) - left)
        return QRect(left, lane * high + 5, wide, high - 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Turns, lanes, play-head."""
        painter, theme = QPainter(self), self._theme
        high = theme.px(LANE_PX)
        painter.fillRect(self.rect(), theme.color("canvas"))
        self._paint_turns(painter, high)
        for at, lane in enumerate(self._lanes, start=1):
            self._paint_lane(painter, at, lane, high)
        x = self._x(self._cursor)
        painter.fillRect(QRect(x, 0, 1, self.height()), theme.color("play"))

    def _paint_turns(self, painter: QPainter, high: int) -> None:
        theme = self._theme
        self._write(painter, 0, high, "Turns", "t3")
        for turn in self._turns:
            box = self._box(turn.span, 0)
            half = box.height() // 2
            agent = turn.speaker == "agent"
            part = QRect(box.left(), box.top() + (half if agent else 0), box.width(), half - 1)
            painter.fillRect(part, theme.color("agentDim" if agent else "callerDim"))

    def _paint_lane(self, painter: QPainter, at: int, lane: Lane, high: int) -> None:
        theme, top = self._theme, at * high
        painter.fillRect(QRect(0, top, self.width(), 1), theme.color("line1"))
        chosen = lane.rater_id == self._rater
        if chosen:
            painter.fillRect(QRect(0, top + 1, 3, high - 1), theme.color("accent"))
        self._write(painter, top, high, lane.name, "t1" if chosen else "t2")
        for number, span in enumerate(lane.spans, start=1):
            box = self._box(span, at)
            painter.fillRect(box, theme.color("accent" if chosen else "bg3"))
            if not chosen:
                painter.setPen(theme.pen("line3"))
                painter.drawRect(box.adjusted(0, 0, -1, -1))
            if box.width() > 24:
                painter.setFont(theme.font("label", 500))
                painter.setPen(theme.color("accentInk" if chosen else "t1"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"E{number}")
        if not lane.spans:
            painter.setPen(theme.color("t3"))
            area = QRect(theme.px(GUTTER_PX) + 8, top, self.width(), high)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, "no evidence given")

    def _write(self, painter: QPainter, top: int, high: int, text: str, token: str) -> None:
        theme = self._theme
        painter.setFont(theme.font("label", 500))
        painter.setPen(theme.color(token))
        area = QRect(16, top, theme.px(GUTTER_PX) - 24, high)
        shown = QFontMetrics(painter.font()).elidedText(
            text, Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hear what is under the pointer."""
        at = int(event.position().y()) // self._theme.px(LANE_PX)
        point = event.position().toPoint()
        if at == 0:
            for turn in self._turns:
                if self._box(turn.span, 0).contains(point):
                    self.played.emit(turn.span)
                    return
        elif at <= len(self._lanes):
            lane = self._lanes[at - 1]
            self.rater_chosen.emit(lane.rater_id)
            for span in lane.spans:
                if self._box(span, at).contains(point):
                    self.played.emit(span)
                    return
