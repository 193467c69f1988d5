"""The rail: the places of the work in their order, words under icons; data, not code."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Size


@dataclass(frozen=True, slots=True)
class Place:
    """One item of the rail. `key` is the screen's key, or the action's id for the lower ones."""

    key: str
    word: str
    icon: str
    action: str
    is_screen: bool = True


PLACES: tuple[Place, ...] = (
    Place("library", "Library", "books", "go.library"),
    Place("review", "Review", "waves", "go.review"),
    Place("score", "Score", "check-square", "go.score"),
    Place("listen", "Listen", "headphones", "go.listen"),
    Place("live", "Live", "phone-call", "go.live"),
    Place("studies", "Studies", "users-three", "go.studies"),
    Place("judges", "Judges", "robot", "go.judges"),
    Place("calibrate", "Calibrate", "scales", "go.calibrate"),
    Place("scores", "Results", "table", "go.scores"),
    Place("runs", "Runs", "stack", "go.runs"),
)
FOOT: tuple[Place, ...] = (
    Place("app.settings", "Settings", "gear", "app.settings", is_screen=False),
    Place("app.keys", "Keys", "question", "app.keys", is_screen=False),
)


QUIET = 0.4
"""Opacity of the other places during a trial."""


class RailItem(QAbstractButton):
    """One place: 20 px icon over a word; the current one has the accent bar at its left."""

    def __init__(self, theme: Theme, actions: ActionTable, place: Place, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._actions, self.place = theme, actions, place
        self._hover = self._quiet = self._dot = False
        self._badge = 0
        self.setText(place.word)
        self.setCheckable(place.is_screen)
        self.setAccessibleName(place.word)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("ring", "inside")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        actions.changed.connect(self._retip)
        theme.changed.connect(self.updateGeometry)
        self._retip()

    def _retip(self) -> None:
        self.setToolTip(self._actions.tip(self.place.action))

    def set_quiet(self, quiet: bool) -> None:
        """Step back while a person must not be distracted."""
        if quiet != self._quiet:
            self._quiet = quiet
            self.update()

    def set_badge(self, count: int) -> None:
        """Show a number at the icon; 0 shows none."""
        if count != self._badge:
            self._badge = count
            word = self.place.word
            self.setAccessibleName(f"{word}, {count} active" if count else word)
            self.update()

    def set_dot(self, shown: bool, words: str = "") -> None:
        """Show that something goes on here; `words` say what."""
        if shown != self._dot:
            self._dot = shown
            word = self.place.word
            self.setAccessibleName(f"{word}, {words}" if shown else word)
            self.update()

    def nextCheckState(self) -> None:
        """A click asks; the window says which place is current."""

    def sizeHint(self) -> QSize:
        """64 by 54 px, growing with the text."""
        return QSize(rail_width(self._theme), self._theme.px(Size.RAIL_ITEM))

    def minimumSizeHint(self) -> QSize:
        """Lower where the window is."""
        return QSize(rail_width(self._theme), self._theme.px(Size.RAIL_ITEM_LOW))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show hover."""
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """End hover."""
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint icon, word and the bar of the current place."""
        painter, theme = QPainter(self), self._theme
        is_on = self.isChecked()
        token = "t1" if is_on or self._hover else "t3"
        if self._quiet and not is_on and not self._hover:
            painter.setOpacity(QUIET)
        size = theme.px(20)
        top = (self.height() - size - theme.line("label") - 4) // 2
        paint_icon(
            painter, theme, self.place.icon, QRect(0, top, self.width(), size), token, size=size
        )
        if self._badge:
            self._paint_badge(painter, self.width() // 2 + theme.px(14), top + theme.px(2))
        if self._dot:
            self._paint_dot(painter, self.width() / 2 + theme.px(12), top + theme.px(3))
        painter.setFont(theme.font("label", 600 if is_on else 400))
        painter.setPen(theme.color(token))
        word = QRect(0, top + size + 4, self.width(), theme.line("label"))
        painter.drawText(word, Qt.AlignmentFlag.AlignCenter, self.place.word)
        if is_on:
            bar = theme.px(36)
            middle = self.height() // 2
            painter.fillRect(QRect(0, middle - bar // 2, Size.RAIL_BAR, bar), theme.color("accent"))

    def _paint_dot(self, painter: QPainter, x: float, y: float) -> None:
        """A disc around (`x`, `y`), cut out of the icon beneath."""
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.pen("bg0", 2))
        painter.setBrush(self._theme.color("danger"))
        half = self._theme.px(5)
        painter.drawEllipse(QRectF(x - half, y - half, 2 * half, 2 * half))

    def _paint_badge(self, painter: QPainter, x: int, y: int) -> None:
        """A number in a disc around (`x`, `y`), cut out of the icon beneath."""
        theme = self._theme
        words = str(self._badge) if self._badge < 100 else "99+"
        font = theme.font("lane", 600)
        high = theme.px(16)
        wide = max(high, round(QFontMetricsF(font).horizontalAdvance(words)) + theme.px(8))
        disc = QRectF(x - high / 2, y - high / 2, wide, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("bg0", 2))
        painter.setBrush(theme.color("bg3"))
        painter.drawRoundedRect(disc.adjusted(-1, -1, 1, 1), high / 2 + 1, high / 2 + 1)
        painter.setPen(theme.color("t1"))
        painter.setFont(font)
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, words)


def rail_width(theme: Theme) -> int:
    """Width of the rail in px: 64, more where larger text needs it."""
    return max(Size.RAIL, theme.px(Size.RAIL))


class Rail(QWidget):
    """The column of places. `chosen(key)` carries a screen's key or an action's id."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Places")
        self._items: dict[str, RailItem] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 28)
        layout.setSpacing(0)
        for place in PLACES:
            layout.addWidget(self._make(actions, place))
        layout.addStretch()
        for place in FOOT:
            layout.addWidget(self._make(actions, place))
        theme.changed.connect(self.update)

    def _make(self, actions: ActionTable, place: Place) -> RailItem:
        item = RailItem(self._theme, actions, place, self)
        item.clicked.connect(lambda: self.chosen.emit(place.key))
        self._items[place.key] = item
        return item

    def item(self, key: str) -> RailItem:
        """The item of a place."""
        return self._items[key]

    def set_badge(self, key: str, count: int) -> None:
        """Show how many things go on at a place."""
        self._items[key].set_badge(count)

    def set_dot(self, key: str, shown: bool, words: str = "") -> None:
        """Show that something goes on at a place."""
        self._items[key].set_dot(shown, words)

    def set_quiet(self, quiet: bool) -> None:
        """Let the other places step back while a person must not be distracted."""
        for item in self._items.values():
            item.set_quiet(quiet)

    def set_current(self, key: str) -> None:
        """Mark the place where the person is."""
        for item in self._items.values():
            item.setChecked(item.place.is_screen and item.place.key == key)
            item.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, with the hairline at the right."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg0"))
        edge = QRect(self.width() - 1, 0, 1, self.height())
        painter.fillRect(edge, self._theme.color("line1"))
