"""The bar of settled steps: what went well, then what failed, in a trough."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from app.ui.theme import Theme

GAP_PX = 2
LEAST_PX = 4
"""Failures and first steps are seen however few they are."""


def paint_bar(
    painter: QPainter,
    theme: Theme,
    area: QRect,
    share: float,
    failed_share: float,
    token: str,
    *,
    trough: str = "bg3",
) -> None:
    """Paint a bar into `area`. `share` is of all that is settled, failures included; 0 to 1."""
    painter.fillRect(area, theme.color(trough))
    if theme.is_contrast:
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.color("line2"))
    whole = min(area.width(), round(share * area.width()))
    if share > 0:
        whole = max(whole, LEAST_PX)
    failed = 0
    if failed_share > 0:
        failed = min(whole, max(LEAST_PX, round(failed_share * area.width())))
    good = whole - failed - (GAP_PX if 0 < failed < whole else 0)
    if good > 0:
        painter.fillRect(QRect(area.left(), area.top(), good, area.height()), theme.color(token))
    if failed:
        left = area.left() + whole - failed
        painter.fillRect(QRect(left, area.top(), failed, area.height()), theme.color("danger"))
