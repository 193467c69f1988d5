"""A level as a lying bar with the peak as a line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.live.lanes_view import share
from app.ui.theme import Theme

GOOD_DBFS = (-40.0, -9.0)
CLIPS_DBFS = -0.5


class LevelBar(QWidget):
    """−60 dBFS to full scale; where speech should lie is marked below it."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rms = self._peak = -120.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """14 px high."""
        return QSize(160, 14)

    def show_level(self, rms_dbfs: float, peak_dbfs: float) -> None:
        """Show a level in dBFS."""
        if (rms_dbfs, peak_dbfs) != (self._rms, self._peak):
            self._rms, self._peak = rms_dbfs, peak_dbfs
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, level, peak, and the good range."""
        painter, theme = QPainter(self), self._theme
        width = float(self.width())
        painter.fillRect(QRectF(0, 0, width, 8), theme.color("bg3"))
        clips = self._peak >= CLIPS_DBFS
        token = "danger" if clips else "caller"
        painter.fillRect(QRectF(0, 0, share(self._rms) * width, 8), theme.color(token))
        if share(self._peak) > 0:
            x = min(width - 2, share(self._peak) * width)
            painter.fillRect(QRectF(x, 0, 2, 8), theme.color("danger" if clips else "t1"))
        left, right = (share(db) * width for db in GOOD_DBFS)
        painter.fillRect(QRectF(left, 11, right - left, 2), theme.color("success"))
