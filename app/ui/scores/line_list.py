"""A list of rows of up to three lines: words at the left, a figure at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import LEFT, RIGHT, write_line
from app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
PAD = 6
_SELECTED = QStyle.StateFlag.State_Selected.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. `lower` are its lines below the first, each with a token."""

    key: str
    title: str
    value: str = ""
    token: str = "t1"
    """Of the value."""
    lower: tuple[tuple[str, str], ...] = ()
    tip: str = ""


class _Lines(QAbstractListModel):
    """Rows as text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Rows."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row in words."""
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " ".join((line.title, line.value, *(text for text, _ in line.lower))).strip()
        return (plain_tip(line.tip) or None) if role == Qt.ItemDataRole.ToolTipRole else None


class _Painter(QStyledItemDelegate):
    """Paints rows as high as their lines."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for its lines."""
        theme, model = self._theme, index.model()
        assert isinstance(model, _Lines)
        lower = len(model.lines[index.row()].lower) * (theme.line("label") + 2)
        return QSize(60, theme.line("small") + lower + 2 * PAD + 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, words, figure, hairline."""
        theme, rect = self._theme, option.rect
        model = index.model()
        assert isinstance(model, _Lines)
        line = model.lines[index.row()]
        painter.save()
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        area = rect.adjusted(Size.INSET, PAD, -Size.INSET, -PAD - 1)
        small, label = theme.font("small", 500), theme.font("label")
        first = QRect(area.left(), area.top(), area.width(), theme.line("small"))
        wide = QFontMetrics(small).horizontalAdvance(line.value) + 10 if line.value else 0
        title = first.adjusted(0, 0, -wide, 0)
        write_line(painter, theme, title, _one_line(line.title), small, "t1", LEFT)
        write_line(painter, theme, first, line.value, small, line.token, RIGHT)
        y = first.bottom() + 3
        for text, token in line.lower:
            row = QRect(area.left(), y, area.width(), theme.line("label"))
            write_line(painter, theme, row, _one_line(text), label, token, LEFT)
            y = row.bottom() + 3
        painter.restore()


class LineList(QListView):
    """Rows; `chosen` tells the key of the selected one, `entered` that it shall be opened."""

    chosen = Signal(str)
    entered_row = Signal(str)

    def __init__(self, theme: Theme, name: str, *, uniform: bool = False) -> None:
        """`uniform` where all rows have as many lines: thousands then cost nothing to lay out."""
        super().__init__()
        self.setUniformItemSizes(uniform)
        self._model = _Lines()
        self.setModel(self._model)
        self.setItemDelegate(_Painter(theme, self))
        self.setAccessibleName(name)
        self.setProperty("ring", "inside")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(lambda _index: self._enter())
        theme.changed.connect(self.doItemsLayout)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is listed."""
        return self._model.lines

    @property
    def key(self) -> str:
        """Key of the selected row; empty for none."""
        at = self.currentIndex().row()
        return self.lines[at].key if 0 <= at < len(self.lines) else ""

    def show_lines(self, lines: Sequence[Line], *, select: str | None = None) -> None:
        """List other rows; the first is selected, or the one of the key `select`."""
        self._model.set_lines(lines)
        keys = [line.key for line in lines]
        at = keys.index(select) if select in keys else 0
        if lines:
            self.setCurrentIndex(self._model.index(at, 0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which row it is."""
        super().currentChanged(current, previous)
        if 0 <= current.row() < len(self.lines):
            self.chosen.emit(self.lines[current.row()].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if self.key:
            self.entered_row.emit(self.key)


def _one_line(text: str) -> str:
    return " ".join(text.split())
