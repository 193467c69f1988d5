"""The heads of the table: agents at the left, figures above in groups that fold."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView

from app.ui.icons import paint_icon
from app.ui.library.words import calls_words
from app.ui.scores.model import ScoresModel
from app.ui.scores.rows import Sorting
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.cell_table import SideHead
from app.ui.widgets.line_text import LEFT, RIGHT

GROUP_PX, TITLE_PX, AGENT_PX = 24, 26, 152
PAD, EDGE = 8, 16
GROUP_WORDS: dict[str, str] = {
    "Final": "Overall",
    "TFC": "Task flow",
    "GIC": "Interaction",
    "EVA-A": "Accuracy",
    "EVA-X": "Experience",
    "Attempts": "Attempts",
}


class FigureHead(QHeaderView):
    """Groups over titles: a click on a group folds it, one on a title sorts."""

    fold_asked = Signal(str)
    sort_asked = Signal(str)

    def __init__(self, theme: Theme, model: ScoresModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme, self._scores = theme, model
        self.sorting = Sorting()
        self.folded: frozenset[str] = frozenset()
        self.foldable: frozenset[str] = frozenset()
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName("Figures")
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Two lines."""
        height = self._theme.px(GROUP_PX) + self._theme.px(TITLE_PX)
        return QSize(super().sizeHint().width(), height)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Fold or sort."""
        at = self.logicalIndexAt(event.position().toPoint())
        columns = self._scores.shown.columns
        if not 0 <= at < len(columns) or event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().y() < self._theme.px(GROUP_PX):
            self.fold_asked.emit(columns[at].group)
        else:
            self.sort_asked.emit(columns[at].id)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the group on its first column, the title on each."""
        theme, columns = self._theme, self._scores.shown.columns
        if not 0 <= section < len(columns):
            return
        painter.save()
        painter.fillRect(rect, theme.color("bg1"))
        group = columns[section].group
        upper = QRect(rect.left(), rect.top(), rect.width(), theme.px(GROUP_PX))
        first = section == 0 or columns[section - 1].group != group
        if first and section:
            painter.fillRect(QRect(rect.left(), rect.top(), 1, rect.height()), theme.color("line1"))
        if first:
            span = sum(c.group == group for c in columns)
            self._group(painter, upper, group, span * rect.width())
        lower = QRect(rect.left(), upper.bottom() + 1, rect.width(), rect.bottom() - upper.bottom())
        self._title(painter, lower, section)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2"))
        painter.restore()

    def _group(self, painter: QPainter, area: QRect, group: str, width: int) -> None:
        theme = self._theme
        left = area.left() + PAD
        if group in self.foldable:
            icon = "caret-right" if group in self.folded else "caret-down"
            side = theme.px(10)
            box = QRect(left, area.top(), side, area.height())
            paint_icon(painter, theme, icon, box, "t2", size=side)
            left += side + 4
        painter.setFont(theme.font("label", 600))
        painter.setPen(theme.color("t2"))
        painter.setClipping(False)
        words = QRect(left, area.top(), width - (left - area.left()), area.height())
        painter.drawText(words, LEFT, GROUP_WORDS[group])

    def _title(self, painter: QPainter, area: QRect, section: int) -> None:
        theme, shown = self._theme, self._scores.shown
        is_sorted = shown.columns[section].id == self.sorting.column
        font = theme.font("label", 600 if is_sorted else None)
        words = area.adjusted(PAD, 0, -PAD, -1)
        if is_sorted:
            side = theme.px(10)
            icon = "caret-down" if self.sorting.falling else "caret-up"
            box = QRect(words.right() - side + 1, area.top(), side, area.height() - 1)
            paint_icon(painter, theme, icon, box, "accent", size=side)
            words.adjust(0, 0, -side - 3, 0)
        painter.setFont(font)
        painter.setPen(theme.color("t1" if is_sorted else "t3"))
        title = QFontMetrics(font).elidedText(
            shown.title(section), Qt.TextElideMode.ElideRight, words.width() + 2
        )
        painter.drawText(words, RIGHT, title)


class AgentHead(SideHead):
    """Agents with their numbers of calls; it stays where the figures scroll sideways."""

    def __init__(self, theme: Theme, model: ScoresModel) -> None:
        super().__init__(theme, "Agents", AGENT_PX)
        self._scores = model

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Name over calls, and the rank by what the table is sorted by."""
        theme, shown = self._theme, self._scores.shown
        if not 0 <= section < len(shown.rows):
            return
        row = shown.rows[section]
        painter.save()
        whole = shown.is_whole(section)
        painter.fillRect(rect, theme.color("bg0" if whole else "bg1"))
        if section == self.current:
            bar = QRect(rect.left(), rect.top(), Size.SELECTION_BAR, rect.height() - 1)
            painter.fillRect(bar, theme.color("accent"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), theme.color("line1"))
        area = rect.adjusted(EDGE, 0, -PAD, -1)
        upper, lower = theme.line("small"), theme.line("label")
        top = area.top() + (area.height() - upper - lower - 2) // 2
        rank = shown.ranks[section] if section < len(shown.ranks) else ""
        font = theme.font("label")
        wide = QFontMetrics(font).horizontalAdvance(rank) + 6 if rank else 0
        first = QRect(area.left(), top, area.width() - wide, upper)
        second = QRect(area.left(), top + upper + 2, area.width(), lower)
        name = theme.font("small", 600 if whole else 500)
        painter.setFont(name)
        painter.setPen(theme.color("t1"))
        fitting = QFontMetrics(name).elidedText(
            row.name, Qt.TextElideMode.ElideRight, first.width() + 1
        )
        painter.drawText(first, LEFT, fitting)
        painter.setFont(font)
        painter.setPen(theme.color("t3"))
        painter.drawText(QRect(area.left(), top, area.width(), upper), RIGHT, rank)
        painter.drawText(second, LEFT, calls_words(row.calls))
        painter.restore()
