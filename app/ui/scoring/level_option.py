"""One point of a scale: the digit that is its key, and the anchor beside it, in full."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.theme import Theme

BOX_W, BOX_H = 26, 24
PAD = 8
_FLAGS = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class LevelOption(QAbstractButton):
    """A scale point, or the not-applicable line where `cap` is not a digit.

    All are drawn alike until one is chosen: no value is pre-selected and none carries a colour
    that would call it good or bad.
    """

    def __init__(
        self, theme: Theme, cap: str, anchor: str, *, dashed: bool = False, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._theme, self._cap, self._dashed = theme, cap, dashed
        self._anchor = anchor
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{cap}: {anchor}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def nextCheckState(self) -> None:
        """A click asks; only the saved answer checks."""

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        room = QRect(0, 0, max(60, width - self._text_left() - PAD), 10_000)
        metrics = QFontMetrics(self._theme.font("small"))
        text = metrics.boundingRect(room, _FLAGS, self._anchor)
        return max(self._theme.px(BOX_H), text.height()) + 12

    def sizeHint(self) -> QSize:
        return QSize(360, self.heightForWidth(360))

    def _box_w(self) -> int:
        words = QFontMetrics(self._theme.font("label")).horizontalAdvance(self._cap) + 10
        return max(self._theme.px(BOX_W), words if len(self._cap) > 1 else 0)

    def _text_left(self) -> int:
        return PAD + self._box_w() + 12

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        if chosen or self.underMouse():
            token = "accent" if chosen else "line2"
            painter.setPen(QPen(theme.color(token), 2 if chosen and theme.is_contrast else 1))
            painter.setBrush(theme.color("canvas") if chosen else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        box = QRect(PAD, 0, self._box_w(), theme.px(BOX_H))
        box.moveTop((self.height() - box.height()) // 2)
        self._paint_box(painter, box, chosen)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t1" if chosen else "t2"))
        text = QRect(self._text_left(), 0, self.width() - self._text_left() - PAD, self.height())
        painter.drawText(text, _FLAGS, self._anchor)

    def _paint_box(self, painter: QPainter, box: QRect, chosen: bool) -> None:
        theme = self._theme
        style = Qt.PenStyle.DashLine if self._dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(theme.color("accent" if chosen else "line3"), 1, style))
        painter.setBrush(theme.color("accent") if chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(theme.font("label" if len(self._cap) > 1 else "body", 600))
        ink = "accentInk" if chosen else "t3" if self._dashed else "t1"
        painter.setPen(theme.color(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._cap)
