"""The graph of a flow: select, walk by arrows, draw an edge from node to node, delete one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

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
from app.ui.flows.zoom_area import ZOOM_STEP, ZoomArea
from app.ui.theme import Theme

_WAYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class GraphView(ZoomArea):
    """Shows the draft's nodes. What it does not say in words, the list beside it does."""

    linking_changed = Signal(str)
    """Words while an edge is drawn by keys; empty when that ends."""

    def __init__(self, theme: Theme, draft: FlowDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._draft = theme, draft
        self._shapes = Shapes({}, {}, {}, 0.0, 0.0)
        self._placed_by: object = None
        """What the places follow from: they are found anew only when that changes."""
        self.marks = Marks()
        self._pointer = GraphPointer(self, draft)
        self.is_linking = False
        self._is_fresh = False
        """Just opened: what is selected then is not scrolled to."""
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

    def _on_opened(self) -> None:
        self._is_fresh = True
        self._on_changed()
        self.fit()
        self.horizontalScrollBar().setValue(0)
        self.verticalScrollBar().setValue(0)

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
        if self.is_linking and self.marks.target not in self._shapes.boxes:
            self.end_link(take=False)
        self.set_whole(self._shapes.width, self._shapes.height)

    def _on_selected(self, node_id: str) -> None:
        self.marks.node = node_id
        self.set_edge(None)
        if self.is_linking:
            self.end_link(take=False)
        node = self._draft.node
        if node is not None:
            needs = f", needs {', '.join(node.prereq)}" if node.prereq else ""
            self.setAccessibleDescription(f"{node.id}, {node.kind}: {node.text}{needs}")
            if not self._is_fresh:
                self._bring(node_id)
        self._is_fresh = False
        self.viewport().update()

    def _bring(self, node_id: str) -> None:
        box = self._shapes.boxes.get(node_id)
        if box is not None:
            self.bring(box)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Loose nodes fill the width anew."""
        super().resizeEvent(event)
        self._on_changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is seen."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("canvas"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.look(painter)
        area = QRectF(event.rect())
        seen = QRectF(self.at(area.topLeft()), self.at(area.bottomRight()))
        paint_graph(painter, self._theme, self._shapes, self.marks, seen)
        line = self._pointer.line
        if line is not None:
            paint_edge(painter, self._theme, line, "accent", 2)

    # edges --------------------------------------------------------------------------------------

    @property
    def edge(self) -> Edge | None:
        """The selected edge."""
        return self.marks.edge

    def set_edge(self, edge: Edge | None) -> None:
        """Select an edge, or none."""
        if edge != self.marks.edge:
            self.marks.edge = edge
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
        self._bring(node_id)
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
