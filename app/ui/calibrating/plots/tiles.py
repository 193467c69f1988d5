"""Tiles of a table in a plot, all painted by one item: hundreds of items would stop the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.ui.theme import Theme

SIDE = 0.98
"""Of a tile, in steps from one to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A square around a point of the plot, with a few letters in its middle."""

    row: int
    column: int
    ground: QColor
    text: str = ""
    ink: QColor | None = None
    font: QFont | None = None

    @property
    def area(self) -> QRectF:
        """In the plot's coordinates."""
        return square(self.row, self.column)


def square(row: int, column: int) -> QRectF:
    """Where the tile of a row and column lies."""
    return QRectF(column - SIDE / 2, row - SIDE / 2, SIDE, SIDE)


class Tiles(QGraphicsItem):
    """`pen` frames every tile, `marks` some of them above all others."""

    def __init__(
        self, tiles: Sequence[Tile], pen: QPen, marks: Sequence[tuple[QRectF, QPen]] = ()
    ) -> None:
        super().__init__()
        self.tiles, self.marks = tuple(tiles), tuple(marks)
        self._pen = pen
        self._bounds = QRectF()
        for tile in self.tiles:
            self._bounds = self._bounds.united(tile.area)

    def boundingRect(self) -> QRectF:
        """All tiles."""
        return self._bounds

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Tiles, letters upright whichever way the plot counts, marks."""
        to_device = painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())  # and no more: a file has a window of its own
        for tile in self.tiles:
            area = to_device.mapRect(tile.area)
            painter.setPen(self._pen)
            painter.setBrush(tile.ground)
            painter.drawRect(area)
            if tile.text and tile.ink is not None and tile.font is not None:
                painter.setFont(tile.font)
                painter.setPen(tile.ink)
                middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
                painter.drawText(area, int(middle), tile.text)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, pen in self.marks:
            painter.setPen(pen)
            painter.drawRect(to_device.mapRect(place))
        painter.restore()


def legible(theme: Theme, ground: QColor) -> QColor:
    """Of the ink of texts and that of the canvas the one that stands out more on a tile."""
    return max(map(theme.color, ("t1", "canvas")), key=lambda ink: contrast(ink, ground))


def contrast(one: QColor, other: QColor) -> float:
    """Of two colours, as WCAG 2 has it: 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
