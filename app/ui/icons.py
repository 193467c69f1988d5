"""Icons by name from the Phosphor font, in a token's colour. Main thread only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap

from app.ui.icon_font import draw

if TYPE_CHECKING:
    from app.ui.theme import Theme

_pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}


def pixmap(
    theme: Theme, name: str, size: int, token: str = "t2", *, filled: bool = False
) -> QPixmap:
    """The icon `name` (as in `books`, `phone-call`) as a pixmap of `size` px in a token's colour.

    Kept: lists paint the same few over and over. Ask again after `Theme.changed`.

    Args:
        theme: the theme in force.
        name: Phosphor name without prefix.
        size: of the square, in pixels.
        token: colour token of the text beside it.
        filled: the filled weight; for play and pause only.
    """
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    full = f"{name}-fill" if filled else name
    key = (full, theme.hex(token), size, ratio)
    if key not in _pixmaps:
        _pixmaps[key] = draw(full, theme.color(token), size, ratio)
    return _pixmaps[key]


def paint_icon(
    painter: QPainter,
    theme: Theme,
    name: str,
    rect: QRect,
    token: str = "t2",
    *,
    size: int = 14,
    filled: bool = False,
) -> None:
    """Paint the icon, `size` px square, in the middle of `rect`."""
    top_left = QPoint(
        rect.left() + (rect.width() - size) // 2, rect.top() + (rect.height() - size) // 2
    )
    painter.drawPixmap(top_left, pixmap(theme, name, size, token, filled=filled))
