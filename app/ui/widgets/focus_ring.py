"""The focus ring: 2 px, 2 px outside the control, only while focus is moved by the keyboard.

One overlay per window follows the application's focus. A widget with the property `ring`
set to `inside` (tables, plots) gets it inside its edge, with `none` it draws its own.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.actions import ActionTable
from app.ui.theme import Theme
from app.ui.tokens import Size

_OUT = 4  # 2 px of gap and 2 px of ring
_FOLLOWED = frozenset(
    {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show, QEvent.Type.KeyPress}
)


class FocusRing(QWidget):
    """Overlay of one window; transparent to the pointer."""

    def __init__(self, window: QWidget, theme: Theme, actions: ActionTable) -> None:
        super().__init__(window)
        self._theme, self._actions = theme, actions
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._target is not None:
            self._target.removeEventFilter(self)
        inside = new is not None and self.window().isAncestorOf(new)
        self._target = new if inside else None
        if self._target is not None:
            self._target.installEventFilter(self)
            self._target.destroyed.connect(self._forget)
        self.follow()

    def _forget(self) -> None:
        self._target = None
        self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the focused widget about."""
        if event.type() in _FOLLOWED:
            self.follow()
        return False

    def follow(self) -> None:
        """Lie around the focused widget, or hide."""
        target = self._target
        where = target.property("ring") if target is not None else "none"
        if (
            target is None
            or where == "none"
            or not self._actions.keyboard_mode
            or not target.isVisible()
        ):
            self.hide()
            return
        out = 0 if where == "inside" else _OUT
        corner = target.mapTo(self.window(), QPoint(0, 0))
        self.setGeometry(QRect(corner, target.size()).adjusted(-out, -out, out, out))
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.pen("focus", Size.RING))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, Size.RADIUS + 2, Size.RADIUS + 2)
