"""Where a response's time went: a stacked bar, and a row for each stage."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.latency import Band
from app.domain.stages import StageShare, largest
from app.ui.theme import Theme
from app.ui.timeline.marks import number
from app.ui.widgets.line_text import LEFT, RIGHT

BAR_PX, GAP_PX, ROW_PX, KEY_PX, NAME_X = 18, 8, 20, 8, 18
NUMBER_RIGHT, SHARE_RIGHT = 0.59, 0.78
"""Right edges of the columns as parts of the width; the medians end at the right edge."""
GREYS = ("latOk", "line3")
LARGEST_TOKEN: dict[Band, str] = {"ok": "t2", "slow": "latSlow", "late": "latLate"}


class StageChart(QWidget):
    """Hidden where nothing was reported. The largest stage has the colour of the latency's band."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shares: tuple[StageShare, ...] = ()
        self._band: Band = "ok"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stages of the response")
        theme.changed.connect(self.updateGeometry)
        self.hide()

    @property
    def shares(self) -> tuple[StageShare, ...]:
        """What is shown."""
        return self._shares

    def show_stages(self, shares: Sequence[StageShare], band: Band | None) -> None:
        """Show the stages of a response whose latency is in `band`."""
        self._shares, self._band = tuple(shares), band or "ok"
        self.setAccessibleDescription(
            ", ".join(f"{s.words} {number(s.ms)} ms, {100 * s.share:.0f} %" for s in shares)
        )
        self.setVisible(bool(shares))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = self._theme
        rows = len(self._shares) * theme.px(ROW_PX)
        return QSize(280, theme.px(BAR_PX) + GAP_PX + rows)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def _token(self, n: int) -> str:
        if n == largest(self._shares):
            return LARGEST_TOKEN[self._band]
        grey = GREYS[n % len(GREYS)]
        if self._theme.color(grey) == self._theme.color(LARGEST_TOKEN[self._band]):
            return GREYS[0]  # high contrast: one grey, so that the largest still stands out
        return grey

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._shares:
            return
        painter = QPainter(self)
        self._paint_bar(painter)
        height = self._theme.px(ROW_PX)
        top = self._theme.px(BAR_PX) + GAP_PX
        for n, share in enumerate(self._shares):
            self._paint_row(painter, QRect(0, top + n * height, self.width(), height), n, share)

    def _paint_bar(self, painter: QPainter) -> None:
        edges = [0.0]
        for share in self._shares:
            edges.append(edges[-1] + share.share)
        for n, (left, right) in enumerate(pairwise(round(e * self.width()) for e in edges)):
            wide = right - left - (1 if n < len(self._shares) - 1 else 0)
            if wide > 0:
                ink = self._theme.color(self._token(n))
                painter.fillRect(left, 0, wide, self._theme.px(BAR_PX), ink)

    def _paint_row(self, painter: QPainter, row: QRect, n: int, share: StageShare) -> None:
        theme, width = self._theme, self.width()
        first = n == largest(self._shares)
        side = theme.px(KEY_PX)
        key_top = row.top() + (row.height() - side) // 2
        painter.fillRect(0, key_top, side, side, theme.color(self._token(n)))
        value_right, share_right = round(NUMBER_RIGHT * width), round(SHARE_RIGHT * width)
        value, part = number(share.ms), f"{100 * share.share:.0f} %"
        median = f"median {number(share.median_ms)}"
        left = value_right - self._write(painter, row, 0, value_right, value, "t1", 600)
        self._write(painter, row, value_right, share_right, part, "t3")
        if self._wide(median, None) + 8 <= width - share_right:
            self._write(painter, row, share_right, width, median, "t3")
        painter.setFont(theme.font("small", 600 if first else None))
        painter.setPen(theme.color("t1" if first else "t2"))
        box = QRect(theme.px(NAME_X), row.top(), max(0, left - theme.px(NAME_X) - 6), row.height())
        name = painter.fontMetrics().elidedText(
            share.words, Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, LEFT, name)

    def _wide(self, words: str, weight: int | None) -> int:
        return QFontMetrics(self._theme.font("small", weight)).horizontalAdvance(words)

    def _write(
        self,
        painter: QPainter,
        row: QRect,
        left: int,
        right: int,
        words: str,
        token: str,
        weight: int | None = None,
    ) -> int:
        """Write up to the right edge; gives the width taken."""
        painter.setFont(self._theme.font("small", weight))
        painter.setPen(self._theme.color(token))
        painter.drawText(QRect(left, row.top(), right - left, row.height()), RIGHT, words)
        return self._wide(words, weight)
