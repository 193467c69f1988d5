"""The table of disagreements: a play mark, the values, the pattern, a chip for the cause."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.eval.calibration.disagreement import Pattern
from app.services.calibrating.disagreement import Differing
from app.ui.calibrating.disagreement_model import (
    COLUMNS,
    ICON_ONLY_PX,
    DisagreementModel,
    cells,
    fitted,
)
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Role, Size
from app.ui.widgets.row_table import RowHead, RowTable

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 32
PAD, EDGE, CHIP_PAD, ICON_PX = 6, 16, 6, 14
ICONS: dict[Pattern, str] = {
    "agree": "users-three",
    "split": "git-branch",
    "unstable": "arrows-clockwise",
    "single": "user",
}
_SELECTED = QStyle.StateFlag.State_Selected.value
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LOOKS: dict[str, tuple[Role, str, int | None]] = {
    "call": ("mono_small", "t1", None),
    "judge": ("small", "t1", 600),
    "median": ("small", "t1", 600),
    "votes": ("small", "t2", None),
    "z": ("small", "t2", None),
}


class DisagreementDelegate(QStyledItemDelegate):
    """One delegate for all columns."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """32 px high."""
        return QSize(60, self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, cell, hairline."""
        rect, theme = option.rect, self._theme
        model = index.model()
        assert isinstance(model, DisagreementModel)
        row, key = model.rows[index.row()], COLUMNS[index.column()].key
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect, first=index.column() == 0)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        left, right = insets(index.column())
        area = rect.adjusted(left, 0, -right, -1)
        if key == "play":
            sounds = model.playing == row.item_id
            token = "accent" if sounds else "t2"
            paint_icon(painter, theme, "pause" if sounds else "play", area, token, size=ICON_PX)
        elif key == "pattern":
            self._pattern(painter, area, row)
        elif key == "cause":
            self._cause(painter, area, row)
        elif key == "call" and row.name != row.code:
            self._call(painter, area, row)
        else:
            role, token, weight = _LOOKS[key]
            flags = _RIGHT if COLUMNS[index.column()].right else _LEFT
            self._write(painter, area, cells(row)[key], theme.font(role, weight), token, flags)

    def _write(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        font: QFont,
        token: str,
        flags: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 2)
        painter.drawText(area, flags, fitting)

    def _call(self, painter: QPainter, area: QRect, row: Differing) -> None:
        """The code, and quietly which part of the call it is."""
        theme = self._theme
        font = theme.font("mono_small")
        self._write(painter, area, row.code, font, "t1")
        rest = area.adjusted(QFontMetrics(font).horizontalAdvance(row.code), 0, 0, 0)
        part = row.name.removeprefix(row.code)
        self._write(painter, rest, part, theme.font("small"), "t2")

    def _pattern(self, painter: QPainter, area: QRect, row: Differing) -> None:
        theme = self._theme
        icon = QRect(area.left(), area.top(), theme.px(ICON_PX), area.height())
        token = "warn" if row.pattern == "unstable" else "t2"
        paint_icon(painter, theme, ICONS[row.pattern], icon, token, size=ICON_PX)
        if area.width() > theme.px(ICON_ONLY_PX):
            words = area.adjusted(icon.width() + 6, 0, 0, 0)
            self._write(painter, words, cells(row)["pattern"], theme.font("small"), "t1")

    def _cause(self, painter: QPainter, area: QRect, row: Differing) -> None:
        theme, words = self._theme, cells(row)["cause"]
        if row.cause is None:
            self._write(painter, area, words, theme.font("small"), "t3")
            return
        font = theme.font("label")
        most = area.width() - 2 * CHIP_PAD
        text = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, most)
        height = theme.line("label") + 4
        width = QFontMetrics(font).horizontalAdvance(text) + 2 * CHIP_PAD
        top = area.center().y() - height / 2 + 0.5
        box = QRectF(area.left() + 0.5, round(top) + 0.5, width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line3"))
        painter.drawRoundedRect(box, Size.RADIUS_CAP, Size.RADIUS_CAP)
        painter.restore()
        self._write(painter, box.toRect().adjusted(CHIP_PAD, 0, 0, 0), text, font, "t1")


class _Head(RowHead):
    """Says nothing over a column that has become narrower than its word."""

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the word and the rule, or the rule alone."""
        if rect.width() > self._theme.px(ICON_ONLY_PX):
            super().paintSection(painter, rect, section)
            return
        painter.fillRect(rect, self._theme.color("bg1"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, self._theme.color("line2"))


class DisagreementTable(RowTable):
    """Items. One is selected."""

    chosen = Signal(object)
    """The `Differing` that is selected."""
    play_asked = Signal()
    """A play mark was pressed; its item is selected."""

    def __init__(self, theme: Theme, model: DisagreementModel, parent: QWidget | None = None):
        self._items = model
        self._wanted = ""
        head = _Head(theme, COLUMNS, insets)
        super().__init__(
            theme, model, head, self._widths, row_px=ROW_PX, name="Disagreements", parent=parent
        )
        self.setItemDelegate(DisagreementDelegate(theme, self))
        model.modelReset.connect(self._on_reset)
        self.restyle()

    @property
    def current(self) -> Differing | None:
        """The selected item."""
        at = self.selected
        return None if at is None else self._items.rows[at]

    def _widths(self, room: int, scale: float) -> list[int]:
        words = QFontMetrics(self._theme.font("small")).horizontalAdvance(self._items.longest_votes)
        return fitted(room, scale, call_px=self._items.call_px, votes_px=words + 2 * PAD + 1)

    def step(self, by: int) -> None:
        """Select the next or previous item."""
        at = self.selected
        self._choose(0 if at is None else at + by)

    def choose(self, item_id: str) -> None:
        """Select an item, now or once it is listed."""
        self._wanted = item_id
        ids = [row.item_id for row in self._items.rows]
        if item_id in ids:
            self._choose(ids.index(item_id))

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._items.rows):
            self.select(at)

    def _on_reset(self) -> None:
        """The item that was selected stays so where it is still listed."""
        self.fit_columns()
        ids: Sequence[str] = [row.item_id for row in self._items.rows]
        self._choose(ids.index(self._wanted) if self._wanted in ids else 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; on the play mark, play as well."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and COLUMNS[index.column()].key == "play":
            self.play_asked.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which item it is."""
        super().currentChanged(current, previous)
        if current.isValid() and current.row() < len(self._items.rows):
            row = self._items.rows[current.row()]
            self._wanted = row.item_id
            self.chosen.emit(row)


def insets(section: int) -> tuple[int, int]:
    """Room left and right of a cell's contents, in px."""
    last = len(COLUMNS) - 1
    return (EDGE if section == 0 else PAD, EDGE if section == last else PAD)
