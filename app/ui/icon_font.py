"""The Phosphor glyphs of the qtawesome package, drawn without importing it.

The package's Python side imports all of Qt again under other names, which costs more than the
rest of the window's start; its font and its table of names are plain files.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPixmap

FONT_FILES = "phosphor-*.ttf"
TABLE_FILES = "phosphor-charmap-*.json"


@lru_cache(maxsize=1)
def _folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package qtawesome, which holds the icon font")
    return Path(spec.origin).parent / "fonts"


@lru_cache(maxsize=1)
def _family() -> str:
    """The font's family, loaded into Qt. Needs a QGuiApplication."""
    file = next(_folder().glob(FONT_FILES))
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
    return families[0]


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    file = next(_folder().glob(TABLE_FILES))
    table: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return table


def draw(name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
    """The glyph `name` (as in `books`, `play-fill`) on a transparent square.

    Args:
        name: Phosphor's name; KeyError for one that it has not.
        colour: of the strokes.
        size: of the square in device-independent pixels; the glyph fills it.
        ratio: device pixels per pixel.
    """
    glyph = chr(int(_table()[name], 16))
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    font = QFont(_family())
    font.setPixelSize(size)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QRectF(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, glyph)
    painter.end()
    return pixmap
