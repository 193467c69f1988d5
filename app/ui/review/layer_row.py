"""One speech layer in the recording tab: where it comes from, and whether it is in use."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.domain.segments import Layer
from app.ui.theme import Theme

ROW_PX, DOT_PX = 34, 12

ORIGINS = {
    "detector": "Detected",
    "platform": "Platform's log",
    "import": "Imported",
    "human": "Corrected",
    "plan": "Planned",
}


class LayerRow(QAbstractButton):
    """A radio row; `chosen` fires when it is clicked while not in use."""

    def __init__(self, theme: Theme, layer: Layer, *, in_use: bool) -> None:
        super().__init__()
        self._theme, self._layer = theme, layer
        self.setCheckable(True)
        self.setChecked(in_use)
        self.setAccessibleName(f"{ORIGINS[layer.origin]}: {layer.name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chosen = self.clicked

    def nextCheckState(self) -> None:
        """The panel says which is in use, once it is."""

    def sizeHint(self) -> QSize:
        return QSize(200, self._theme.px(ROW_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(DOT_PX)
        dot = QRect(1, theme.px(4), side, side)
        on = self.isChecked()
        painter.setPen(theme.pen("accent" if on else "line3", 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(dot.adjusted(3, 3, -3, -3))
        x, line = side + 9, theme.line("small")
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color("t1"))
        room = self.width() - x
        name = f"{ORIGINS[self._layer.origin]}: {self._layer.name}"
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(x, theme.px(2), room, line), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t3"))
        edits = f", {self._layer.version} edits" if self._layer.origin == "human" else ""
        words = f"{self._layer.producer}, version {self._layer.version}{edits}"
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        box = QRect(x, theme.px(2) + line, room, theme.line("label"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
