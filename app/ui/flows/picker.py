"""A choice that folds down, with the caret that says so."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Role

CARET_PX = 24


class Picker(QComboBox):
    """Follows the theme."""

    def __init__(self, theme: Theme, name: str, role: Role = "small") -> None:
        super().__init__()
        self._theme, self._role = theme, role
        self.setAccessibleName(name)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._role))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The choice, and the caret."""
        super().paintEvent(event)
        area = QRect(self.width() - CARET_PX, 0, CARET_PX, self.height())
        token = "t2" if self.isEnabled() else "t3"
        paint_icon(QPainter(self), self._theme, "caret-down", area, token, size=10)
