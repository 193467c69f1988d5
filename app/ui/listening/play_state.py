"""What the sound does now: a sign in a ring, and words. A soft cue replaces them for a while."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.icons import paint_icon
from app.ui.theme import Theme

CUE_MS = 1_400
RING = 36


class PlayState(QWidget):
    """Words and sign of the play state, in the middle of its width."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon, self._words, self._cue = "headphones", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CUE_MS)
        self._timer.timeout.connect(self._end_cue)

    @property
    def words(self) -> str:
        """What is said now."""
        return self._cue or self._words

    def show_state(self, icon: str, words: str) -> None:
        """Say another state."""
        if (icon, words) != (self._icon, self._words):
            self._icon, self._words = icon, words
            self._said()

    def cue(self, words: str) -> None:
        """Say softly why a key does nothing yet."""
        self._cue = words
        self._timer.start()
        self._said()

    def end_cue(self) -> None:
        """Take the cue back."""
        self._timer.stop()
        self._end_cue()

    def _end_cue(self) -> None:
        self._cue = ""
        self._said()

    def _said(self) -> None:
        self.setAccessibleName(self.words)
        self.update()

    def sizeHint(self) -> QSize:
        """One line with its ring."""
        return QSize(320, self._theme.px(RING) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ring, sign and words."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font, ring = theme.font("title", 400), theme.px(RING)
        wide = ring + 12 + QFontMetricsF(font).horizontalAdvance(self.words)
        left = (self.width() - wide) / 2
        circle = QRectF(left + 0.5, 0.5, ring, ring)
        painter.setPen(theme.pen("line3"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        where = QRect(round(left), 0, ring + 1, ring + 1)
        paint_icon(painter, theme, self._icon, where, "t1", size=theme.px(18))
        painter.setFont(font)
        painter.setPen(theme.color("t2" if self._cue else "t1"))
        words = QRectF(left + ring + 12, 0, self.width() - left, ring + 1)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.words)
