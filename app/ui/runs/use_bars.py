"""What a run has used of what it may: a line each, with a bar where there is a cap. Painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.runs.judge_words import Use
from app.ui.theme import Theme

LINE_PX, BAR_PX, GAP_PX = 20, 8, 8
TICK_PX = 2
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class UseBars(QWidget):
    """Name at the left, amount and what is expected at the right, the bar beneath."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.uses: Sequence[Use] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Used")
        theme.changed.connect(self._fit)

    def show_uses(self, uses: Sequence[Use]) -> None:
        """Show others."""
        if tuple(uses) != self.uses:
            self.uses = tuple(uses)
            told = (f"{u.name}: {u.amount}{u.rest}" for u in uses)
            self.setAccessibleDescription("; ".join(told))
            self._fit()
            self.update()

    def _fit(self) -> None:
        self.setFixedHeight(max(1, sum(self._height(use) for use in self.uses)))

    def _height(self, use: Use) -> int:
        line = self._theme.px(LINE_PX)
        return line if use.share is None else line + BAR_PX + GAP_PX

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lines from the top."""
        painter, top = QPainter(self), 0
        for use in self.uses:
            line = QRect(0, top, self.width(), self._theme.px(LINE_PX))
            self._line(painter, line, use)
            if use.share is not None:
                bar = QRect(0, line.bottom() + 1, self.width(), BAR_PX)
                self._bar(painter, bar, use.share, use.expected)
            top += self._height(use)

    def _line(self, painter: QPainter, area: QRect, use: Use) -> None:
        theme = self._theme
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2"))
        painter.drawText(area, _MIDDLE, use.name)
        room = area.width() - painter.fontMetrics().horizontalAdvance(use.name) - 12
        strong, plain = theme.font("small", 600), theme.font("small")
        amount_px = QFontMetrics(strong).horizontalAdvance(use.amount)
        fitting = QFontMetrics(plain).elidedText(
            use.rest, Qt.TextElideMode.ElideRight, max(0, room - amount_px)
        )
        rest_px = QFontMetrics(plain).horizontalAdvance(fitting)
        left = area.right() + 1 - rest_px - min(amount_px, room)
        painter.setFont(strong)
        painter.setPen(theme.color("t1"))
        painter.drawText(QRect(left, area.top(), amount_px + 1, area.height()), _MIDDLE, use.amount)
        painter.setFont(plain)
        painter.setPen(theme.color("t3"))
        where = QRect(left + amount_px, area.top(), rest_px + 2, area.height())
        painter.drawText(where, _MIDDLE, fitting)

    def _bar(self, painter: QPainter, area: QRect, share: float, expected: float | None) -> None:
        """How much of the cap is used, and a tick where it is expected to end."""
        theme = self._theme
        painter.fillRect(area, theme.color("bg3"))
        if theme.is_contrast:
            painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.color("t3"))
        is_full = share >= 1
        used = QRect(area.left(), area.top(), round(share * area.width()), area.height())
        painter.fillRect(used, theme.color("warn" if is_full else "accent"))
        if expected is not None:
            x = min(area.right() + 1 - TICK_PX, area.left() + round(expected * area.width()))
            painter.fillRect(QRect(x, area.top(), TICK_PX, area.height()), theme.color("t1"))
