"""Key caps: 17 px high, a 1 px line, 11 px text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size

_PAD = 5.0


def cap_width(theme: Theme, text: str) -> float:
    """Width in px of a cap with `text`; 0 without text."""
    if not text:
        return 0.0
    metrics = QFontMetricsF(theme.font("label"))
    return max(float(cap_height(theme)), round(metrics.horizontalAdvance(text)) + 2 * _PAD)


def cap_height(theme: Theme) -> int:
    """Height in px."""
    return theme.px(Size.KEYCAP)


def paint_cap(
    painter: QPainter,
    theme: Theme,
    left: float,
    middle: float,
    text: str,
    *,
    ink: str = "t2",
    line: str = "line2",
) -> float:
    """Paint a cap from `left`, centred on y `middle`; returns its width (0 without text)."""
    if not text:
        return 0.0
    width, height = cap_width(theme, text), cap_height(theme)
    box = QRectF(round(left) + 0.5, round(middle - height / 2) + 0.5, width - 1, height - 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen(line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, Size.RADIUS_CAP, Size.RADIUS_CAP)
    painter.setPen(theme.color(ink))
    painter.setFont(theme.font("label"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return width


class KeyCap(QWidget):
    """One key cap on its own; hides itself where there is no text."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._text = theme, text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if not text:  # setVisible(True) without a parent would open a window
            self.hide()
        theme.changed.connect(self.updateGeometry)

    def set_text(self, text: str) -> None:
        """Show another key."""
        if text != self._text:
            self._text = text
            self.setVisible(bool(text))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as its text."""
        return QSize(round(cap_width(self._theme, self._text)), cap_height(self._theme))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cap."""
        painter = QPainter(self)
        middle = QPointF(self.rect().center()).y() + 0.5
        paint_cap(painter, self._theme, 0, middle, self._text)
