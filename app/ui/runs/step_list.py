"""The evaluators of a run, one a line: state, title, bar, count, seconds each. Painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.icons import paint_icon
from app.ui.runs.bars import paint_bar
from app.ui.runs.step_rows import Folded, StepRow, fold
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import LEFT, RIGHT, write_line
from app.ui.widgets.tips import plain_tip

ROW_PX, BAR_PX = 30, 4
MOST_BAR_PX, LEAST_BAR_PX = 96, 44
"""Titles come first: bars take what they leave."""
NARROW_PX = 330
"""Below this width, a bar that would cut titles is left out: its count says the same."""
NOTE_SAMPLE = "100 ms each"
"""The column of notes is at least as wide: it does not jump when the first one comes."""
GAP_PX = 10


class StepList(QWidget):
    """30 px a line. What is being worked on stands in bold. The line at the end unfolds it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Sequence[StepRow] = ()
        self._is_open = False
        self._shown = Folded((), "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setProperty("ring", "inside")
        self.setAccessibleName("Steps")
        theme.changed.connect(self._fit)

    @property
    def rows(self) -> Sequence[StepRow]:
        """The lines that are shown."""
        return self._shown.rows

    @property
    def rest(self) -> str:
        """What the last line says of those that are not shown; empty where all are."""
        return self._shown.rest

    def show_rows(self, rows: Sequence[StepRow]) -> None:
        """Show other lines."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._refold()

    def fold(self) -> None:
        """Show the first lines only."""
        self._is_open = False
        self._refold()

    def toggle(self) -> None:
        """Show all lines, or the first ones again."""
        self._is_open = not self._is_open
        self._refold()

    def _refold(self) -> None:
        before, folded = len(self.rows), fold(self._rows)
        can_fold = bool(folded.rest)
        self._shown = Folded(tuple(self._rows), "Fewer") if self._is_open and can_fold else folded
        told = (f"{r.title}: {r.count} {r.note}".strip() for r in self.rows)
        self.setAccessibleDescription("; ".join([*told, self.rest]).rstrip("; "))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if can_fold else Qt.FocusPolicy.NoFocus)
        if before != len(self.rows) or self.height() != self.sizeHint().height():
            self._fit()
        self.update()

    def _fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """All lines that are shown."""
        return QSize(300, self._theme.px(ROW_PX) * (len(self.rows) + bool(self.rest)))

    def _line_at(self, y: int) -> int:
        return y // max(1, self._theme.px(ROW_PX))

    def event(self, event: QEvent) -> bool:
        """Tooltips tell all counts of a line."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self._line_at(event.pos().y())
            told = self.rows[at].tip if 0 <= at < len(self.rows) else ""
            QToolTip.showText(event.globalPos(), plain_tip(told), self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the last line unfolds the list."""
        if self.rest and self._line_at(round(event.position().y())) == len(self.rows):
            self.toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter unfold the list."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)

    # painting -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in view."""
        painter, high = QPainter(self), self._theme.px(ROW_PX)
        widths = self._widths()
        first = max(0, self._line_at(event.rect().top()))
        last = min(len(self.rows) - 1, self._line_at(event.rect().bottom()))
        for at in range(first, last + 1):
            area = QRect(Size.INSET, at * high, self.width() - 2 * Size.INSET, high)
            self._paint(painter, area, self.rows[at], widths)
        if self.rest:
            self._paint_rest(painter, len(self.rows) * high, high)

    def _widths(self) -> tuple[int, int, int]:
        """Of the columns of titles, counts and notes: as wide as the widest."""
        bold = QFontMetrics(self._theme.font("body", 600))
        small = QFontMetrics(self._theme.font("small"))
        label = QFontMetrics(self._theme.font("label"))
        counts = (small.horizontalAdvance(row.count) for row in self.rows)
        notes = (label.horizontalAdvance(row.note) for row in self.rows)
        least = label.horizontalAdvance(NOTE_SAMPLE)
        titles = max((bold.horizontalAdvance(row.title) for row in self.rows), default=0)
        return titles, max(counts, default=0) + 2, max(least, *notes, 0) + 2

    def _paint(
        self, painter: QPainter, area: QRect, row: StepRow, widths: tuple[int, int, int]
    ) -> None:
        theme, (titles_px, counts_px, notes_px) = self._theme, widths
        icon = theme.px(14)
        where = QRect(area.left(), area.top(), icon, area.height())
        paint_icon(painter, theme, row.icon, where, row.icon_token, size=icon)
        note = area.adjusted(area.width() - notes_px, 0, 0, 0)
        count = QRect(note.left() - GAP_PX - counts_px, area.top(), counts_px, area.height())
        room = count.left() - area.left() - icon - 3 * GAP_PX - titles_px
        bar_px = max(LEAST_BAR_PX, min(MOST_BAR_PX, room))
        if room < LEAST_BAR_PX and area.width() < theme.px(NARROW_PX):
            bar_px = -GAP_PX
        middle = area.top() + (area.height() - BAR_PX) // 2
        bar = QRect(count.left() - GAP_PX - bar_px, middle, bar_px, BAR_PX)
        token = "accent" if row.icon == "play-circle" else "line3"
        if bar_px > 0:
            paint_bar(painter, theme, bar, row.share, row.failed_share, token)
        title = area.adjusted(icon + GAP_PX, 0, 0, 0)
        title.setRight(bar.left() - GAP_PX - 1)
        font = theme.font("body", 600 if row.is_current else 400)
        write_line(painter, theme, title, row.title, font, "t1", LEFT)
        write_line(painter, theme, count, row.count, theme.font("small"), "t2", RIGHT)
        write_line(painter, theme, note, row.note, theme.font("label"), row.note_token, RIGHT)

    def _paint_rest(self, painter: QPainter, top: int, high: int) -> None:
        theme = self._theme
        icon = theme.px(12)
        where = QRect(Size.INSET + 1, top, icon, high)
        name = "caret-up" if self._is_open else "caret-down"
        paint_icon(painter, theme, name, where, "t3", size=icon)
        area = QRect(Size.INSET + theme.px(14) + GAP_PX, top, self.width() // 2, high)
        write_line(painter, theme, area, self.rest, theme.font("small"), "t2", LEFT)
