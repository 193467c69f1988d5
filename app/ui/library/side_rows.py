"""Rows of the left panel: saved views and facet boxes, painted; a click or Enter acts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.tick import paint_tick

INSET = 12
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SideRow(QWidget):
    """Base: hover, press, focus."""

    pressed = Signal()
    menu_asked = Signal(object)

    def __init__(self, theme: Theme, height: int, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme, self._height = theme, height
        self.hover = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("ring", "inside")
        self.setAccessibleName(name)
        self._rescale()
        theme.changed.connect(self._rescale)

    def _rescale(self) -> None:
        self.setFixedHeight(self.theme.px(self._height))

    def sizeHint(self) -> QSize:
        """A row's height, growing with the text."""
        return QSize(180, self.theme.px(self._height))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show hover."""
        self.hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """End hover."""
        self.hover = False
        self.update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Act."""
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter act while the row has the focus."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the row's menu."""
        self.menu_asked.emit(event.globalPos())

    def write(
        self, painter: QPainter, left: int, text: str, count: str, token: str, weight: int = 400
    ) -> None:
        """A word at the left, a count at the right."""
        theme = self.theme
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        area = QRect(left, 0, self.width() - left - INSET, self.height())
        painter.drawText(area, _RIGHT, count)
        taken = QFontMetrics(theme.font("small")).horizontalAdvance(count) + 8
        font = theme.font("small", weight)
        painter.setFont(font)
        painter.setPen(theme.color(token))
        room = max(0, area.width() - (taken if count else 0))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, words)


class ViewRow(SideRow):
    """A saved view: icon, name, count; the chosen one on `bg3`."""

    def __init__(self, theme: Theme, icon: str, name: str, count: str, parent: QWidget) -> None:
        super().__init__(theme, Size.ROW_VIEW, name, parent)
        self._icon, self._name, self._count, self._on = icon, name, count, False

    @property
    def count_words(self) -> str:
        """The count as shown."""
        return self._count

    def set_state(self, count: str, *, chosen: bool) -> None:
        """Show another count, and whether it is the chosen one."""
        if (count, chosen) != (self._count, self._on):
            self._count, self._on = count, chosen
            self.setAccessibleName(f"{self._name}, {count}{', shown' if chosen else ''}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        if self._on or self.hover:
            amount = 1.0 if self._on else 0.5
            painter.fillRect(self.rect(), self.theme.mixed("bg3", amount, "bg1"))
        icon = QRect(INSET, 0, self.theme.px(14), self.height())
        token = "t1" if self._on else "t2"
        paint_icon(painter, self.theme, self._icon, icon, token, size=self.theme.px(14))
        left = INSET + self.theme.px(14) + 8
        self.write(painter, left, self._name, self._count, token, 500 if self._on else 400)


class FacetRow(SideRow):
    """A box to tick, its word and how many calls it would leave."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, Size.ROW_FACET, "", parent)
        self._label, self._count, self._on, self._band = "", "", False, ""

    def show_value(self, label: str, count: str, *, chosen: bool, band: str = "") -> None:
        """Fill the row; `band` is `latOk`, `latSlow` or `latLate` for a swatch before the word."""
        self._label, self._count, self._on, self._band = label, count, chosen, band
        self.setAccessibleName(f"{label}, {count}{', ticked' if chosen else ''}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter, theme = QPainter(self), self.theme
        if self.hover:
            painter.fillRect(self.rect(), theme.mixed("bg3", 0.5, "bg1"))
        side = paint_tick(painter, theme, INSET, self.height() / 2, self._on)
        left = INSET + round(side) + 8
        if self._band:
            height = {"latOk": 4, "latSlow": 8, "latLate": 12}[self._band]
            top = (self.height() - height) / 2
            painter.fillRect(QRectF(left, top, 8, height), theme.color(self._band))
            left += 16
        self.write(painter, left, self._label, self._count, "t1" if self._on else "t2")


class FacetHead(SideRow):
    """A facet's title with a caret; a click folds it."""

    def __init__(self, theme: Theme, title: str, parent: QWidget) -> None:
        super().__init__(theme, 28, title, parent)
        self._title, self.is_open = title, True

    def set_open(self, *, is_open: bool) -> None:
        """Turn the caret."""
        self.is_open = is_open
        self.setAccessibleName(f"{self._title}, {'open' if is_open else 'folded'}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        self.write(painter, INSET, self._title, "", "t1" if self.hover else "t2", 500)
        caret = QRect(self.width() - INSET - 12, 0, 12, self.height())
        name = "caret-down" if self.is_open else "caret-right"
        paint_icon(painter, self.theme, name, caret, "t3", size=12)
