"""What lies above the lanes: loop, selection, comment pins, selected turn, play-head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPolygon

from app.domain.calls import Span
from app.domain.clock import format_time
from app.domain.ratings import Comment
from app.domain.turns import Turn
from app.ui.timeline.turn_lane import TurnLane

if TYPE_CHECKING:
    from app.ui.timeline.canvas import Canvas

LOOP_ALPHA = 0.12
LOOP_BAR_PX = 3
PIN_W, PIN_H = 16, 13
FLAG_W, FLAG_H = 11, 11


class Overlays:
    """Draws over a canvas; holds what is marked on it besides the viewport's own marks."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.comments: Sequence[Comment] = ()
        self.turn: Turn | None = None
        self.evidence: frozenset[str] = frozenset()
        self.painters: list[Callable[[QPainter], None]] = []
        """What else is drawn over the lanes, below the play-head."""
        self.tips: list[Callable[[int, int], str]] = []
        """What else has words for a point; the first that has any is shown."""
        self.framed = False
        """Whether a boundary is being edited: the only framed region on the screen."""

    def paint(self, painter: QPainter, rect: QRect) -> None:
        """Everything but the play-head."""
        view = self._canvas.scene.view
        if view.selection is not None:
            self._region(painter, view.selection, edges=False)
        if view.loop is not None:
            self._loop(painter, view.loop, on=view.loop_on)
        self._pins(painter, rect)
        self._turns(painter)
        for paint in self.painters:
            paint(painter)

    # regions ---------------------------------------------------------------------------------

    def _columns(self, span: Span) -> tuple[int, int]:
        view = self._canvas.scene.view
        left, right = view.x_of(span.start), view.x_of(span.end)
        return max(left, -2), max(min(right, view.width + 2), left + 1)

    def _region(self, painter: QPainter, span: Span, *, edges: bool) -> None:
        theme, waves = self._canvas.scene.theme, self._canvas.waves
        left, right = self._columns(span)
        if right <= 0 or left >= self._canvas.width():
            return
        tone = QColor(theme.color("accent"))
        if not theme.is_contrast:
            tone.setAlphaF(LOOP_ALPHA)
            painter.fillRect(left, waves.top(), right - left, waves.height(), tone)
        if edges or theme.is_contrast:
            for x in (left, right - 1):
                painter.fillRect(x, 0, 1, self._canvas.height(), theme.color("accent"))

    def _loop(self, painter: QPainter, span: Span, *, on: bool) -> None:
        theme, ruler = self._canvas.scene.theme, self._canvas.ruler_height
        left, right = self._columns(span)
        if on:
            self._region(painter, span, edges=True)
        bar = theme.color("accent" if on else "line3")
        painter.fillRect(left, ruler - LOOP_BAR_PX, right - left, LOOP_BAR_PX, bar)

    # turns -----------------------------------------------------------------------------------

    def _turns(self, painter: QPainter) -> None:
        if self.turn is None and not self.evidence:
            return
        theme = self._canvas.scene.theme
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for lane in self._canvas.lanes:
            if not isinstance(lane, TurnLane):
                continue
            top, height = lane.body
            for turn in self._marked(lane):
                left, right = self._columns(turn.span)
                if turn.id in self.evidence:
                    y = lane.top + top + height
                    painter.fillRect(left, y, right - left, 2, theme.color("accent"))
                if turn is self.turn and not self._canvas.scene.collapsed:
                    painter.setPen(theme.pen("accent"))
                    box = QRect(left, lane.top + top, right - left, height)
                    painter.drawRect(box.adjusted(-2, -2, 1, 1))

    def _marked(self, lane: TurnLane) -> list[Turn]:
        turns = self._canvas.scene.data.turns
        found = [t for t in turns.items if t.id in self.evidence] if self.evidence else []
        if self.turn is not None and self.turn.id not in self.evidence:
            found.append(self.turn)
        return [t for t in found if t.speaker == lane.speaker]

    # pins ------------------------------------------------------------------------------------

    def _pins(self, painter: QPainter, rect: QRect) -> None:
        canvas, theme = self._canvas, self._canvas.scene.theme
        painter.setFont(theme.font("tick", 600))
        foot = max((x.top + x.height for x in canvas.lanes if isinstance(x, TurnLane)), default=0)
        written = -(10**6)
        for x, comment in self._placed():
            if not rect.left() - PIN_W <= x <= rect.right() + PIN_W:
                continue
            painter.setPen(theme.pen("t1", 1, Qt.PenStyle.DotLine))
            painter.drawLine(x, canvas.ruler_height, x, foot)
            if x - written >= theme.px(PIN_W) + 1:
                self._pin(painter, x, comment)
                written = x

    def _pin(self, painter: QPainter, x: int, comment: Comment) -> None:
        theme = self._canvas.scene.theme
        wide, high = theme.px(PIN_W), theme.px(PIN_H)
        top = max(0, self._canvas.ruler_height - high - 5)
        box = QRect(x - wide // 2, top, wide, high)
        painter.fillRect(box, theme.color("t1"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("t1"))
        y = box.bottom() + 1
        painter.drawPolygon(QPolygon([QPoint(x - 4, y), QPoint(x + 4, y), QPoint(x, y + 4)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.color("canvas"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(comment.severity or "\u2022"))

    def _placed(self) -> list[tuple[int, Comment]]:
        view = self._canvas.scene.view
        placed = [(view.x_of(c.start), c) for c in self.comments]
        return [(x, c) for x, c in placed if -PIN_W <= x <= view.width + PIN_W]

    def pin_at(self, x: int, y: int) -> Comment | None:
        """The comment whose pin lies at (x, y)."""
        if y > self._canvas.ruler_height:
            return None
        near = [(abs(px - x), c) for px, c in self._placed() if abs(px - x) <= PIN_W // 2]
        return min(near, key=lambda item: item[0])[1] if near else None

    def pin_tip(self, x: int, y: int) -> str:
        """Words for the pin at (x, y); empty without one."""
        comment = self.pin_at(x, y)
        if comment is None:
            return ""
        at = format_time(comment.start, self._canvas.scene.view.rate_hz)
        return f"{at}, severity {comment.severity}, {comment.rater_name}\n{comment.body}"

    # play-head -------------------------------------------------------------------------------

    def _flag(self) -> tuple[int, int]:
        x = self._canvas.scene.view.x_of(self._canvas.scene.view.cursor)
        return x - FLAG_W // 2, x + FLAG_W // 2 + 1

    def taken_in_ruler(self) -> list[tuple[int, int]]:
        """The pixel runs of the ruler where labels would lie under a flag."""
        half = self._canvas.scene.theme.px(PIN_W) // 2 + 2
        runs = [(x - half, x + half) for x, _ in self._placed()]
        left, right = self._flag()
        return [*runs, (left - 2, right + 2)]

    def paint_head(self, painter: QPainter) -> None:
        """The play-head: 1 px over the full height, with a flag in the ruler."""
        canvas, theme = self._canvas, self._canvas.scene.theme
        view = canvas.scene.view
        x = view.x_of(view.cursor)
        if -FLAG_W <= x <= view.width + FLAG_W:
            foot = canvas.ruler_height
            painter.fillRect(x, foot, 1, canvas.height() - foot, theme.color("play"))
            left, top = x - FLAG_W // 2, foot - FLAG_H
            points = [
                QPoint(left, top),
                QPoint(left + FLAG_W, top),
                QPoint(left + FLAG_W, top + FLAG_H - 5),
                QPoint(x + 1, foot),
                QPoint(x, foot),
                QPoint(left, top + FLAG_H - 5),
            ]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("play"))
            painter.drawPolygon(QPolygon(points))
        if self.framed:
            self._frame(painter)

    def _frame(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        rect = self._canvas.rect()
        tone = self._canvas.scene.theme.color("warn")
        painter.fillRect(0, 0, rect.width(), 2, tone)
        painter.fillRect(0, rect.height() - 2, rect.width(), 2, tone)
        painter.fillRect(0, 0, 2, rect.height(), tone)
        painter.fillRect(rect.width() - 2, 0, 2, rect.height(), tone)
