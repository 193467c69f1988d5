"""The list of figures: a model of rows, and how a row is painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.review.metrics_words import MetricRow
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import draw_line
from app.ui.widgets.speaker import paint_speaker

INSET_PX, LINE_PX, PAD_PX = 16, 19, 4
AnyIndex = QModelIndex | QPersistentModelIndex
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
SCORE_WORDS = "Score"


class MetricModel(QAbstractListModel):
    """Rows as they are shown; the display text is what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[MetricRow] = ()
        self.played: tuple[tuple[str, ...], int] = ((), 0)
        """Key of the figure whose evidence is being heard, and which span of it, from 0."""

    def show_rows(self, rows: Sequence[MetricRow]) -> None:
        """Take others."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.about or None
        return None

    def place(self, row: MetricRow) -> str:
        """`2 of 7` at the figure that is being heard, else how many spans there are."""
        key, at = self.played
        if not row.evidence:
            return ""
        if key == row.key:
            return f"{at + 1} of {len(row.evidence)}"
        return f"▸ {len(row.evidence)}"


class MetricDelegate(QStyledItemDelegate):
    """Title and number on the first line, what they rest on below."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def _row(self, index: AnyIndex) -> MetricRow:
        model = index.model()
        assert isinstance(model, MetricModel)
        return model.rows[index.row()]

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        row, line = self._row(index), self._theme.px(LINE_PX)
        lines = 1 + bool(row.small) + bool(row.note)
        extra = 8 if row.kind == "head" else 0
        return QSize(self._view.viewport().width(), lines * line + 2 * PAD_PX + extra)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        theme, row, rect = self._theme, self._row(index), QRect(option.rect)
        current = index.row() == self._view.currentIndex().row()
        if current and row.kind != "head":
            theme.paint_selection(painter, rect)
        box = rect.adjusted(INSET_PX, PAD_PX, -INSET_PX, -PAD_PX)
        if row.kind == "head":
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, theme.color("line1"))
            painter.setFont(theme.font("small", 600))
            painter.setPen(theme.color("t1"))
            draw_line(painter, box, row.title)
            return
        line = QRect(box.left(), box.top(), box.width(), theme.px(LINE_PX))
        if row.kind == "more":
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("accent"))
            painter.drawText(line, _MIDDLE, row.title)
            return
        model = index.model()
        assert isinstance(model, MetricModel)
        self._paint_first(painter, QRect(line), row, model.place(row))
        self._paint_below(painter, line, row)

    def _paint_first(self, painter: QPainter, line: QRect, row: MetricRow, place: str) -> None:
        theme = self._theme
        painter.setFont(theme.font("small", 600))
        painter.setPen(theme.color("t3" if row.stale or row.kind == "reported" else "t1"))
        shown = SCORE_WORDS if row.asks else f"{row.value} {row.arrow}".strip()
        if row.asks:
            painter.setPen(theme.color("accent"))
        painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignRight, shown)
        right = QFontMetrics(painter.font()).horizontalAdvance(shown) + 10
        line.adjust(0, 0, -right, 0)
        if place:
            painter.setFont(theme.font("label"))
            painter.setPen(theme.color("t2"))
            painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignRight, place)
            line.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(place) - 8, 0)
        if row.speaker is not None:
            top = line.top() + (line.height() - theme.px(Size.SPEAKER)) // 2
            paint_speaker(painter, theme, line.left(), top, row.speaker)
            line.adjust(theme.px(Size.SPEAKER) + 8, 0, 0, 0)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t1" if row.kind == "figure" else "t2"))
        draw_line(painter, line, row.title)

    def _paint_below(self, painter: QPainter, line: QRect, row: MetricRow) -> None:
        theme = self._theme
        for words, token in ((row.note, "warn" if row.stale else "t2"), (row.small, "t3")):
            if words:
                line = line.translated(0, line.height())
                painter.setFont(theme.font("label"))
                painter.setPen(theme.color(token))
                draw_line(painter, line, words)


class MetricList(QListView):
    """The list; a click or Enter acts on a row."""

    acted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.metrics = MetricModel()
        self.setModel(self.metrics)
        self.setItemDelegate(MetricDelegate(theme, self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName("Metrics of the call")
        self.clicked.connect(self._act)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def _act(self, index: AnyIndex) -> None:
        if index.isValid():
            self.acted.emit(self.metrics.rows[index.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter acts on the row; the arrows move."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._act(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
        else:
            event.ignore()
