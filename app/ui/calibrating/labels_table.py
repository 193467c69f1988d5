"""Rows of a file as a table of plain texts: the preview, and the rows that are not taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.theme import Theme
from app.ui.widgets.row_table import RowHead, RowTable
from app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 24
INSET_PX = 8
SHOWN = 200
"""Characters of a cell that are kept: files may hold whole books in one."""
TIP = 600


@dataclass(frozen=True, slots=True)
class Head:
    """A column's word."""

    title: str
    right: bool = False


class TextModel(QAbstractTableModel):
    """Cells of text, given at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heads: list[Head] = []
        self.rows: Sequence[Sequence[str]] = ()

    def show_rows(self, heads: Sequence[Head], rows: Sequence[Sequence[str]]) -> None:
        """Show other columns and rows."""
        self.beginResetModel()
        self.heads[:] = heads
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many columns."""
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text on one line, or whole as a tip."""
        text = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(text[:SHOWN].split())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text[:TIP])
        return None


class TextDelegate(QStyledItemDelegate):
    """Plain text over a hairline."""

    def __init__(self, theme: Theme, model: TextModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One line."""
        return QSize(60, self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        rect: QRect = option.rect
        theme = self._theme
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.color("line1"))
        font = theme.font("small")
        painter.setFont(font)
        painter.setPen(theme.color("t2" if index.column() else "t1"))
        area = rect.adjusted(INSET_PX, 0, -INSET_PX, -1)
        words = QFontMetrics(font).elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, area.width()
        )
        side = Qt.AlignmentFlag.AlignLeft
        if self._model.heads[index.column()].right:
            side = Qt.AlignmentFlag.AlignRight
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, words)


class TextTable(RowTable):
    """A table of texts; `fit` gives the widths of its columns for a room in px at a scale."""

    def __init__(
        self, theme: Theme, name: str, fit: Callable[[int, float], Sequence[int]] | None = None
    ) -> None:
        self.texts = TextModel()
        head = RowHead(theme, self.texts.heads, lambda _at: (INSET_PX, INSET_PX))
        super().__init__(theme, self.texts, head, fit or self._even, row_px=ROW_PX, name=name)
        self.texts.setParent(self)
        self.setItemDelegate(TextDelegate(theme, self.texts, self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        if fit is None:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
            head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.restyle()

    def _even(self, room: int, scale: float) -> Sequence[int]:
        """Columns of one width, none too narrow to be read."""
        count = max(1, len(self.texts.heads))
        return [max(round(96 * scale), room // count)] * len(self.texts.heads)

    def show_rows(self, heads: Sequence[Head], rows: Sequence[Sequence[str]]) -> None:
        """Show other columns and rows."""
        self.texts.show_rows(heads, rows)
        self.fit_columns()
