"""Response latency over the call: one bar per response, where it lies in time."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.clock import format_time
from app.domain.latency import Thresholds
from app.domain.turns import Turn
from app.ui.theme import Theme
from app.ui.timeline.marks import Marks, Response, number
from app.ui.timeline.response_lane import BAR_TOKEN

HEIGHT_PX, FOOT_PX, HEAD_PX, AXIS_PX = 56, 2, 8, 44
BAR_PX = 2


class LatencyChart(QWidget):
    """Bars by band; a triangle over the selected turn; a click chooses a turn."""

    turn_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._responses: Marks[Response] = Marks((), lambda r: r.span)
        self._frame_count, self._rate_hz = 1, 8000
        self._thresholds = Thresholds()
        self._turn: Turn | None = None
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Response latency over the call")
        theme.changed.connect(self.update)

    def show_call(
        self, responses: Marks[Response], frame_count: int, rate_hz: int, thresholds: Thresholds
    ) -> None:
        """Take a call's responses."""
        self._responses, self._frame_count, self._rate_hz = responses, max(1, frame_count), rate_hz
        self._thresholds = thresholds
        late = sum(thresholds.band(r.ms) == "late" for r in responses.items)
        self.setAccessibleDescription(f"{len(responses)} responses, {late} late")
        self.update()

    def show_turn(self, turn: Turn | None) -> None:
        """Mark the selected turn."""
        self._turn = turn
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT_PX)

    # geometry --------------------------------------------------------------------------------

    @property
    def _plot(self) -> QRect:
        return QRect(0, HEAD_PX, self.width() - AXIS_PX, self.height() - HEAD_PX - FOOT_PX)

    @property
    def _top_ms(self) -> float:
        slowest = max((r.ms for r in self._responses.items), default=0.0)
        return max(1.25 * self._thresholds.late_ms, min(slowest, 2.0 * self._thresholds.late_ms))

    def x_of(self, response: Response) -> int:
        """The column of a response's turn."""
        plot = self._plot
        return (
            plot.left() + response.turn.span.start * max(1, plot.width() - 2) // self._frame_count
        )

    def _y_of(self, ms: float) -> int:
        plot = self._plot
        share = min(max(ms, 0.0) / self._top_ms, 1.0)
        return plot.bottom() + 1 - round(share * plot.height())

    # painting --------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme, plot = QPainter(self), self._theme, self._plot
        painter.setFont(theme.font("label"))
        for ms in (self._thresholds.slow_ms, self._thresholds.late_ms):
            y = self._y_of(ms)
            painter.setPen(theme.pen("line2", 1, Qt.PenStyle.DotLine))
            painter.drawLine(plot.left(), y, plot.right(), y)
            painter.setPen(theme.color("t3"))
            box = QRect(plot.right() + 4, y - 8, AXIS_PX - 4, 16)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, align, number(ms))
        painter.fillRect(plot.left(), plot.bottom() + 1, plot.width(), 1, theme.color("line2"))
        for response in self._responses.items:
            self._paint_bar(painter, response)

    def _paint_bar(self, painter: QPainter, response: Response) -> None:
        theme, plot = self._theme, self._plot
        chosen = self._turn is not None and response.turn.id == self._turn.id
        x, y = self.x_of(response), self._y_of(response.ms)
        width = BAR_PX + 2 if chosen else BAR_PX
        if response.ms <= 0:  # nobody waited: a stub below the line's level
            y = plot.bottom()
        token = BAR_TOKEN[self._thresholds.band(response.ms)]
        left = x - (width - BAR_PX) // 2
        painter.fillRect(left, y, width, plot.bottom() + 1 - y, theme.color(token))
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("t1"))
            top = max(0, y - 7)
            middle = x + 1
            points = [QPoint(middle - 4, top), QPoint(middle + 4, top), QPoint(middle, top + 5)]
            painter.drawPolygon(QPolygon(points))

    # mouse -----------------------------------------------------------------------------------

    def _near(self, x: int) -> Response | None:
        nearest = min(self._responses.items, key=lambda r: abs(self.x_of(r) - x), default=None)
        return nearest if nearest is not None and abs(self.x_of(nearest) - x) <= 6 else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        response = self._near(round(event.position().x()))
        if response is not None:
            self.turn_chosen.emit(response.turn)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        response = self._near(round(event.position().x()))
        if response is None:
            QToolTip.hideText()
            return
        at = format_time(response.turn.span.start, self._rate_hz, millis=False)
        words = f"Turn {response.turn.index}, {at}: {number(response.ms)} ms"
        QToolTip.showText(event.globalPosition().toPoint(), words, self)
