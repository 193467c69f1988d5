"""What the signs of the matrix mean, in one row below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.eval.calibration.evidence import State
from app.ui.calibrating import words
from app.ui.calibrating.ladder_icon import icon_width, paint_ladder
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import write_line
from app.ui.widgets.tips import plain_tip

ROW_PX, GAP_PX = 32, 18
STATES: tuple[State, ...] = (0, 1, 2, 3, 4, 5)
CEILING = "human ceiling"
TIP = (
    "Each cell: the verdict, then the judge's agreement with people on a line from 0 to 1 with its "
    "95 % interval. The upright tick is what people reach among themselves. An arrow at the left "
    "says that the interval goes below 0."
)


class Legend(QWidget):
    """Six icons with their words, short where room is, and the tick of the ceiling."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(plain_tip(TIP))
        self.setAccessibleName("Legend: " + ", ".join(words.STATES_AT_LENGTH.values()))
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(300, self._theme.px(ROW_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """All signs."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        font = theme.font("label")
        metrics = QFontMetrics(font)
        tick = metrics.horizontalAdvance(CEILING) + theme.px(14)
        at_length = list(words.STATES_AT_LENGTH.values())
        icon = icon_width(theme) + theme.px(6)
        needed = sum(metrics.horizontalAdvance(w) + icon + theme.px(GAP_PX) for w in at_length)
        room = self.width() - 2 * Size.INSET - tick
        names = words.STATES_AT_LENGTH if needed <= room else words.STATES
        left, middle = Size.INSET, self.height() // 2
        gap = theme.px(GAP_PX if names is words.STATES_AT_LENGTH else 10)
        for state in STATES:
            wide = metrics.horizontalAdvance(names[state])
            if left + icon + wide > self.width() - Size.INSET - tick:
                break
            paint_ladder(painter, theme, left, middle + theme.px(5), state)
            area = QRect(left + icon, 0, wide + 2, self.height())
            write_line(painter, theme, area, names[state], font, "t2")
            left += icon + wide + gap
        self._tick(painter, tick, middle)

    def _tick(self, painter: QPainter, wide: int, middle: int) -> None:
        theme = self._theme
        left = self.width() - Size.INSET - wide
        x, half = left + 4.5, theme.px(6)
        painter.setPen(QPen(theme.color("accent"), 1.6))
        painter.drawLine(QPointF(x, middle - half), QPointF(x, middle + half))
        painter.drawLine(QPointF(x - 3.5, middle - half), QPointF(x + 3.5, middle - half))
        area = QRect(left + theme.px(14), 0, wide, self.height())
        write_line(painter, theme, area, CEILING, theme.font("label"), "t2")
