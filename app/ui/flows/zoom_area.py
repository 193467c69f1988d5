"""An area that scrolls and zooms over something painted; it knows only how large that is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QWidget

LEAST_ZOOM, FIT_ZOOM, MOST_ZOOM, ZOOM_STEP = 0.5, 0.88, 1.6, 1.12
EDGE_PX, STEP_PX = 16, 24


class ZoomArea(QAbstractScrollArea):
    """Ctrl and the wheel zoom at the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zoom = 1.0
        self._whole = QSizeF()
        self._over: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", "inside")
        self.setStyleSheet("QAbstractScrollArea::corner { background: transparent; }")

    def set_whole(self, width: float, height: float) -> None:
        """How large the painted thing is at 100 %."""
        self._whole = QSizeF(width, height)
        self._fit_bars()
        self.viewport().update()

    def lay_over(self, strip: QWidget) -> None:
        """Let a strip lie over the upper edge, so that nothing moves when it shows."""
        strip.setParent(self)
        self._over = strip

    def fit(self) -> None:
        """As much as can still be read."""
        if not self._whole.isEmpty():
            room = self.viewport().size()
            wanted = min(room.width() / self._whole.width(), room.height() / self._whole.height())
            self.set_zoom(min(1.0, max(FIT_ZOOM, wanted)))

    def set_zoom(self, zoom: float, around: QPointF | None = None) -> None:
        """Zoom, keeping a point where it is."""
        centre = around or QPointF(self.viewport().rect().center())
        kept = self.at(centre)
        self.zoom = min(MOST_ZOOM, max(LEAST_ZOOM, zoom))
        self._fit_bars()
        corner = kept * self.zoom - centre
        self.horizontalScrollBar().setValue(round(corner.x()))
        self.verticalScrollBar().setValue(round(corner.y()))
        self.viewport().update()

    def bring(self, box: QRectF) -> None:
        """Scroll until a box, at 100 %, is seen."""
        room = self.viewport().size()
        for bar, low, high, seen in (
            (self.horizontalScrollBar(), box.left(), box.right(), room.width()),
            (self.verticalScrollBar(), box.top(), box.bottom(), room.height()),
        ):
            first, last = low * self.zoom - EDGE_PX, high * self.zoom + EDGE_PX
            if first < bar.value():
                bar.setValue(round(first))
            elif last > bar.value() + seen:
                bar.setValue(round(last - seen))

    def at(self, point: QPointF) -> QPointF:
        """A point of the viewport at 100 %."""
        return (point + self._corner) / self.zoom

    def look(self, painter: QPainter) -> None:
        """Let a painter paint at 100 %."""
        painter.translate(-self._corner)
        painter.scale(self.zoom, self.zoom)

    @property
    def _corner(self) -> QPointF:
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        return QPointF(*(bar.value() for bar in bars))

    def _fit_bars(self) -> None:
        room, whole = self.viewport().size(), self._whole * self.zoom
        _fit(self.horizontalScrollBar(), whole.width(), room.width())
        _fit(self.verticalScrollBar(), whole.height(), room.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The strip keeps to the upper edge."""
        super().resizeEvent(event)
        self._fit_bars()
        if self._over is not None:
            self._over.setGeometry(0, 0, self.width(), self._over.height())
            self._over.raise_()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom at the pointer."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP
            self.set_zoom(self.zoom * factor, event.position())
        else:
            super().wheelEvent(event)


def _fit(bar: QScrollBar, whole: float, room: int) -> None:
    bar.setRange(0, max(0, round(whole) - room))
    bar.setPageStep(room)
    bar.setSingleStep(STEP_PX)
