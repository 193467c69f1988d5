"""What the pointer does in the graph, and which node lies in a direction."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from app.ui.flows.draft import FlowDraft

if TYPE_CHECKING:
    from app.ui.flows.graph_view import GraphView

DRAG_PX = 6


class GraphPointer:
    """A press selects; a drag from a node draws an edge, from anywhere else it moves the view."""

    def __init__(self, view: GraphView, draft: FlowDraft) -> None:
        self._view, self._draft = view, draft
        self._pressed: QPointF | None = None
        self._source = ""
        """The node that an edge is drawn from."""
        self._end = QPointF()

    @property
    def line(self) -> QPainterPath | None:
        """The edge that is being drawn, at 100 % zoom."""
        box = self._view.shapes.boxes.get(self._source)
        if box is None:
            return None
        path = QPainterPath(QPointF(box.right(), box.center().y()))
        path.lineTo(self._end)
        return path

    def press(self, point: QPointF) -> None:
        """Select what is under the pointer."""
        view, at = self._view, self._view.at(point)
        self._pressed = point
        node = view.shapes.node_at(at)
        if view.is_linking and node:
            view.aim(node)
            view.end_link(take=True)
        elif node:
            self._draft.select(node)
            view.set_edge(None)
        else:
            view.set_edge(view.shapes.edge_at(at))

    def move(self, point: QPointF) -> None:
        """Draw an edge, or move the view; over something that can be pressed, say so."""
        view, at = self._view, self._view.at(point)
        if self._pressed is None:
            over = view.shapes.node_at(at) or view.shapes.edge_at(at)
            hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
            view.viewport().setCursor(hand if over else arrow)
            return
        moved = point - self._pressed
        if not self._source and moved.manhattanLength() < DRAG_PX:
            return
        self._source = self._source or view.shapes.node_at(view.at(self._pressed))
        if not self._source:
            self._pressed = point
            for bar, by in (
                (view.horizontalScrollBar(), moved.x()),
                (view.verticalScrollBar(), moved.y()),
            ):
                bar.setValue(bar.value() - round(by))
            return
        target = view.shapes.node_at(at)
        self._end = at
        view.marks.target = target if target != self._source else ""
        view.viewport().update()

    def release(self) -> None:
        """The node under the pointer needs the one that the drag began at."""
        marks = self._view.marks
        source, target = self._source, marks.target
        self._pressed, self._source = None, ""
        if source:
            marks.target = ""
            self._view.viewport().update()
            if target:
                self._draft.link(source, target)


def nearest(
    boxes: Mapping[str, QRectF], start: QRectF, way: tuple[int, int], barred: Container[str]
) -> str:
    """The nearest box in a direction; empty for none."""
    a, (dx, dy) = start.center(), way
    found: list[tuple[float, str]] = []
    for ident, box in boxes.items():
        b = box.center()
        along = (b.x() - a.x()) * dx + (b.y() - a.y()) * dy
        across = abs((b.x() - a.x()) * dy) + abs((b.y() - a.y()) * dx)
        if ident not in barred and along > 1:
            found.append((along + 2 * across, ident))
    return min(found, default=(0.0, ""))[1]
