"""The ladder of verdicts as an icon: five rising bars, filled as far as the judge has come."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.eval.calibration.evidence import State
from app.ui.theme import Theme

BARS = 5
BAR_PX, GAP_PX, LEAST_PX, STEP_PX = 5, 1, 3, 2
_TOO_LITTLE, _DO_NOT_USE, _ASSIST = 0, 1, 2


def icon_width(theme: Theme) -> int:
    """Px."""
    return BARS * theme.px(BAR_PX) + (BARS - 1) * theme.px(GAP_PX)


def icon_height(theme: Theme) -> int:
    """Px."""
    return theme.px(LEAST_PX + (BARS - 1) * STEP_PX)


def paint_ladder(painter: QPainter, theme: Theme, left: float, base: float, state: State) -> None:
    """Paint the icon of a state with its bars on y `base`.

    Outlines where there is not enough data; two bars and a cross where it must not be used; from
    "assist" (two bars) to "alone" (five) filled so far, in the accent once a figure may be
    reported.
    """
    wide, gap = theme.px(BAR_PX), theme.px(GAP_PX)
    painter.save()
    for at in range(BARS):
        high = theme.px(LEAST_PX + at * STEP_PX)
        box = QRectF(round(left) + at * (wide + gap), round(base) - high, wide, high)
        if state == _TOO_LITTLE:
            painter.setPen(theme.pen("line3"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            continue
        painter.fillRect(box, theme.color(_token(theme, state, at)))
    if state == _DO_NOT_USE:
        _cross(painter, theme, left + 3 * wide + 2 * gap, base - icon_height(theme) * 0.62)
    painter.restore()


def _token(theme: Theme, state: State, at: int) -> str:
    if state == _DO_NOT_USE or at >= state:
        return "grid" if theme.is_contrast else "line2"
    return "t2" if state == _ASSIST else "accent"


def _cross(painter: QPainter, theme: Theme, x: float, y: float) -> None:
    half = theme.px(3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen("danger", 2))
    for way in (1, -1):
        painter.drawLine(QPointF(x - half, y - way * half), QPointF(x + half, y + way * half))
