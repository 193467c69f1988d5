"""Small painted marks of a form: score boxes, confidence bars, scope tags. No widgets."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from app.domain.ratings import Answer
from app.ui.theme import Theme

SCOPE_WORDS = {
    "call": "call",
    "turn": "turn",
    "agent_turn": "agent turn",
    "caller_turn": "caller turn",
    "clip": "clip",
    "pair": "pair",
}

BOX_W, BOX_H = 24, 22
CONFIDENCE_W = 28


def score_text(answer: Answer | None) -> str:
    """What stands in the score box: the value, `n/a`, `skip`, or nothing while unset."""
    if answer is None or answer.status == "cleared":
        return ""
    if answer.status == "observed":
        return str(answer.value)
    return "n/a" if answer.status == "not_applicable" else "skip"


def paint_score_box(painter: QPainter, theme: Theme, rect: QRect, answer: Answer | None) -> None:
    """A filled box with the score, or a dashed one while unset."""
    text = score_text(answer)
    area = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not text:
        pen = QPen(theme.color("line3"), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, 3, 3)
        return
    painter.setPen(theme.pen("line3") if theme.is_contrast else Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("bg3"))
    painter.drawRoundedRect(area, 3, 3)
    number = answer is not None and answer.status == "observed"
    painter.setFont(theme.font("body", 600) if number else theme.font("label", 500))
    painter.setPen(theme.color("t1" if number else "t2"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def paint_confidence(painter: QPainter, theme: Theme, rect: QRect, level: int | None) -> None:
    """Three upright bars, as many filled as the level says; nothing where none was given."""
    if level is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    top = rect.center().y() - 5
    for step in range(3):
        bar = QRect(rect.left() + step * 10, top, 5, 10)
        if step < level:
            painter.fillRect(bar, theme.color("t2"))
        else:
            painter.setPen(theme.pen("line3"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar.adjusted(0, 0, -1, -1))


def tag_width(theme: Theme, text: str) -> int:
    """How wide a tag around `text` is, in px."""
    return QFontMetrics(theme.font("label")).horizontalAdvance(text) + 12


def paint_tag(painter: QPainter, theme: Theme, x: int, rect: QRect, text: str) -> int:
    """An outlined tag at `x`, centred in `rect`'s height; returns its right edge."""
    width, height = tag_width(theme, text), theme.px(18)
    area = QRect(x, rect.center().y() - height // 2 + 1, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen("line2"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setFont(theme.font("label"))
    painter.setPen(theme.color("t2"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    return area.right() + 1
