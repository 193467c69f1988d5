"""What is busy: runs in the lane, and of each run that is worked on here, its workers. Painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size

HEIGHT_PX = 44
CELL_W, CELL_H, CELL_GAP = 9, 13, 2
MOST_CELLS = 16
GAP_PX, BETWEEN_PX = 10, 20


@dataclass(frozen=True, slots=True)
class LaneState:
    """One item: its name, how much of it is in use, how much there is; a size of 0 is unknown."""

    name: str
    used: int
    size: int

    @property
    def count(self) -> str:
        """`1 of 2`."""
        return f"{self.used} of {self.size}" if self.size else f"{self.used}"

    @property
    def words(self) -> str:
        """`Runs: 1 of 2`."""
        return f"{self.name}: {self.count}"


class LaneStrip(QWidget):
    """44 px: names, a cell for each place, how many of how many."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lanes: Sequence[LaneState] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What is busy")
        self._rescale()
        theme.changed.connect(self._rescale)

    def _rescale(self) -> None:
        self.setFixedHeight(self._theme.px(HEIGHT_PX))
        self.update()

    def show_lanes(self, lanes: Sequence[LaneState]) -> None:
        """Show other items."""
        if tuple(lanes) != tuple(self.lanes):
            self.lanes = tuple(lanes)
            self.setAccessibleDescription(", ".join(lane.words for lane in lanes))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits, divided by hairlines; rule below."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.color("line1"))
        x = float(Size.INSET)
        for at, lane in enumerate(self.lanes):
            if x + self._width(lane) > self.width() - Size.INSET:
                return
            if at:
                line = QRect(round(x), theme.px(12), 1, self.height() - 2 * theme.px(12))
                painter.fillRect(line, theme.color("line2"))
                x += BETWEEN_PX
            x += self._paint(painter, x, lane) + BETWEEN_PX

    def _width(self, lane: LaneState) -> float:
        names = QFontMetricsF(self._theme.font("small", 500)).horizontalAdvance(lane.name)
        count = QFontMetricsF(self._theme.font("small")).horizontalAdvance(lane.count)
        return (
            names
            + count
            + 2 * GAP_PX
            + min(lane.size, MOST_CELLS) * (self._theme.px(CELL_W) + CELL_GAP)
        )

    def _paint(self, painter: QPainter, left: float, lane: LaneState) -> float:
        theme = self._theme
        x = left + self._write(painter, left, lane.name, "t1", 500) + GAP_PX
        cells = min(lane.size, MOST_CELLS)
        used = lane.used if lane.size <= MOST_CELLS else round(lane.used * cells / lane.size)
        wide, high = theme.px(CELL_W), theme.px(CELL_H)
        top = (self.height() - 1 - high) / 2
        for at in range(cells):
            box = QRectF(round(x), round(top), wide, high)
            painter.fillRect(box, theme.color("accent" if at < used else "bg3"))
            if theme.is_contrast and at >= used:
                painter.setPen(theme.pen("line2"))
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            x += wide + CELL_GAP
        x += GAP_PX - CELL_GAP if cells else 0
        return x + self._write(painter, x, lane.count, "t2", 400) - left

    def _write(self, painter: QPainter, left: float, text: str, token: str, weight: int) -> float:
        font = self._theme.font("small", weight)
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        width = QFontMetricsF(font).horizontalAdvance(text)
        area = QRectF(left, 0, width + 2, self.height() - 1)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
        return width
