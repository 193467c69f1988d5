"""Steps a minute over the life of a run: one bar a bin, the newest in the accent while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.library.words import thousands
from app.ui.runs import words
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.services.evaluating.pace import Pace

PLOT_PX, FOOT_GAP_PX = 44, 4
BAR_GAP_PX = 1
MOST_BAR_PX = 12
SECONDS_S = 300
"""Below this, seconds tell the start from the end."""


class PaceChart(QWidget):
    """Bars over a line, the time of the first at the left, the end at the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pace: Pace | None = None
        self._runs = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Steps per minute")
        self._rescale()
        theme.changed.connect(self._rescale)

    def _rescale(self) -> None:
        self.setFixedHeight(PLOT_PX + 1 + FOOT_GAP_PX + self._theme.line("label"))

    def show_pace(self, pace: Pace | None, *, runs: bool) -> None:
        """Show other bars; `runs` is whether the last one still grows."""
        self._pace, self._runs = pace, runs
        told = f"{pace_words(pace)} steps per minute" if pace is not None else "nothing yet"
        self.setAccessibleDescription(told)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(300, self.height())

    def _bar(self, at: int, bars: int) -> QRect:
        """The column of a bin, full height; bars never grow wider than 12 px."""
        width = min(self.width(), bars * (MOST_BAR_PX + BAR_GAP_PX))
        left, right = at * width // bars, (at + 1) * width // bars
        return QRect(left, 0, max(1, right - left - BAR_GAP_PX), PLOT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars, line and times."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(QRect(0, PLOT_PX, self.width(), 1), theme.color("line2"))
        pace = self._pace
        if pace is None:
            return
        most = max(1, *pace.counts)
        for at, count in enumerate(pace.counts):
            box = self._bar(at, len(pace.counts))
            high = max(1, round(count / most * (PLOT_PX - 2))) if count else 0
            newest = self._runs and at == len(pace.counts) - 1
            token = "accent" if newest else "latOk"
            painter.fillRect(
                QRect(box.left(), PLOT_PX - high, box.width(), high), theme.color(token)
            )
        self._paint_foot(painter, pace)

    def _paint_foot(self, painter: QPainter, pace: Pace) -> None:
        theme = self._theme
        font = theme.font("label")
        painter.setFont(font)
        painter.setPen(theme.color("t3"))
        top = PLOT_PX + 1 + FOOT_GAP_PX
        area = QRect(0, top, self.width(), theme.line("label"))
        form = "%H:%M:%S" if len(pace.counts) * pace.bin_s < SECONDS_S else "%H:%M"
        start = words.local(pace.began).strftime(form)
        end = "now" if self._runs else words.local(pace.ended).strftime(form)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft, start)
        last = self._bar(len(pace.counts) - 1, len(pace.counts)).right() + 1
        room = QFontMetrics(font).horizontalAdvance(f"{start}   {end}")
        area.setWidth(max(last, room))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight, end)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The count of the bin under the pointer."""
        pace = self._pace
        if pace is None:
            return
        x = round(event.position().x())
        bars = len(pace.counts)
        at = next((n for n in range(bars) if self._bar(n, bars).right() >= x), None)
        if at is None:
            QToolTip.hideText()
            return
        count = pace.counts[at]
        told = f"{thousands(count)} step{'' if count == 1 else 's'} in {_span(pace.bin_s)}"
        QToolTip.showText(event.globalPosition().toPoint(), told, self)


def pace_words(pace: Pace) -> str:
    """Steps a minute: whole from ten on, else to a tenth."""
    rate = pace.per_minute
    return thousands(round(rate)) if rate >= 10 or rate == int(rate) else f"{rate:.1f}"


def _span(seconds: float) -> str:
    return words.duration_words(seconds)
