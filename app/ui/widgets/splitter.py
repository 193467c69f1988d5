"""Splitter panes with a 1 px visible line and a 7 px grab area."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size


class _Grab(QWidget):
    """The invisible area either side of the line."""

    def __init__(self, handle: LineHandle, window: QWidget) -> None:
        super().__init__(window)
        self._handle = handle
        across = handle.orientation() == Qt.Orientation.Horizontal
        self.setCursor(Qt.CursorShape.SplitHCursor if across else Qt.CursorShape.SplitVCursor)

    def _pass_on(self, event: QMouseEvent) -> None:
        local = self._handle.mapFromGlobal(event.globalPosition())
        copy = QMouseEvent(
            event.type(),
            local,
            event.globalPosition(),
            event.button(),
            event.buttons(),
            event.modifiers(),
        )
        {
            QEvent.Type.MouseButtonPress: self._handle.mousePressEvent,
            QEvent.Type.MouseButtonRelease: self._handle.mouseReleaseEvent,
            QEvent.Type.MouseMove: self._handle.mouseMoveEvent,
        }[event.type()](copy)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag."""
        self._pass_on(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        self._pass_on(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._pass_on(event)


class LineHandle(QSplitterHandle):
    """A hairline; its grab area lies over the panes beside it."""

    def __init__(self, theme: Theme, orientation: Qt.Orientation, parent: QSplitter) -> None:
        super().__init__(orientation, parent)
        self._theme = theme
        self._grab = _Grab(self, parent)
        self.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep the grab area over the line."""
        if event.type() in (
            QEvent.Type.Move,
            QEvent.Type.Resize,
            QEvent.Type.Show,
            QEvent.Type.Hide,
        ):
            out = Size.SPLITTER_GRAB // 2
            across = self.orientation() == Qt.Orientation.Horizontal
            dx, dy = (out, 0) if across else (0, out)
            corner = self.mapTo(self.splitter(), QPoint(0, 0))
            self._grab.setGeometry(QRect(corner, self.size()).adjusted(-dx, -dy, dx, dy))
            self._grab.setVisible(not self.isHidden())
            self._grab.raise_()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        QPainter(self).fillRect(self.rect(), self._theme.color("line1"))


class LineSplitter(QSplitter):
    """A splitter with line handles."""

    def __init__(
        self,
        theme: Theme,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self._theme = theme
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        """A hairline."""
        return LineHandle(self._theme, self.orientation(), self)
