"""Redacted spans on the lanes: hatched over the sound and the turns of whom they hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from app.domain.calls import Span
from app.domain.clock import format_time
from app.ui.icons import paint_icon
from app.ui.timeline.turn_lane import TurnLane
from app.ui.timeline.wave_lane import WaveLane

if TYPE_CHECKING:
    from app.ui.review.session import ReviewSession
    from app.ui.timeline.canvas import Canvas
    from app.ui.timeline.lane import Lane

ICON, ICON_PX, ICON_PAD_PX = "eye-slash", 14, 4
VEIL_ALPHA = 0.55


class RedactionBand:
    """Paints over the lanes of one canvas; says what lies under the pointer."""

    def __init__(self, canvas: Canvas, session: ReviewSession) -> None:
        self._canvas, self._session = canvas, session
        canvas.overlays.painters.append(self.paint)
        canvas.overlays.tips.append(self.tip_at)

    def paint(self, painter: QPainter) -> None:
        """A veil with a hatch, edges, and an icon where there is room for it."""
        review = self._session.review
        if review is None or not review.mask:
            return
        theme, view = self._canvas.scene.theme, self._canvas.scene.view
        veil = QColor(theme.color("canvas"))
        veil.setAlphaF(VEIL_ALPHA)
        hatch = QBrush(theme.color("t3"), Qt.BrushStyle.BDiagPattern)
        for lane in self._canvas.lanes:
            for span in self._spans(lane):
                left, right = view.x_of(span.start), max(view.x_of(span.end), 0)
                if right < 0 or left > view.width:
                    continue
                left, right = max(left, -2), min(max(right, left + 2), view.width + 2)
                box = QRect(left, lane.top, right - left, lane.height - 1)
                painter.fillRect(box, veil)
                painter.fillRect(box, hatch)
                for x in (left, right - 1):
                    painter.fillRect(x, box.top(), 1, box.height(), theme.color("t2"))
                self._icon(painter, lane, box)

    def _icon(self, painter: QPainter, lane: Lane, box: QRect) -> None:
        theme = self._canvas.scene.theme
        side = theme.px(ICON_PX)
        if not isinstance(lane, WaveLane) or box.width() < side + 2 * ICON_PAD_PX:
            return
        at = QRect(box.left() + ICON_PAD_PX, box.top() + ICON_PAD_PX, side, side)
        painter.fillRect(at.adjusted(-2, -2, 2, 2), theme.color("canvas"))
        paint_icon(painter, theme, ICON, at, "t1", size=side)

    def _spans(self, lane: Lane) -> tuple[Span, ...]:
        review = self._session.review
        if review is None:
            return ()
        if isinstance(lane, WaveLane):
            return review.mask.of(lane.role)
        return review.mask.of(lane.speaker) if isinstance(lane, TurnLane) else ()

    def tip_at(self, x: int, y: int) -> str:
        """What is redacted at (x, y), and why; empty elsewhere."""
        review, lane = self._session.review, self._canvas.lane_at(y)
        if review is None or lane is None:
            return ""
        frame = self._canvas.scene.view.frame_at(x)
        if not any(span.contains(frame) for span in self._spans(lane)):
            return ""
        rate_hz = review.call.rate_hz
        lines = [
            f"Redacted {format_time(r.span.start, rate_hz)} to {format_time(r.span.end, rate_hz)}"
            f" by {r.rater_name}" + (f": {r.reason}" if r.reason else "")
            for r in review.redactions
            if r.span.contains(frame)
        ]
        return "\n".join(lines or ["Redacted on the call that this one was made from"])
