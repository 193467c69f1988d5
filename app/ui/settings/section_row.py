"""One section in the list at the left of the settings."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.ui.theme import Theme
from app.ui.tokens import Size

_WIDTH = 168
_ROW = 32
_INSET = 20


class SectionRow(QAbstractButton):
    """A word; the current one on the tint with the accent bar."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(name)
        self.setCheckable(True)
        self.setProperty("ring", "inside")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """A row."""
        return QSize(self._theme.px(_WIDTH), self._theme.px(_ROW))

    def nextCheckState(self) -> None:
        """The dialog says which is current."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        is_on = self.isChecked()
        if is_on:
            painter.fillRect(self.rect(), self._theme.color("bg3"))
            bar = QRect(0, 0, Size.SELECTION_BAR, self.height())
            painter.fillRect(bar, self._theme.color("accent"))
        painter.setFont(self._theme.font("body", 500 if is_on else 400))
        painter.setPen(self._theme.color("t1" if is_on else "t2"))
        area = self.rect().adjusted(_INSET, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
