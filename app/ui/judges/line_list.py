"""A list of rows with two lines: a title and a tag; below, what it is and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.scoring.marks import paint_tag, tag_width
from app.ui.theme import Theme
from app.ui.widgets.line_text import LEFT, RIGHT, write_line
from app.ui.widgets.tips import plain_tip

ROW_PX, INSET_PX = 46, 16
Index = QModelIndex | QPersistentModelIndex
_SELECTED = QStyle.StateFlag.State_Selected.value


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One row. `words` are the whole of it, as read aloud."""

    key: str
    title: str
    words: str
    tag: str = ""
    below: str = ""
    right: str = ""
    """At the right of the lower line."""
    marked: bool = False
    """With a dot before it; `tip` says why."""
    tip: str = ""


class LineModel(QAbstractListModel):
    """Rows as they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[LineRow, ...] = ()

    def set_rows(self, rows: Sequence[LineRow]) -> None:
        """Show other rows; the same keys in the same places only repaint."""
        if [r.key for r in rows] != [r.key for r in self.rows]:
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()
            return
        self.rows = tuple(rows)
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row in words, for those who cannot see it."""
        texts = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if index.isValid() and role in texts:
            return self.rows[index.row()].words
        if index.isValid() and role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.rows[index.row()].tip) or None
        return None


class LineDelegate(QStyledItemDelegate):
    """Paints both lines."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """46 px."""
        return QSize(60, self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        model, theme, rect = index.model(), self._theme, QRect(option.rect)
        assert isinstance(model, LineModel)
        row = model.rows[index.row()]
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line1"))
        upper, lower = theme.line("body"), theme.line("label")
        top = rect.top() + (rect.height() - upper - lower - 2) // 2
        area = QRect(rect.left() + INSET_PX, top, rect.width() - 2 * INSET_PX, upper)
        title = QRect(area)
        if row.tag:
            tag = tag_width(theme, row.tag)
            paint_tag(painter, theme, area.right() + 1 - tag, area, row.tag)
            title = area.adjusted(0, 0, -tag - 8, 0)
        write_line(painter, theme, title, row.title, theme.font("body", 500), "t1", LEFT)
        area = QRect(area.left(), top + upper + 2, area.width(), lower)
        used = write_line(painter, theme, area, row.right, theme.font("label"), "t3", RIGHT)
        area.setWidth(area.width() - used - 8)
        write_line(painter, theme, area, row.below, theme.font("label"), "t2", LEFT)
        if row.marked:
            self._dot(painter, rect, top + upper // 2)

    def _dot(self, painter: QPainter, rect: QRect, middle: int) -> None:
        """A disc in the inset; the tooltip says what it means."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("warn"))
        painter.drawEllipse(rect.left() + 6, middle - 2, 5, 5)


class LineView(QListView):
    """Rows; one is selected."""

    chosen = Signal(str)
    """Key of the row that is selected."""

    def __init__(self, theme: Theme, model: LineModel, name: str) -> None:
        super().__init__()
        self._theme, self._lines = theme, model
        self._wanted = ""
        self.setModel(model)
        self.setItemDelegate(LineDelegate(theme, self))
        self.setProperty("ring", "inside")
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        model.modelReset.connect(self._on_reset)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def choose(self, key: str) -> None:
        """Select a row, now or as soon as it is listed."""
        self._wanted = key
        keys = [row.key for row in self._lines.rows]
        if key in keys:
            self._select(keys.index(key))

    def step(self, by: int) -> None:
        """Select the next or the previous one."""
        at = self.currentIndex().row() + by if self.currentIndex().isValid() else 0
        if 0 <= at < len(self._lines.rows):
            self._select(at)

    def _select(self, at: int) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self._lines.index(at, 0), flags)

    def _on_reset(self) -> None:
        keys = [row.key for row in self._lines.rows]
        if keys:
            self._select(keys.index(self._wanted) if self._wanted in keys else 0)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which one it is."""
        super().currentChanged(current, previous)
        if current.isValid():
            self._wanted = self._lines.rows[current.row()].key
            self.chosen.emit(self._wanted)
