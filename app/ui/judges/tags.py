"""Outlined tags in a row: what kind of thing this is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.scoring.marks import paint_tag, tag_width
from app.ui.theme import Theme

GAP_PX = 6


class Tags(QWidget):
    """Words in outlines, side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_words(self, words: Sequence[str]) -> None:
        """Show other tags."""
        self._words = tuple(words)
        self.setAccessibleName(", ".join(self._words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the tags."""
        wide = sum(tag_width(self._theme, word) + GAP_PX for word in self._words)
        return QSize(max(0, wide - GAP_PX) + 1, self._theme.px(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint them."""
        painter, x = QPainter(self), 0
        for word in self._words:
            x = paint_tag(painter, self._theme, x, self.rect(), word) + GAP_PX
