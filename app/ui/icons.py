"""Icons by name from the Phosphor font, in a token's colour. Main thread only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap

if TYPE_CHECKING:
    from app.ui.theme import Theme

_FILL = 8 / 7
"""The icon font is drawn at 7/8 of the square by default; ours fill it."""

_cache: dict[tuple[str, str], QIcon] = {}
_pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}


def icon(theme: Theme, name: str, token: str = "t2", *, filled: bool = False) -> QIcon:
    """The icon `name` (as in `books`, `phone-call`) in the colour of `token`.

    Args:
        theme: the theme in force; ask again after `Theme.changed`.
        name: Phosphor name without prefix.
        token: colour token of the text beside it.
        filled: the filled weight; for play and pause only.
    """
    full = f"ph.{name}{'-fill' if filled else ''}"
    key = (full, theme.hex(token))
    if key not in _cache:
        import qtawesome

        _cache[key] = qtawesome.icon(full, color=theme.color(token), scale_factor=_FILL)
    return _cache[key]


def pixmap(
    theme: Theme, name: str, size: int, token: str = "t2", *, filled: bool = False
) -> QPixmap:
    """The icon as a pixmap of `size` px, kept: lists paint the same few over and over."""
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    key = (f"{name}{'-fill' if filled else ''}", theme.hex(token), size, ratio)
    if key not in _pixmaps:
        _pixmaps[key] = icon(theme, name, token, filled=filled).pixmap(QSize(size, size), ratio)
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
