"""The aligned lines as a list: a click finds the word under it."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.clock import format_time
from app.services.aligned_text import AlignedLine, AlignedText, AlignedWord
from app.ui.review.compare_layout import Placed, lower, place, spoken, upper
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.speaker import paint_speaker

TIME_X, SPEAKER_X, TEXT_X, RIGHT_PX = 16, 82, 112, 16
LINE_PX, PAD_PX, ROW_GAP_PX = 20, 7, 5
AnyIndex = QModelIndex | QPersistentModelIndex
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class CompareModel(QAbstractListModel):
    """Rows are lines of one speaker."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[AlignedLine, ...] = ()
        self.rate_hz = 8000
        self.at = (-1, -1)
        """(line, word) that was gone to."""

    def show_text(self, found: AlignedText | None, rate_hz: int) -> None:
        """Take another text."""
        self.beginResetModel()
        self.lines, self.rate_hz = (found.lines if found else ()), rate_hz
        self.at = (-1, -1)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return spoken(self.lines[index.row()])
        return None


class CompareDelegate(QStyledItemDelegate):
    """Strike: not heard so. Underline: heard instead. Caret: added. Dash: missing."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def _placed(self, line: AlignedLine) -> list[Placed]:
        theme = self._theme
        width = self._view.viewport().width() - theme.px(TEXT_X) - RIGHT_PX
        metrics = QFontMetrics(theme.font("body", 600))
        return place(line.words, max(width, 80), metrics.horizontalAdvance)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        model = index.model()
        assert isinstance(model, CompareModel)
        rows = self._placed(model.lines[index.row()])[-1].row + 1
        height = rows * self._row_px() + 2 * PAD_PX + 1
        return QSize(self._view.viewport().width(), height)

    def _row_px(self) -> int:
        return 2 * self._theme.px(LINE_PX) + ROW_GAP_PX

    def word_rect(self, rect: QRect, at: Placed) -> QRect:
        """Both rows of a word, in the list's viewport."""
        left = rect.left() + self._theme.px(TEXT_X) + at.left
        top = rect.top() + PAD_PX + at.row * self._row_px()
        return QRect(left, top, at.width, 2 * self._theme.px(LINE_PX))

    def word_at(self, rect: QRect, line: AlignedLine, at: QPoint) -> int | None:
        """The word under a point."""
        for n, placed in enumerate(self._placed(line)):
            if self.word_rect(rect, placed).adjusted(-2, 0, 3, 0).contains(at):
                return n
        return None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        theme, rect, model = self._theme, QRect(option.rect), index.model()
        assert isinstance(model, CompareModel)
        line, height = model.lines[index.row()], theme.px(LINE_PX)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line1"))
        top = rect.top() + PAD_PX
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        box = QRect(rect.left() + theme.px(TIME_X), top, theme.px(64), height)
        painter.drawText(box, _MIDDLE, format_time(line.span.start, model.rate_hz)[:-2])
        side = theme.px(Size.SPEAKER)
        mark_top = top + (height - side) // 2
        paint_speaker(painter, theme, rect.left() + theme.px(SPEAKER_X), mark_top, line.speaker)
        for n, placed in enumerate(self._placed(line)):
            chosen = model.at == (index.row(), n)
            self._paint_word(painter, self.word_rect(rect, placed), line.words[n], chosen=chosen)

    def _paint_word(
        self, painter: QPainter, box: QRect, word: AlignedWord, *, chosen: bool
    ) -> None:
        theme, half = self._theme, box.height() // 2
        if chosen:
            painter.fillRect(box.adjusted(-3, 0, 3, 2), theme.color("tint"))
        above = QRect(box.left(), box.top(), box.width() + 2, half)
        below = above.translated(0, half)
        font = theme.font("body", 600 if word.is_error else None)
        font.setStrikeOut(word.op in ("substitution", "deletion"))
        painter.setFont(font)
        painter.setPen(theme.color("danger" if word.is_error else "t1"))
        painter.drawText(above, _MIDDLE, upper(word))
        font.setStrikeOut(False)
        font.setUnderline(word.op in ("substitution", "insertion"))
        painter.setFont(font)
        painter.setPen(theme.color("warn" if word.is_error else "t3"))
        painter.drawText(below, _MIDDLE, lower(word))


class CompareList(QListView):
    """`word_chosen(line, word)` fires on a click."""

    word_chosen = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.text = CompareModel()
        self.setModel(self.text)
        self.delegate = CompareDelegate(theme, self)
        self.setItemDelegate(self.delegate)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName("Reference and what was heard")
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # heights follow the width

    def go_to(self, line: int, word: int) -> None:
        """Mark a word and scroll to it."""
        self.text.at = (line, word)
        self.scrollTo(self.text.index(line))
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            line = self.text.lines[index.row()]
            word = self.delegate.word_at(self.visualRect(index), line, at)
            if word is not None:
                self.word_chosen.emit(index.row(), word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are the review's; pages scroll."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()
