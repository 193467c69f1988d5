"""A slider for one weight, in per cent; a notch marks the published one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy

from app.ui.theme import Theme

HANDLE_PX, TRACK_PX, NOTCH_PX = 12, 4, 10


class WeightSlider(QAbstractSlider):
    """0 to `most` per cent; arrows step by one, Page Up and Page Down by ten."""

    def __init__(self, theme: Theme, name: str, notch: float, *, most: int = 100) -> None:
        super().__init__()
        self._theme, self._notch = theme, notch
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, most)
        self.setSingleStep(1)
        self.setPageStep(10)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(lambda _value: self.update())

    def sizeHint(self) -> QSize:
        """20 px high."""
        return QSize(90, self._theme.px(20))

    def minimumSizeHint(self) -> QSize:
        """May be short."""
        return QSize(60, self._theme.px(20))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """To where the pointer is."""
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls instead."""
        event.ignore()

    def _follow(self, event: QMouseEvent) -> None:
        if self.isEnabled():
            room = max(1.0, self.width() - HANDLE_PX)
            share = (event.position().x() - HANDLE_PX / 2) / room
            self.setValue(round(share * self.maximum()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, the part below the handle, the notch, the handle."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        track = QRectF(HANDLE_PX / 2, middle - TRACK_PX / 2, self.width() - HANDLE_PX, TRACK_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("bg3"))
        painter.drawRoundedRect(track, 2, 2)
        x = self._x(self.value())
        painter.setBrush(theme.color("accent") if self.isEnabled() else theme.color("line3"))
        painter.drawRoundedRect(QRectF(track.left(), track.top(), x - track.left(), TRACK_PX), 2, 2)
        notch = self._x(self._notch * 100)
        painter.fillRect(QRectF(notch - 0.5, middle - NOTCH_PX / 2, 1, NOTCH_PX), theme.color("t3"))
        if self.isEnabled():
            painter.setBrush(theme.color("t1"))
            painter.drawEllipse(QPointF(x, middle), HANDLE_PX / 2, HANDLE_PX / 2)

    def _x(self, value: float) -> float:
        room = self.width() - HANDLE_PX
        return HANDLE_PX / 2 + room * min(value, self.maximum()) / self.maximum()
