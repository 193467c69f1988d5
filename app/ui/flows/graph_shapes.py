"""How the graph of a flow looks: boxes, arrows, the band of nodes without an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPainterPathStroker, QPolygonF

from app.domain.flows import FlowNode
from app.ui.flows.graph_layout import Edge, Place, placed
from app.ui.flows.two_lines import two_lines
from app.ui.theme import Theme

BOX_W, BOX_H, GAP_X, GAP_Y, MARGIN = 168, 52, 40, 14, 16
BAND_PX, LOOSE_GAP_PX = 26, 14
ARROW_PX, GRAB_PX = 7, 10
LOOSE_COLUMNS = 4
LOOSE_WORDS = "At any time: nothing has to come before or after"


@dataclass(frozen=True, slots=True)
class Shapes:
    """The graph at 100 % zoom."""

    boxes: Mapping[str, QRectF]
    edges: Mapping[Edge, QPainterPath]
    nodes: Mapping[str, FlowNode]
    width: float
    height: float
    band: float | None = None
    """Top of the band of loose nodes, where there is one."""

    def node_at(self, point: QPointF) -> str:
        """The node under a point; empty for none."""
        return next((i for i, box in self.boxes.items() if box.contains(point)), "")

    def edge_at(self, point: QPointF) -> Edge | None:
        """The edge near a point."""
        stroker = QPainterPathStroker()
        stroker.setWidth(GRAB_PX)
        found = (e for e, path in self.edges.items() if _near(path, point))
        return next((e for e in found if stroker.createStroke(self.edges[e]).contains(point)), None)


@dataclass(slots=True)
class Marks:
    """What stands out."""

    node: str = ""
    target: str = ""
    """Where an edge that is being drawn would end."""
    edge: Edge | None = None
    findings: Mapping[str, str] = field(default_factory=dict)


def shapes_of(nodes: Sequence[FlowNode], scale: float, columns: int = LOOSE_COLUMNS) -> Shapes:
    """Boxes and arrows of a flow."""
    layout = placed(nodes, columns)
    places = layout.nodes
    has_tied = any(not p.is_loose for p in places.values())
    has_loose = any(p.is_loose for p in places.values())
    floor = min((p.row for p in places.values() if p.is_loose), default=0.0)
    lift = BAND_PX * scale if has_loose and has_tied else 0.0
    w, h = BOX_W * scale, BOX_H * scale

    def box(place: Place) -> QRectF:
        step_x = w + (LOOSE_GAP_PX if place.is_loose else GAP_X)
        top = MARGIN + place.row * (h + GAP_Y) + (lift if place.is_loose else 0)
        return QRectF(MARGIN + place.column * step_x, top, w, h)

    boxes = {i: box(p) for i, p in places.items()}
    edges = {
        (before, after): _arrow([boxes[before], *map(box, bends), boxes[after]])
        for (before, after), bends in layout.bends.items()
    }
    return Shapes(
        boxes=boxes,
        edges=edges,
        nodes={n.id: n for n in nodes},
        width=max((b.right() for b in boxes.values()), default=0.0) + MARGIN,
        height=max((b.bottom() for b in boxes.values()), default=0.0) + MARGIN,
        band=MARGIN + floor * (h + GAP_Y) + 2 if lift else None,
    )


def paint_graph(
    painter: QPainter, theme: Theme, shapes: Shapes, marks: Marks, seen: QRectF
) -> None:
    """Paint what is seen, at 100 % zoom."""
    if shapes.band is not None:
        _paint_band(painter, theme, shapes, seen)
    for edge, path in shapes.edges.items():
        if edge != marks.edge and path.boundingRect().adjusted(-4, -4, 4, 4).intersects(seen):
            tied = marks.node in edge
            paint_edge(painter, theme, path, "t2" if tied else "line3", 1.6 if tied else 1.2)
    if marks.edge is not None and marks.edge in shapes.edges:
        paint_edge(painter, theme, shapes.edges[marks.edge], "accent", 2.4)
    for ident, box in shapes.boxes.items():
        if box.adjusted(-4, -4, 4, 4).intersects(seen):
            _paint_node(painter, theme, shapes.nodes[ident], box, marks)


def paint_edge(
    painter: QPainter, theme: Theme, path: QPainterPath, token: str, width: float
) -> None:
    """An arrow."""
    painter.setPen(theme.pen(token, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    end = path.currentPosition()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    back = end - QPointF(ARROW_PX, 0)
    wing = QPointF(0, ARROW_PX * 0.55)
    painter.drawPolygon(QPolygonF([end, back - wing, back + wing]))


def _arrow(stops: Sequence[QRectF]) -> QPainterPath:
    """From the right of the first box through the middle of those between to the last."""
    path = QPainterPath(QPointF(stops[0].right(), stops[0].center().y()))
    for stop in stops[1:]:
        a, b = path.currentPosition(), QPointF(stop.left(), stop.center().y())
        bend = max(16.0, (b.x() - a.x()) / 2)
        path.cubicTo(a + QPointF(bend, 0), b - QPointF(bend, 0), b)
        if stop is not stops[-1]:
            path.lineTo(stop.right(), b.y())
    return path


def _near(path: QPainterPath, point: QPointF) -> bool:
    return path.boundingRect().adjusted(-GRAB_PX, -GRAB_PX, GRAB_PX, GRAB_PX).contains(point)


def _paint_band(painter: QPainter, theme: Theme, shapes: Shapes, seen: QRectF) -> None:
    top = shapes.band or 0.0
    painter.fillRect(QRectF(seen.left(), top, seen.width(), 1), theme.color("line1"))
    painter.setFont(theme.font("label"))
    painter.setPen(theme.color("t3"))
    box = QRectF(MARGIN, top + 5, 600, theme.line("label"))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft, LOOSE_WORDS)


def _paint_node(painter: QPainter, theme: Theme, node: FlowNode, box: QRectF, marks: Marks) -> None:
    chosen, aimed = node.id == marks.node, node.id == marks.target
    fill = {"key": theme.mixed("t1", 0.17, "canvas"), "normal": theme.color("bg2")}.get(
        node.kind, theme.color("canvas")
    )
    style = Qt.PenStyle.DashLine if node.kind == "branch" else Qt.PenStyle.SolidLine
    if chosen or aimed:
        painter.setPen(theme.pen("accent" if chosen else "focus", 2.2, style))
    else:
        painter.setPen(theme.pen("t2" if node.kind == "key" else "line3", 1.2, style))
    painter.setBrush(theme.color("tint") if chosen and not theme.is_contrast else fill)
    painter.drawRect(box)
    if chosen and node.kind == "key":  # still told from the others where the fill is the tint
        painter.fillRect(QRectF(box.left(), box.top(), 4, box.height()), theme.color("accent"))
    _paint_words(painter, theme, node, box.toRect(), node.id in marks.findings)


def _paint_words(
    painter: QPainter, theme: Theme, node: FlowNode, box: QRect, is_wrong: bool
) -> None:
    line = theme.line("label")
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    head = QRect(box.left() + 9, box.top() + 4, box.width() - 16, line)
    weight = f" ×{node.weight:g}" if node.weight != 1 else ""
    name = f"{node.id}{' !' if is_wrong else ''}{weight}"
    font = theme.font("label", 600)
    painter.setFont(font)
    painter.setPen(theme.color("warn" if is_wrong else "t2"))
    painter.drawText(head, flags, name)
    if node.trigger:
        after = head.adjusted(QFontMetrics(font).horizontalAdvance(name) + 6, 0, 0, 0)
        font = theme.font("label")
        font.setItalic(True)
        painter.setFont(font)
        painter.setPen(theme.color("t2"))
        words = QFontMetrics(font).elidedText(
            f"if {node.trigger}", Qt.TextElideMode.ElideRight, after.width()
        )
        painter.drawText(after, flags, words)
    area = QRect(head.left(), head.bottom() + 1, head.width(), box.bottom() - head.bottom() - 4)
    two_lines(painter, area, node.text, theme.font("label", 500), theme.color("t1"), line)
