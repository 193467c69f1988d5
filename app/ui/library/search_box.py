"""The search box: typed filters become chips, plain words stay text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.library.query_text import SearchText, chip_of, split
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.keycap import KeyCap
from app.ui.widgets.tips import plain_tip

DEBOUNCE_MS = 120
_CHIP_H = 20


class Chip(QWidget):
    """One typed filter; its cross takes it out."""

    removed = Signal(str)

    def __init__(self, theme: Theme, token: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self.token = theme, token
        chip = chip_of(token)
        self._name, self._value = chip.label, chip.value
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Filter {self._name} {self._value}")
        self.setToolTip(plain_tip(token))
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        """As wide as its words and the cross."""
        metrics = QFontMetricsF(self._theme.font("small", 500))
        words = metrics.horizontalAdvance(self._name) + 4 + metrics.horizontalAdvance(self._value)
        return QSize(round(words) + 30, self._theme.px(_CHIP_H))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The cross removes the chip."""
        if event.position().x() > self.width() - 20:
            self.removed.emit(self.token)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Key in `t2`, value in `t1`, a cross."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen if not theme.is_contrast else theme.pen("line2"))
        painter.setBrush(theme.color("bg3"))
        painter.drawRoundedRect(QRectF(self.rect()), Size.RADIUS_CAP, Size.RADIUS_CAP)
        metrics = QFontMetricsF(theme.font("small"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2"))
        painter.drawText(QRectF(7, 0, self.width(), self.height()), middle, self._name)
        x = 7 + metrics.horizontalAdvance(self._name) + 4
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color("t1"))
        painter.drawText(QRectF(x, 0, self.width() - x - 18, self.height()), middle, self._value)
        cross = self.rect()
        cross.setLeft(self.width() - 19)
        paint_icon(painter, theme, "x", cross, "t2", size=10)


class SearchBox(QWidget):
    """Chips and a text field in one frame. `changed(query text)` follows typing, with a pause."""

    changed = Signal(str)
    left = Signal()
    """Enter, Down or Esc: the person wants to go on in the table."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._filters: tuple[str, ...] = ()
        self._chips: list[Chip] = []
        self._keys: dict[Qt.Key, Callable[[], bool]] = {
            Qt.Key.Key_Space: self._take_filters,
            Qt.Key.Key_Return: self._on_enter,
            Qt.Key.Key_Enter: self._on_enter,
            Qt.Key.Key_Down: self._leave,
            Qt.Key.Key_Backspace: self._on_backspace,
            Qt.Key.Key_Escape: self._on_escape,
        }
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(32, 0, 8, 0)
        self._layout.setSpacing(6)
        self.edit = QLineEdit(self)
        self.edit.setFrame(False)
        self.edit.setStyleSheet("QLineEdit { border: none; background: transparent; padding: 0; }")
        self.edit.setAccessibleName("Search calls")
        self.edit.setProperty("ring", "none")
        self.edit.installEventFilter(self)
        self._cap = KeyCap(theme, actions.cap("library.search"), self)
        self._layout.addWidget(self.edit, 1)
        self._layout.addWidget(self._cap)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._tell)
        self.edit.textEdited.connect(lambda _text: self._timer.start())
        actions.changed.connect(lambda: self._cap.set_text(actions.cap("library.search")))
        theme.changed.connect(self._restyle)
        self._restyle()
        self.set_usable(usable=True)

    def _restyle(self) -> None:
        self.edit.setFont(self._theme.font("body"))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """28 px high."""
        return QSize(640, self._theme.px(Size.CONTROL))

    @property
    def search(self) -> SearchText:
        """What is asked for now."""
        return SearchText(self._filters, self.edit.text().strip())

    def set_text(self, text: str) -> None:
        """Show a query without telling anyone."""
        search = split(text)
        self._timer.stop()
        self.edit.setText(search.words)
        self._show_chips(search.filters)

    def set_filters(self, filters: tuple[str, ...]) -> None:
        """Replace the typed filters, as the facets do, and tell."""
        self._show_chips(filters)
        self._tell()

    def set_usable(self, *, usable: bool) -> None:
        """Off while there are no calls."""
        self.edit.setEnabled(usable)
        self.edit.setPlaceholderText(
            "Words in transcripts, or filters such as p95:>1s overlap:>=3 human:none"
            if usable
            else "Search opens when there are calls"
        )

    def start_typing(self) -> None:
        """Put the cursor in the box."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def clear(self) -> None:
        """Ask for everything."""
        self.set_text("")
        self._tell()

    def _tell(self) -> None:
        self._timer.stop()
        self.changed.emit(self.search.text)

    def _show_chips(self, filters: tuple[str, ...]) -> None:
        self._filters = filters
        for chip in self._chips:
            self._layout.removeWidget(chip)
            chip.deleteLater()
        self._chips = [Chip(self._theme, token, self) for token in filters]
        for index, chip in enumerate(self._chips):
            self._layout.insertWidget(index, chip)
            chip.removed.connect(self._remove)
            chip.show()

    def _remove(self, token: str) -> None:
        self.set_filters(tuple(f for f in self._filters if f != token))

    def _take_filters(self) -> bool:
        """Typed filters leave the text and become chips; True where there was one."""
        search = split(self.edit.text())
        if not search.filters:
            return False
        self.edit.setText(search.words + (" " if search.words else ""))
        self.set_filters((*self._filters, *search.filters))
        return True

    def _on_enter(self) -> bool:
        if not self._take_filters():
            self._tell()
            self.left.emit()
        return True

    def _leave(self) -> bool:
        self._tell()
        self.left.emit()
        return True

    def _on_escape(self) -> bool:
        if self.edit.text():
            self.edit.clear()
            self._tell()
        else:
            self.left.emit()
        return True

    def _on_backspace(self) -> bool:
        if self.edit.cursorPosition() or self.edit.hasSelectedText() or not self._filters:
            return False
        self.set_filters(self._filters[:-1])
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Space, Backspace, Down and Esc in the text field; the frame follows its focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            handler = self._keys.get(Qt.Key(event.key()))
            if handler is not None and plain == Qt.KeyboardModifier.NoModifier:
                return handler()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """A click beside the text goes into it."""
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Chips never push the text field out."""
        super().resizeEvent(event)
        self.edit.setMinimumWidth(min(120, self.width() // 3))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The frame and the magnifying glass."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = "t2" if self.edit.hasFocus() else "line2" if not self.edit.isEnabled() else "line3"
        painter.setPen(theme.pen(line))
        painter.setBrush(theme.color("canvas" if self.edit.isEnabled() else "bg1"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        area = self.rect()
        area.setWidth(32)
        paint_icon(painter, theme, "magnifying-glass", area, "t3", size=14)
