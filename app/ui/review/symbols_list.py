"""The symbols of a call that a person should listen to: each in its line, with what was heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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

from app.domain.clock import format_time
from app.ui.theme import Theme
from app.ui.widgets.line_text import draw_line

if TYPE_CHECKING:
    from app.services.symbol_answers import DoubtfulSymbol

READING_WORDS = {
    "right": "read correctly",
    "wrong": "misread",
    "not_applicable": "cannot be heard",
}
PAD_PX, INSET_PX, LINE_PX = 7, 12, 20
AnyIndex = QModelIndex | QPersistentModelIndex
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class SymbolModel(QAbstractListModel):
    """Rows are symbols; the display text is what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.symbols: Sequence[DoubtfulSymbol] = ()
        self.rate_hz = 8000

    def show_symbols(self, symbols: Sequence[DoubtfulSymbol], rate_hz: int) -> None:
        """Take others; where they are the same ones, the chosen row stays."""
        same = [s.key for s in symbols] == [s.key for s in self.symbols]
        if same and symbols:
            self.symbols, self.rate_hz = tuple(symbols), rate_hz
            self.dataChanged.emit(self.index(0), self.index(len(symbols) - 1))
            return
        self.beginResetModel()
        self.symbols, self.rate_hz = tuple(symbols), rate_hz
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.symbols)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        symbol = self.symbols[index.row()]
        at = format_time(symbol.span.start, self.rate_hz)
        own = READING_WORDS[symbol.own] if symbol.own else "not answered"
        return f"{at}, {symbol.symbol} in “{symbol.text}”, {heard_words(symbol)}; {own}"


def heard_words(symbol: DoubtfulSymbol) -> str:
    """What the recogniser made of it."""
    return f"heard: “{symbol.heard}”" if symbol.heard else "nothing was heard"


def state_words(symbol: DoubtfulSymbol) -> str:
    """The viewer's own reading, and how many there are where that is open to them."""
    own = READING_WORDS[symbol.own] if symbol.own else ""
    draft = ", draft" if symbol.is_draft and own else ""
    count = f"{symbol.answers} answer{'' if symbol.answers == 1 else 's'}" if symbol.answers else ""
    return " · ".join(part for part in (own + draft, count) if part)


class SymbolDelegate(QStyledItemDelegate):
    """Paints a symbol in its line; text is plain, whatever it holds."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(self._view.viewport().width(), 2 * self._theme.px(LINE_PX) + 2 * PAD_PX + 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        theme, model = self._theme, index.model()
        assert isinstance(model, SymbolModel)
        symbol, rect, line = model.symbols[index.row()], QRect(option.rect), theme.px(LINE_PX)
        if index.row() == self._view.currentIndex().row():
            theme.paint_selection(painter, rect.adjusted(0, 0, 0, -1))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line1"))
        first = QRect(
            rect.left() + INSET_PX, rect.top() + PAD_PX, rect.width() - 2 * INSET_PX, line
        )
        self._paint_line(painter, first, symbol)
        second = first.translated(0, line)
        state = state_words(symbol)
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color("danger" if symbol.own == "wrong" else "t1"))
        painter.drawText(second, _MIDDLE | Qt.AlignmentFlag.AlignRight, state)
        second.setRight(second.right() - painter.fontMetrics().horizontalAdvance(state) - 8)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2"))
        at = format_time(symbol.span.start, model.rate_hz)
        draw_line(painter, second, f"{at}  {heard_words(symbol)}")

    def _paint_line(self, painter: QPainter, area: QRect, symbol: DoubtfulSymbol) -> None:
        """The line with its symbol marked; what stands around it gives way."""
        theme = self._theme
        plain, bold = theme.font("body"), theme.font("body", 600)
        width = min(QFontMetrics(bold).horizontalAdvance(symbol.symbol) + 2, area.width())
        metrics = QFontMetrics(plain)
        room = area.width() - width
        before = metrics.elidedText(
            symbol.before, Qt.TextElideMode.ElideLeft, max(room * 2 // 3, 0)
        )
        left = metrics.horizontalAdvance(before)
        painter.setFont(plain)
        painter.setPen(theme.color("t2"))
        painter.drawText(QRect(area.left(), area.top(), left + 2, area.height()), _MIDDLE, before)
        rest = area.adjusted(left + width, 0, 0, 0)
        draw_line(painter, rest, symbol.after)
        box = QRect(area.left() + left, area.top(), width, area.height())
        painter.setFont(bold)
        painter.setPen(theme.color("accent"))
        shown = QFontMetrics(bold).elidedText(
            symbol.symbol, Qt.TextElideMode.ElideMiddle, box.width()
        )
        painter.drawText(box, _MIDDLE, shown)
        painter.fillRect(box.left(), box.bottom() - 1, box.width(), 1, theme.color("accent"))


class SymbolList(QListView):
    """The list; its keys mean answers."""

    answered = Signal(object)
    """True, False, or None for Backspace."""
    play_asked = Signal()
    submit_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.symbols = SymbolModel()
        self.setModel(self.symbols)
        self.setItemDelegate(SymbolDelegate(theme, self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName("Doubtful symbols")
        self.doubleClicked.connect(lambda _index: self.play_asked.emit())
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def current(self) -> DoubtfulSymbol | None:
        """The symbol that is chosen."""
        row = self.currentIndex().row()
        return self.symbols.symbols[row] if 0 <= row < len(self.symbols.symbols) else None

    def choose(self, row: int) -> None:
        """Go to a row."""
        self.setCurrentIndex(self.symbols.index(row))

    def go_on(self) -> None:
        """To the next symbol without a reading; to the next one where all have one."""
        symbols, here = self.symbols.symbols, self.currentIndex().row()
        later = [*range(here + 1, len(symbols)), *range(here)]
        waiting = [row for row in later if symbols[row].own is None]
        if waiting:
            self.choose(waiting[0])
        elif here + 1 < len(symbols):
            self.choose(here + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter play, 0 and 1 answer, Backspace says that it cannot be heard."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            (self.submit_asked if with_control else self.play_asked).emit()
        elif key == Qt.Key.Key_Space:
            self.play_asked.emit()
        elif event.text() in ("0", "1") and not event.isAutoRepeat():
            self.answered.emit(event.text() == "1")
        elif key == Qt.Key.Key_Backspace and not event.isAutoRepeat():
            self.answered.emit(None)
        else:
            super().keyPressEvent(event)
