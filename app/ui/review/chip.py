"""A small outlined word: a length, a severity, a tag, a badge."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Size

PAD_PX, HEIGHT_PX, ICON_PX = 6, 18, 12


def chip_width(theme: Theme, text: str, *, icon: bool = False) -> int:
    """Width of a chip with `text`."""
    more = theme.px(ICON_PX) + 5 if icon else 0
    return QFontMetrics(theme.font("label")).horizontalAdvance(text) + 2 * PAD_PX + more


def paint_chip(
    painter: QPainter,
    theme: Theme,
    left: int,
    top: int,
    text: str,
    *,
    ink: str = "t2",
    line: str = "line2",
    icon: str = "",
) -> int:
    """Paint a chip; gives its width."""
    width, height = chip_width(theme, text, icon=bool(icon)), theme.px(HEIGHT_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen(line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    box = QRectF(left + 0.5, top + 0.5, width - 1, height - 1)
    painter.drawRoundedRect(box, Size.RADIUS_CAP, Size.RADIUS_CAP)
    painter.setFont(theme.font("label"))
    painter.setPen(theme.color(ink))
    if icon:
        side = theme.px(ICON_PX)
        area = QRectF(left + PAD_PX, top, side, height).toRect()
        paint_icon(painter, theme, icon, area, ink, size=side)
        box.adjust(side + 5, 0, 0, 0)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return width


class Chip(QWidget):
    """A chip as a widget; hidden without text."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        ink: str = "t2",
        line: str = "line2",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self.text, self._ink, self._line, self._icon = theme, "", ink, line, icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Say something else; nothing hides it."""
        self.text = text
        self.setAccessibleName(text)
        if not text:
            self.hide()
        elif self.parentWidget() is not None:
            self.show()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = chip_width(self._theme, self.text, icon=bool(self._icon))
        return QSize(width, self._theme.px(HEIGHT_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_chip(
            QPainter(self), self._theme, 0, 0, self.text,
            ink=self._ink, line=self._line, icon=self._icon,
        )  # fmt: skip
