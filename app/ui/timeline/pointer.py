"""What the mouse means over the lanes: seek, loop by dragging, scroll, zoom at the pointer."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from app.domain.calls import Span
from app.domain.ratings import Comment
from app.ui.timeline.canvas import Canvas

DRAG_PX = 4
ZOOM_PER_NOTCH = 1.25
NOTCH = 120
SCROLL_PX_PER_NOTCH = 90


class Tool(Protocol):
    """Something that may take the mouse before the pointer does, such as boundary editing."""

    def press(self, x: int, y: int) -> bool:
        """The left button went down; True to take the drag."""

    def drag(self, x: int, y: int) -> None:
        """The mouse moved while taken."""

    def release(self) -> None:
        """The button came up."""

    def over(self, x: int, y: int) -> bool:
        """Whether (x, y) is something that can be dragged sideways."""


class Pointer(QObject):
    """Listens to a canvas's mouse."""

    seeked = Signal(int)
    """A frame was clicked."""
    turn_chosen = Signal(str)
    """A turn was clicked."""
    turn_zoomed = Signal(str)
    """A turn was double-clicked."""
    pin_chosen = Signal(object)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas, self._view = canvas, canvas.scene.view
        self.tool: Tool | None = None
        self._pressed_x: int | None = None
        self._dragging = False
        self._taken = False
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QWheelEvent):
            self._wheel(event)
            return True
        if isinstance(event, QMouseEvent):
            if kind == QEvent.Type.MouseButtonDblClick:
                return self._double(event)
            if kind == QEvent.Type.MouseButtonPress:
                return self._press(event)
            if kind == QEvent.Type.MouseMove:
                return self._move(event)
            if kind == QEvent.Type.MouseButtonRelease:
                return self._release(event)
        return False

    def _wheel(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        x = round(event.position().x())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._view.zoom(ZOOM_PER_NOTCH ** (delta.y() / NOTCH), x)
        else:
            steps = delta.x() or delta.y()
            self._view.scroll_px(round(-steps / NOTCH * SCROLL_PX_PER_NOTCH))
        event.accept()

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        x, y = round(event.position().x()), round(event.position().y())
        self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        self._dragging = False
        pin: Comment | None = self._canvas.overlays.pin_at(x, y)
        if pin is not None:
            self._pressed_x = None
            self.pin_chosen.emit(pin)
            return True
        if self.tool is not None and self.tool.press(x, y):
            self._taken = True
            return True
        self._pressed_x = x
        return True

    def _move(self, event: QMouseEvent) -> bool:
        x, y = round(event.position().x()), round(event.position().y())
        if self._taken and self.tool is not None:
            self.tool.drag(x, y)
        elif self._pressed_x is not None:
            if abs(x - self._pressed_x) >= DRAG_PX:
                self._dragging = True
            if self._dragging:
                a, b = sorted((self._view.frame_at(self._pressed_x), self._view.frame_at(x)))
                self._view.select(Span(a, b))
        else:
            self._show_cursor(x, y)
        return False

    def _show_cursor(self, x: int, y: int) -> None:
        sideways = self.tool is not None and self.tool.over(x, y)
        shape = Qt.CursorShape.SizeHorCursor if sideways else Qt.CursorShape.ArrowCursor
        if self._canvas.cursor().shape() != shape:
            self._canvas.setCursor(shape)

    def _release(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if self._taken:
            self._taken = False
            if self.tool is not None:
                self.tool.release()
            return True
        if self._pressed_x is None:
            return True
        self._pressed_x = None
        drawn = self._view.selection
        if self._dragging and drawn is not None:
            self._view.select(None)
            if drawn.frames:
                self._view.set_loop(drawn)
            return True
        self._click(round(event.position().x()), round(event.position().y()))
        return True

    def _click(self, x: int, y: int) -> None:
        turn_id = self._turn_at(x, y)
        if turn_id:
            self.turn_chosen.emit(turn_id)
        self.seeked.emit(self._view.frame_at(x))

    def _double(self, event: QMouseEvent) -> bool:
        turn_id = self._turn_at(round(event.position().x()), round(event.position().y()))
        if turn_id:
            self.turn_zoomed.emit(turn_id)
        return True

    def _turn_at(self, x: int, y: int) -> str | None:
        """The turn under the pointer: in its lane, or in the waveform of its speaker."""
        lane = self._canvas.lane_at(y)
        if lane is None:
            return None
        hit = lane.hit(x, y - lane.top)
        return hit.turn_id if hit is not None else None
