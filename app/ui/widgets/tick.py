"""Tick boxes: a 14 px square with a 1 px line, filled with the accent when on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size

_SIDE = 14
_GAP = 8


def paint_tick(
    painter: QPainter,
    theme: Theme,
    left: float,
    middle: float,
    is_on: bool,
    *,
    enabled: bool = True,
) -> float:
    """Paint a box from `left`, centred on y `middle`; returns its side in px."""
    side = theme.px(_SIDE)
    box = QRectF(round(left), round(middle - side / 2), side, side)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if is_on and enabled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(box, 3, 3)
    else:
        painter.setPen(theme.pen("line3" if enabled else "line2"))
        painter.setBrush(theme.color("canvas"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if is_on:
        ink = theme.color("accentInk") if enabled else theme.disabled()
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(ink, 1.6 * theme.scale, Qt.PenStyle.SolidLine, cap, join))
        points = ((0.24, 0.52), (0.43, 0.70), (0.77, 0.31))
        painter.drawPolyline(
            QPolygonF([QPointF(box.left() + x * side, box.top() + y * side) for x, y in points])
        )
    painter.restore()
    return side


class TickBox(QAbstractButton):
    """A tick box with a word."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Box, gap and word."""
        width = QFontMetricsF(self._theme.font("body")).horizontalAdvance(self.text())
        return QSize(
            round(self._theme.px(_SIDE) + _GAP + width) + 2, self._theme.px(Size.ROW_FACET)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box and word."""
        painter, theme = QPainter(self), self._theme
        middle = self.height() / 2
        side = paint_tick(painter, theme, 0, middle, self.isChecked(), enabled=self.isEnabled())
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("t1") if self.isEnabled() else theme.disabled())
        area = QRectF(side + _GAP, 0, self.width() - side - _GAP, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
