"""The graph of a flow: select, walk by arrows, draw an edge from node to node, delete one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.ui.flows.draft import FlowDraft
from app.ui.flows.graph_layout import Edge
from app.ui.flows.graph_pointer import GraphPointer, nearest
from app.ui.flows.graph_shapes import (
    BOX_W,
    LOOSE_GAP_PX,
    MARGIN,
    Marks,
    Shapes,
    paint_edge,
    paint_graph,
    shapes_of,
)
from app.ui.theme import Theme

LEAST_ZOOM, FIT_ZOOM, MOST_ZOOM, ZOOM_STEP = 0.5, 0.88, 1.6, 1.12
_WAYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class GraphView(QAbstractScrollArea):
    """Shows the draft's nodes. What it does not say in words, the list beside it does."""

    linking_changed = Signal(str)
    """Words while an edge is drawn by keys; empty when that ends."""
    edge_changed = Signal()

    def __init__(self, theme: Theme, draft: FlowDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._draft = theme, draft
        self._shapes = Shapes({}, {}, {}, 0.0, 0.0)
        self._placed_by: object = None
        """What the places follow from: they are found anew only when that changes."""
        self.marks = Marks()
        self.zoom = 1.0
        self._pointer = GraphPointer(self, draft)
        self.is_linking = False
        self._over: QWidget | None = None
        self._is_fresh = False
        """Just opened: what is selected then is not scrolled to."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", "inside")
        self.setStyleSheet("QAbstractScrollArea::corner { background: transparent; }")
        self.setAccessibleName("Graph of nodes")
        self.viewport().setMouseTracking(True)
        draft.changed.connect(self._on_changed)
        draft.opened.connect(self._on_opened)
        draft.selected_changed.connect(self._on_selected)
        theme.changed.connect(self._on_changed)

    # showing ------------------------------------------------------------------------------------

    @property
    def shapes(self) -> Shapes:
        """Where everything stands, at 100 % zoom."""
        return self._shapes

    def show_findings(self, findings: dict[str, str]) -> None:
        """Mark nodes that something is wrong with."""
        if findings != self.marks.findings:
            self.marks.findings = findings
            self.viewport().update()

    def lay_over(self, strip: QWidget) -> None:
        """Let a strip lie over the upper edge, so that nothing moves when it shows."""
        strip.setParent(self)
        self._over = strip

    def _on_opened(self) -> None:
        self._is_fresh = True
        self._on_changed()
        self.fit()

    def _on_changed(self) -> None:
        room = self.viewport().width() / self.zoom
        scale, nodes = self._theme.scale, self._draft.nodes
        columns = max(2, int((room - MARGIN) // (BOX_W * scale + LOOSE_GAP_PX)))
        placed_by = (scale, columns, tuple((n.id, n.prereq) for n in nodes))
        if placed_by == self._placed_by:
            self._shapes = replace(self._shapes, nodes={n.id: n for n in nodes})
        else:
            self._placed_by = placed_by
            self._shapes = shapes_of(nodes, scale, columns)
        if self.marks.edge not in self._shapes.edges:
            self.set_edge(None)
        self._fit_bars()
        self.viewport().update()

    def _on_selected(self, node_id: str) -> None:
        self.marks.node = node_id
        self.set_edge(None)
        node = self._draft.node
        if node is not None:
            needs = f", needs {', '.join(node.prereq)}" if node.prereq else ""
            self.setAccessibleDescription(f"{node.id}, {node.kind}: {node.text}{needs}")
            if not self._is_fresh:
                self.bring(node_id)
        self._is_fresh = False
        self.viewport().update()

    def fit(self) -> None:
        """As much of the graph as can still be read."""
        if self._shapes.width and self._shapes.height:
            room = self.viewport().size()
            wanted = min(room.width() / self._shapes.width, room.height() / self._shapes.height)
            self.zoom = min(1.0, max(FIT_ZOOM, wanted))
            self._on_changed()

    def bring(self, node_id: str) -> None:
        """Scroll until a node is seen."""
        box = self._shapes.boxes.get(node_id)
        if box is None:
            return
        view = self.viewport().rect()
        for bar, low, high, room in (
            (self.horizontalScrollBar(), box.left(), box.right(), view.width()),
            (self.verticalScrollBar(), box.top() - 16, box.bottom(), view.height()),
        ):
            low, high = low * self.zoom - MARGIN, high * self.zoom + MARGIN
            if low < bar.value():
                bar.setValue(round(low))
            elif high > bar.value() + room:
                bar.setValue(round(high - room))

    def _fit_bars(self) -> None:
        size = self.viewport().size()
        for bar, whole, room in (
            (self.horizontalScrollBar(), self._shapes.width, size.width()),
            (self.verticalScrollBar(), self._shapes.height, size.height()),
        ):
            bar.setRange(0, max(0, round(whole * self.zoom) - room))
            bar.setPageStep(room)
            bar.setSingleStep(24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Loose nodes fill the width anew."""
        super().resizeEvent(event)
        self._on_changed()
        if self._over is not None:
            self._over.setGeometry(0, 0, self.width(), self._over.height())
            self._over.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is seen."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("canvas"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.zoom, self.zoom)
        painter.translate(-self._origin)
        area = QRectF(event.rect())
        seen = QRectF(self.at(area.topLeft()), self.at(area.bottomRight()))
        paint_graph(painter, self._theme, self._shapes, self.marks, seen)
        line = self._pointer.line
        if line is not None:
            paint_edge(painter, self._theme, line, "accent", 2)

    @property
    def _origin(self) -> QPointF:
        """What stands at the top left, at 100 % zoom."""
        bars = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        return QPointF(bars[0] / self.zoom, bars[1] / self.zoom)

    def at(self, point: QPointF) -> QPointF:
        """A point of the viewport at 100 % zoom."""
        return point / self.zoom + self._origin

    # edges --------------------------------------------------------------------------------------

    @property
    def edge(self) -> Edge | None:
        """The selected edge."""
        return self.marks.edge

    def set_edge(self, edge: Edge | None) -> None:
        """Select an edge, or none."""
        if edge != self.marks.edge:
            self.marks.edge = edge
            self.edge_changed.emit()
            self.viewport().update()

    def remove_edge(self) -> bool:
        """Take the selected edge away; whether there was one."""
        edge = self.marks.edge
        if edge is None:
            return False
        self._draft.unlink(*edge)
        return True

    def begin_link(self) -> None:
        """Choose by arrows what the selected node needs; Enter takes it, Esc leaves."""
        node = self._draft.node
        if node is None or len(self._draft.nodes) < 2:
            return
        self.is_linking = True
        others = [n.id for n in self._draft.nodes if n.id != node.id]
        at = self._draft.nodes.index(node)
        self.aim(others[max(0, at - 1)])
        self.setFocus()

    def end_link(self, *, take: bool) -> None:
        """Leave choosing, with or without the edge."""
        target, self.is_linking = self.marks.target, False
        self.marks.target = ""
        self.linking_changed.emit("")
        self.viewport().update()
        if take and target:
            self._draft.link(target, self._draft.selected)

    def aim(self, node_id: str) -> None:
        """Choose where the edge that is being drawn would begin."""
        self.marks.target = node_id
        self.bring(node_id)
        words = (
            f"{self._draft.selected} needs {node_id}? Arrows choose, Enter takes it, Esc leaves."
        )
        self.linking_changed.emit(words)
        self.viewport().update()

    # keys ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk; while an edge is drawn they choose, and Enter takes."""
        key = Qt.Key(event.key())
        if key in _WAYS:
            self._walk(*_WAYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.is_linking:
            self.end_link(take=True)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self.zoom * ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.set_zoom(self.zoom / ZOOM_STEP)
        else:
            super().keyPressEvent(event)

    def _walk(self, dx: int, dy: int) -> None:
        at = self.marks.target if self.is_linking else self._draft.selected
        box = self._shapes.boxes.get(at)
        if box is None:
            return
        barred = {at, self._draft.selected} if self.is_linking else {at}
        near = nearest(self._shapes.boxes, box, (dx, dy), barred)
        if near:
            self.aim(near) if self.is_linking else self._draft.select(near)

    # pointer ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pointer.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw an edge from a node, or move the view."""
        self._pointer.move(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End the edge at the node under the pointer."""
        self._pointer.release()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom at the pointer."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP
            self.set_zoom(self.zoom * factor, event.position())
        else:
            super().wheelEvent(event)

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
