"""Push-to-talk: down while the key is held, up when it is let go, wherever the focus went."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication


class TalkKey(QObject):
    """`held(down)`. The action table tells of the press; the release is looked for here."""

    held = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_down = False

    def press(self) -> None:
        """The key went down."""
        if not self.is_down:
            self.is_down = True
            QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
            self.held.emit(True)

    def release(self) -> None:
        """The key is up, or cannot be known to be down any more."""
        if self.is_down:
            self.is_down = False
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
            self.held.emit(False)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look for the release, or for another window coming to the front."""
        if event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
                self.release()
        elif event.type() == QEvent.Type.ApplicationDeactivate:
            self.release()
        return False
