"""Speaker squares: C hatched-blue outline, A solid orange. Known without colour by the letter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calls import Speaker
from app.ui.theme import Theme
from app.ui.tokens import Size

LETTERS: dict[Speaker, str] = {"caller": "C", "agent": "A"}


def paint_speaker(
    painter: QPainter,
    theme: Theme,
    left: float,
    top: float,
    speaker: Speaker,
    *,
    size: float = Size.SPEAKER,
) -> None:
    """Paint the square of `speaker` with its top left corner at (`left`, `top`)."""
    side = round(size * theme.scale)
    box = QRectF(round(left), round(top), side, side)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if speaker == "caller":
        painter.setPen(theme.pen("caller"))
        painter.setBrush(theme.color("callerBg"))
        box_line = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box_line, Size.RADIUS_SPEAKER, Size.RADIUS_SPEAKER)
        painter.setPen(theme.color("callerText"))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("agent"))
        painter.drawRoundedRect(box, Size.RADIUS_SPEAKER, Size.RADIUS_SPEAKER)
        painter.setPen(theme.color("agentInk"))
    painter.setFont(theme.font("lane", 700))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, LETTERS[speaker])
    painter.restore()


class SpeakerSquare(QWidget):
    """A speaker square as a widget of its own."""

    def __init__(self, theme: Theme, speaker: Speaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._speaker = theme, speaker
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(speaker.capitalize())
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """A 16 px square, scaled."""
        side = round(Size.SPEAKER * self._theme.scale)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the square."""
        paint_speaker(QPainter(self), self._theme, 0, 0, self._speaker)
