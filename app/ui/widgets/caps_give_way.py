"""A row of words and buttons in which the key caps give way before the words do."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from app.ui.widgets.buttons import Button


class CapsGiveWay(QObject):
    """Takes the caps off a row's buttons while there is no room for all that the row says.

    Args:
        row: has a horizontal layout; what it says may be elided.
        buttons: those in the row that have a cap.
    """

    def __init__(self, row: QWidget, buttons: Iterable[Button]) -> None:
        super().__init__(row)
        self._row, self._buttons = row, tuple(buttons)
        row.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when the room or what is in it changes."""
        if watched is self._row and event.type() in (
            QEvent.Type.Resize,
            QEvent.Type.LayoutRequest,
        ):
            self._settle()
        return False

    def _settle(self) -> None:
        layout = self._row.layout()
        if layout is None:
            return
        seen = [button for button in self._buttons if not button.isHidden()]
        bare = layout.sizeHint().width() - sum(b.cap_px for b in seen if b.shows_cap)
        fits = bare + sum(button.cap_px for button in seen) <= self._row.width()
        for button in self._buttons:
            button.show_cap(shown=fits)
