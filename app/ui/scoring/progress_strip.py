"""How far the form is: one tick per criterion, answered ones filled, the one in focus bright."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme

GAP = 3
HEIGHT = 4


class ProgressStrip(QWidget):
    """Ticks side by side; their number is also said in words beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._done: tuple[bool, ...] = ()
        self._here = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_progress(self, done: Sequence[bool], here: int) -> None:
        """Which ticks are answered and which one is in focus."""
        self._done, self._here = tuple(done), here
        self.setAccessibleName(f"{sum(self._done)} of {len(self._done)} scored")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._done:
            return
        painter, theme = QPainter(self), self._theme
        step = min(27.0, (self.width() + GAP) / len(self._done))
        top = (self.height() - HEIGHT) // 2
        for index, done in enumerate(self._done):
            left, right = round(index * step), round((index + 1) * step) - GAP
            token = "focus" if index == self._here else "accent" if done else "line2"
            painter.fillRect(left, top, max(1, right - left), HEIGHT, theme.color(token))
