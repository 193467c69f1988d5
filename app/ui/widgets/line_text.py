"""One line of plain text in a painted row, elided where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from app.ui.theme import Theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def write_line(
    painter: QPainter,
    theme: Theme,
    area: QRect,
    text: str,
    font: QFont,
    token: str,
    flags: Qt.AlignmentFlag = LEFT,
) -> int:
    """Write into an area in a colour of the theme; gives the width taken, px."""
    painter.setFont(font)
    painter.setPen(theme.color(token))
    return draw_line(painter, area, text, flags)


def draw_line(painter: QPainter, area: QRect, text: str, flags: Qt.AlignmentFlag = LEFT) -> int:
    """Write with the painter's own font and pen; gives the width taken, px."""
    metrics = QFontMetrics(painter.font())
    # A text that was measured to fit may be a fraction of a pixel wider than its area.
    fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(area.width(), 0) + 1)
    painter.drawText(area, flags, fitting)
    return metrics.horizontalAdvance(fitting)
