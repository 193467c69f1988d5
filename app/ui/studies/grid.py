"""A plain table of figures: words and numbers in cells, one row selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.widgets.row_table import RowHead, RowTable

Index = QModelIndex | QPersistentModelIndex
ROW_PX, PAD_PX, EDGE_PX = 30, 8, 16
_SELECTED = QStyle.StateFlag.State_Selected.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: px at 100 %, or what is left where `stretch`."""

    title: str
    px: int = 80
    right: bool = True
    stretch: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a cell."""

    text: str = ""
    token: str = "t1"
    weight: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row with what opening it means to its owner."""

    key: str
    cells: tuple[Cell, ...]
    tip: str = ""


def cells(*texts: str, first: int = 500) -> tuple[Cell, ...]:
    """Cells of plain words; the first one stands out."""
    return tuple(
        Cell(text=text, weight=first if at == 0 else None, token="t1" if at == 0 else "t2")
        for at, text in enumerate(texts)
    )


class _Model(QAbstractTableModel):
    """Rows as text."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns, self.rows = tuple(columns), tuple[Row, ...]()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell in words; with its column, read aloud."""
        row, column = self.rows[index.row()], self.columns[index.column()]
        text = row.cells[index.column()].text
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title} {text}".strip()
        return (row.tip or None) if role == Qt.ItemDataRole.ToolTipRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """A column's word, and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        return (column.tip or None) if role == Qt.ItemDataRole.ToolTipRole else None


class _Painter(QStyledItemDelegate):
    """Paints words at the side of their column."""

    def __init__(self, theme: Theme, insets: Callable[[int], tuple[int, int]]) -> None:
        super().__init__()
        self._theme, self._insets = theme, insets

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, word, hairline."""
        theme, rect, model = self._theme, QRect(option.rect), index.model()
        assert isinstance(model, _Model)
        cell, column = model.rows[index.row()].cells[index.column()], model.columns[index.column()]
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect, first=index.column() == 0)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line1"))
        left, right = self._insets(index.column())
        area = rect.adjusted(left, 0, -right, 0)
        font = theme.font("small", cell.weight)
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(theme.color(cell.token))
        text = QFontMetrics(font).elidedText(
            cell.text, Qt.TextElideMode.ElideRight, area.width() + 1
        )
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)


class Grid(RowTable):
    """`chosen(key)` tells the selected row, `opened(key)` that it shall be gone into."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(
        self,
        theme: Theme,
        columns: Sequence[Column],
        name: str,
        parent: QWidget | None = None,
        *,
        plain: bool = False,
    ) -> None:
        """A `plain` one is only read: none of its rows is ever selected."""
        self._columns = tuple(columns)
        self._model = _Model(columns)
        head = RowHead(theme, self._columns, self._insets)
        super().__init__(
            theme, self._model, head, self._fit, row_px=ROW_PX, name=name, parent=parent
        )
        self._plain = plain
        if plain:
            self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._painter = _Painter(theme, self._insets)
        self.setItemDelegate(self._painter)
        self.doubleClicked.connect(lambda _i: self._open())
        self.selectionModel().currentRowChanged.connect(lambda *_a: self._tell())
        self.restyle()

    def _insets(self, section: int) -> tuple[int, int]:
        last = len(self._columns) - 1
        return (EDGE_PX if section == 0 else PAD_PX, EDGE_PX if section == last else PAD_PX)

    def _fit(self, width: int, scale: float) -> list[int]:
        fixed = [0 if c.stretch else round(c.px * scale) for c in self._columns]
        loose = [at for at, c in enumerate(self._columns) if c.stretch]
        room = max(0, width - sum(fixed))
        for at in loose:
            fixed[at] = max(round(self._columns[at].px * scale * 0.5), room // len(loose))
        return fixed

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._model.rows

    @property
    def key(self) -> str:
        """Key of the selected row; empty for none."""
        at = self.selected
        return self.rows[at].key if at is not None else ""

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; the selected key stays selected where it is still there."""
        before, keys = self.key, [row.key for row in rows]
        if tuple(rows) == self.rows:
            return
        self._model.set_rows(rows)
        if rows and not self._plain:
            self.select(keys.index(before) if before in keys else 0, scroll=False)

    def choose(self, key: str) -> None:
        """Select a row."""
        keys = [row.key for row in self.rows]
        if key in keys:
            self.select(keys.index(key))

    def _tell(self) -> None:
        if self.key:
            self.chosen.emit(self.key)

    def _open(self) -> None:
        if self.key:
            self.opened.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def height_of_rows(self) -> int:
        """Px that all rows and the head need."""
        return self.head.sizeHint().height() + len(self.rows) * self._theme.px(ROW_PX) + 2
