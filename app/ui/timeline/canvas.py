"""The lanes as one widget: kept picture below, marks and play-head above, mouse on top.

What moves often (play-head, loop, selection, hover) is drawn over the kept picture in `paintEvent`
and repaints only its own columns.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.timeline.lane import Lane, Scene
from app.ui.timeline.overlays import Overlays
from app.ui.timeline.ruler import Ruler
from app.ui.timeline.static_layer import StaticLayer
from app.ui.timeline.wave_lane import WaveLane
from app.ui.widgets.tips import plain_tip

HEAD_REACH_PX = 64
"""How far the play-head's flag clears ruler labels to either side."""


class Canvas(QWidget):
    """All lanes of one timing view, on one time axis."""

    resized = Signal()

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self.lanes: list[Lane] = []
        self.overlays = Overlays(self)
        self._static = StaticLayer(self._paint_lanes)
        self._head_x = -1
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scene.view.on("view", self._on_view)
        scene.view.on("cursor", self.move_head)
        scene.view.on("selection", self.update)
        scene.view.on("loop", self.update)
        scene.theme.changed.connect(self.relayout)

    # layout ----------------------------------------------------------------------------------

    def set_lanes(self, lanes: list[Lane]) -> None:
        """Show these lanes, top to bottom."""
        self.lanes = lanes
        self.relayout()

    def relayout(self) -> None:
        """Stack the lanes again, such as after a change of theme or font scale."""
        top = 0
        for lane in self.lanes:
            lane.top = top
            top += lane.height
        self.setFixedHeight(max(1, top))
        self.refresh()

    def lane(self, key: str) -> Lane | None:
        """The lane of that key, if it is shown."""
        return next((lane for lane in self.lanes if lane.key == key), None)

    @property
    def ruler_height(self) -> int:
        """Height of the ruler at the top."""
        return self.lanes[0].height if self.lanes and isinstance(self.lanes[0], Ruler) else 0

    @property
    def waves(self) -> QRect:
        """The rectangle of the waveforms."""
        found = [lane for lane in self.lanes if isinstance(lane, WaveLane)]
        if not found:
            return QRect()
        top = found[0].top
        return QRect(0, top, self.width(), found[-1].top + found[-1].height - top)

    def refresh(self, lanes: tuple[str, ...] = (), columns: tuple[int, int] | None = None) -> None:
        """Paint again: everything, or some lanes, or some columns (px) of some lanes."""
        if not lanes:
            self._static.invalidate()
        else:
            left, right = columns or (0, self.width())
            self._static.invalidate(
                [
                    QRect(left, lane.top, right - left, lane.height)
                    for lane in self.lanes
                    if lane.key in lanes
                ]
            )
        self.update()

    @property
    def painted_columns(self) -> int:
        """Columns of lanes painted so far; moving the play-head adds none."""
        return self._static.painted_columns

    # painting --------------------------------------------------------------------------------

    def _paint_lanes(self, painter: QPainter, rect: QRect) -> None:
        theme = self.scene.theme
        painter.fillRect(rect, theme.color("canvas"))
        for lane in self.lanes:
            row = QRect(rect.left(), lane.top, rect.width(), lane.height)
            part = row.intersected(rect)
            if part.isEmpty():
                continue
            painter.save()
            painter.setClipRect(part)
            if isinstance(lane, Ruler):
                painter.fillRect(part, theme.color("bg1"))
            lane.paint(painter, part)
            painter.fillRect(
                part.left(), lane.top + lane.height - 1, part.width(), 1, theme.color("line1")
            )
            painter.restore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        image = self._static.image(self.scene.view, self.height(), self.devicePixelRatioF())
        ratio, rect = image.devicePixelRatio(), event.rect()
        source = QRectF(
            rect.left() * ratio, rect.top() * ratio, rect.width() * ratio, rect.height() * ratio
        )
        painter.drawImage(QRectF(rect), image, source)
        self.overlays.paint(painter, event.rect())
        if self.lanes and isinstance(self.lanes[0], Ruler):
            self.lanes[0].paint_labels(painter, event.rect(), self.overlays.taken_in_ruler())
        self.overlays.paint_head(painter)

    def _on_view(self) -> None:
        self._head_x = self.scene.view.x_of(self.scene.view.cursor)
        self.update()

    def move_head(self) -> None:
        """Repaint the strips that the play-head left and entered, and the ruler around them."""
        x = self.scene.view.x_of(self.scene.view.cursor)
        if x == self._head_x:
            return
        for at in (self._head_x, x):
            if -HEAD_REACH_PX <= at <= self.width() + HEAD_REACH_PX:
                self.update(at - 2, 0, 5, self.height())
                self.update(at - HEAD_REACH_PX, 0, 2 * HEAD_REACH_PX, self.ruler_height)
        self._head_x = x

    def sizeHint(self) -> QSize:
        return QSize(800, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.scene.view.resize(self.width())
        self.resized.emit()

    # pointing --------------------------------------------------------------------------------

    def lane_at(self, y: int) -> Lane | None:
        """The lane at `y`."""
        return next((x for x in self.lanes if x.top <= y < x.top + x.height), None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_tip(self, at: QPoint, screen: QPoint) -> None:
        tip = self.tip_at(at.x(), at.y())
        if tip:
            QToolTip.showText(screen, plain_tip(tip), self)
        else:
            QToolTip.hideText()

    def tip_at(self, x: int, y: int) -> str:
        """Words for what lies at (x, y)."""
        pin = self.overlays.pin_tip(x, y)
        if pin:
            return pin
        for tip_at in self.overlays.tips:
            if tip := tip_at(x, y):
                return tip
        lane = self.lane_at(y)
        hit = lane.hit(x, y - lane.top) if lane is not None else None
        return hit.tip if hit is not None else ""
