"""The comments of a call, by time: a list of painted rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.clock import format_time
from app.domain.ratings import Comment
from app.ui.review.chip import paint_chip
from app.ui.review.comment_text import written_at
from app.ui.theme import Theme

PAD_PX, GAP_PX = 7, 8
INSET_PX = 16
AnyIndex = QModelIndex | QPersistentModelIndex
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class CommentModel(QAbstractListModel):
    """Rows are comments; the display text is what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.comments: Sequence[Comment] = ()
        self.rate_hz = 8000

    def show_comments(self, comments: Sequence[Comment], rate_hz: int) -> None:
        """Take others."""
        self.beginResetModel()
        self.comments, self.rate_hz = tuple(comments), rate_hz
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.comments)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        comment = self.comments[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            at = format_time(comment.start, self.rate_hz)
            return f"{at}, severity {comment.severity}: {comment.body}"
        return None


class CommentDelegate(QStyledItemDelegate):
    """Paints a comment; text is plain, whatever it holds."""

    def __init__(self, theme: Theme, view: QListView, own_id: str) -> None:
        super().__init__(view)
        self._theme, self._view, self._own_id = theme, view, own_id

    def _comment(self, index: AnyIndex) -> Comment:
        model = index.model()
        assert isinstance(model, CommentModel)
        return model.comments[index.row()]

    def _body_height(self, comment: Comment, width: int) -> int:
        if not comment.body:
            return 0
        metrics = QFontMetrics(self._theme.font("small"))
        box = QRect(0, 0, max(40, width - 2 * INSET_PX), 10_000)
        return metrics.boundingRect(box, WRAP, comment.body).height()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        width = self._view.viewport().width()
        line = self._theme.px(18)
        body = self._body_height(self._comment(index), width)
        return QSize(width, line + (4 + body if body else 0) + 2 * PAD_PX + 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        theme, comment = self._theme, self._comment(index)
        rect: QRect = option.rect
        if index.row() == self._view.currentIndex().row():
            theme.paint_selection(painter, rect.adjusted(0, 0, 0, -1))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line1"))
        top = rect.top() + PAD_PX
        self._paint_head(painter, rect, top, comment)
        if comment.body:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("t1"))
            corner = QPoint(rect.left() + INSET_PX, top + theme.px(18) + 4)
            area = QRect(corner, rect.bottomRight() - QPoint(INSET_PX, PAD_PX))
            painter.drawText(area, WRAP, comment.body)

    def _paint_head(self, painter: QPainter, rect: QRect, top: int, comment: Comment) -> None:
        theme, line = self._theme, self._theme.px(18)
        middle = Qt.AlignmentFlag.AlignVCenter
        model = self._view.model()
        assert isinstance(model, CommentModel)
        right = self._paint_when(painter, rect, top, comment)
        x = rect.left() + INSET_PX
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color("t1"))
        at = format_time(comment.start, model.rate_hz)
        painter.drawText(QRect(x, top, 120, line), middle, at)
        x += painter.fontMetrics().horizontalAdvance(at) + GAP_PX
        if comment.turn_index is not None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("t2"))
            name = f"@{comment.turn_index}"
            painter.drawText(QRect(x, top, 80, line), middle, name)
            x += painter.fontMetrics().horizontalAdvance(name) + GAP_PX
        severity = "marker" if comment.is_marker else f"severity {comment.severity}"
        for word in (severity, *comment.tags):
            if x + 60 > right:
                break
            x += paint_chip(painter, theme, x, top, word) + GAP_PX

    def _paint_when(self, painter: QPainter, rect: QRect, top: int, comment: Comment) -> int:
        """Who (if another) and when, at the right; gives its left edge."""
        theme = self._theme
        who = "" if comment.rater_id == self._own_id else f"{comment.rater_name}, "
        words = f"{who}{written_at(comment)}"
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        width = painter.fontMetrics().horizontalAdvance(words)
        left = rect.right() - INSET_PX - width
        box = QRect(left, top, width + 2, theme.px(18))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
        return left


class CommentList(QListView):
    """The list itself."""

    def __init__(self, theme: Theme, own_id: str) -> None:
        super().__init__()
        self.comments = CommentModel()
        self.setModel(self.comments)
        self.setItemDelegate(CommentDelegate(theme, self, own_id))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName("Comments")
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def current(self) -> Comment | None:
        """The comment that is chosen."""
        row = self.currentIndex().row()
        return self.comments.comments[row] if row >= 0 else None

    def choose(self, comment_id: str) -> None:
        """Choose a comment by id."""
        for n, comment in enumerate(self.comments.comments):
            if comment.id == comment_id:
                self.setCurrentIndex(self.comments.index(n))
                self.scrollTo(self.comments.index(n))
