"""Text over at most two lines, the second one elided; never read as markup."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption


def two_lines(
    painter: QPainter,
    area: QRect,
    text: str,
    font: QFont,
    colour: QColor,
    line_px: int,
    *,
    centred: bool = False,
) -> None:
    """Paint in the middle of the height; breaks between words, or anywhere in a long one."""
    if not text or area.width() < line_px:
        return
    lines = broken(text, font, area.width())
    painter.setFont(font)
    painter.setPen(colour)
    top = area.top() + (area.height() - line_px * len(lines)) // 2
    side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
    for at, line in enumerate(lines):
        box = QRect(area.left(), top + at * line_px, area.width(), line_px)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, line)


def broken(text: str, font: QFont, width: int) -> list[str]:
    """One or two lines that fit."""
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    line.setPosition(QPointF(0, 0))
    layout.endLayout()
    cut = line.textLength()
    encoded = text.encode("utf-16-le", "surrogatepass")
    head = encoded[: 2 * cut].decode("utf-16-le", "surrogatepass")
    rest = text[len(head) :].strip()
    return [head.rstrip(), metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]
