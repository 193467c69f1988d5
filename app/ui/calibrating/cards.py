"""The row of cards above the matrix: the figures of the cell that is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.calibrating.card_facts import Fact
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import write_line
from app.ui.widgets.tips import plain_tip

ROW_PX, GAP_PX, PAD_PX, LEAST_PAD_PX = 58, 7, 20, 9


class Card(QWidget):
    """A figure with its interval, over what it is; the tooltip says where it comes from."""

    def __init__(self, theme: Theme, fact: Fact, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self.fact, self.shows_interval = theme, fact, True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setToolTip(plain_tip(fact.tip))
        self.setAccessibleName(f"{fact.caption}: {fact.value} {fact.interval}".strip())

    def width_px(self, *, interval: bool) -> int:
        """How wide it is with and without its interval."""
        theme, fact = self._theme, self.fact
        first = QFontMetricsF(theme.font("figure")).horizontalAdvance(fact.value)
        if fact.interval and interval:
            small = QFontMetricsF(theme.font("label"))
            first += GAP_PX + small.horizontalAdvance(fact.interval)
        second = QFontMetricsF(theme.font("label")).horizontalAdvance(fact.caption)
        return round(max(first, second)) + 2

    def sizeHint(self) -> QSize:
        """As wide as its contents."""
        return QSize(self.width_px(interval=self.shows_interval), self._theme.px(ROW_PX) - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Figure and interval, caption."""
        painter, theme, fact = QPainter(self), self._theme, self.fact
        upper, lower = theme.line("figure"), theme.line("label")
        top = (self.height() - upper - lower - 2) // 2
        first = QRect(0, top, self.width() + 2, upper)
        token = "t3" if fact.is_quiet else "t1"
        wide = write_line(painter, theme, first, fact.value, theme.font("figure"), token)
        if fact.interval and self.shows_interval:
            rest = first.adjusted(wide + GAP_PX, 2, 0, 2)
            write_line(painter, theme, rest, fact.interval, theme.font("label"), "t3")
        second = QRect(0, top + upper + 2, self.width() + 2, lower)
        write_line(painter, theme, second, fact.caption, theme.font("label"), "t3")


class CardRow(QWidget):
    """Cards side by side. Where they do not fit, intervals go first, then the last cards."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.cards: list[Card] = []
        self._lines: list[int] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Figures of the selected cell")
        theme.changed.connect(self._fit)
        self._fit()

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other figures."""
        if [c.fact for c in self.cards] == list(facts):
            return
        for old in self.cards:
            old.hide()
            old.deleteLater()
        self.cards = [Card(self._theme, fact, self) for fact in facts]
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Place the cards; what there is no room for steps back."""
        self.setFixedHeight(self._theme.px(ROW_PX))
        room = self.width() - 2 * Size.INSET
        shown = intervals = len(self.cards)
        while intervals and self._needed(shown, intervals, LEAST_PAD_PX) > room:
            intervals -= 1
        while shown > 1 and self._needed(shown, intervals, LEAST_PAD_PX) > room:
            shown -= 1
        gaps = max(1, 2 * (shown - 1))
        spare = room - self._needed(shown, intervals, 0)
        pad = min(max(spare // gaps, LEAST_PAD_PX), self._theme.px(PAD_PX))
        left, self._lines = Size.INSET, []
        for at, card in enumerate(self.cards):
            card.shows_interval = at < intervals
            wide = card.width_px(interval=card.shows_interval)
            card.setGeometry(left, 0, wide, self.height() - 1)
            card.setVisible(at < shown)
            left += wide + pad
            if at + 1 < shown:
                self._lines.append(left)
            left += pad
        self.update()

    def _needed(self, shown: int, intervals: int, pad: int) -> int:
        cards = enumerate(self.cards[:shown])
        return sum(c.width_px(interval=n < intervals) for n, c in cards) + 2 * pad * (shown - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, a line between cards, a hairline below."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        inset = theme.px(12)
        for x in self._lines:
            painter.fillRect(x, inset, 1, self.height() - 2 * inset, theme.color("line1"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line1"))
