"""Two pixels below the head that fill while something is computed; nothing moves for it."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme

HEIGHT_PX = 2


class ProgressLine(QWidget):
    """Empty while nothing is done; of unknown length it is full."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._share = theme, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Progress")
        theme.changed.connect(self.update)

    def show_share(self, done: int, total: int) -> None:
        """`done` of `total`; a total of 0 is not known."""
        self._share = done / total if total else 1.0
        self.update()

    def rest(self) -> None:
        """Nothing is being done."""
        self._share = 0.0
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill so far."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg1"))
        wide = round(self.width() * self._share)
        painter.fillRect(0, 0, wide, self.height(), self._theme.color("accent"))
