"""Changes of a flow's nodes: each takes nodes and gives nodes, nothing is changed in place.

Ids are kept wherever a node goes on living, so that acceptance can tell what stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.errors import BadInput
from app.domain.flows import FlowNode, cycle
from app.domain.scenarios import StepKind
from app.eval.judging.flow_units import Span, joined

Nodes = tuple[FlowNode, ...]
_STRENGTH: Mapping[StepKind, int] = {"branch": 0, "normal": 1, "key": 2}


def fresh_id(nodes: Sequence[FlowNode]) -> str:
    """The first of `n1`, `n2` and so on that no node has."""
    taken = {n.id for n in nodes}
    return next(f"n{i}" for i in range(1, len(nodes) + 2) if f"n{i}" not in taken)


def node_of(nodes: Sequence[FlowNode], node_id: str) -> FlowNode:
    """The node of that id. KeyError where there is none."""
    found = next((n for n in nodes if n.id == node_id), None)
    if found is None:
        raise KeyError(node_id)
    return found


def place_of(nodes: Sequence[FlowNode], spans: Sequence[Span]) -> int:
    """Where a node over that text belongs, in the order of the SOP."""
    if not spans:
        return len(nodes)
    start = min(s for s, _ in spans)
    before = [i for i, n in enumerate(nodes) if n.spans and min(n.spans)[0] <= start]
    return before[-1] + 1 if before else 0


def added(nodes: Nodes, node: FlowNode, at: int | None = None) -> Nodes:
    """With another node, at its place in the SOP unless told otherwise."""
    index = place_of(nodes, node.spans) if at is None else at
    return (*nodes[:index], node, *nodes[index:])


def changed(nodes: Nodes, node: FlowNode, *, was: str | None = None) -> Nodes:
    """With a node replaced; a new id is followed by what needs it.

    Raises:
        BadInput: the id is taken or empty, or a prerequisite would go round in a circle.
    """
    old = was or node.id
    if not node.id.strip() or (node.id != old and any(n.id == node.id for n in nodes)):
        raise BadInput(f"“{node.id}” cannot be this node's id.", "Choose one that is free.")
    made = tuple(_renamed(node if n.id == old else n, old, node.id) for n in nodes)
    _refuse_circle(nodes, made)
    return made


def removed(nodes: Nodes, node_id: str) -> Nodes:
    """Without a node; nothing needs it any more."""
    return tuple(
        replace(n, prereq=tuple(p for p in n.prereq if p != node_id))
        for n in nodes
        if n.id != node_id
    )


def moved(nodes: Nodes, node_id: str, by: int) -> Nodes:
    """With a node moved up (negative) or down."""
    at = next(i for i, n in enumerate(nodes) if n.id == node_id)
    rest = [n for n in nodes if n.id != node_id]
    rest.insert(max(0, min(len(rest), at + by)), nodes[at])
    return tuple(rest)


def linked(nodes: Nodes, before: str, after: str) -> Nodes:
    """With `before` as a prerequisite of `after`.

    Raises:
        BadInput: it would go round in a circle.
    """
    if before == after:
        raise BadInput("A node cannot need itself.", "Choose another node.")
    node = node_of(nodes, after)
    if before in node.prereq:
        return nodes
    return changed(nodes, replace(node, prereq=(*node.prereq, before)))


def unlinked(nodes: Nodes, before: str, after: str) -> Nodes:
    """Without that prerequisite."""
    node = node_of(nodes, after)
    return changed(nodes, replace(node, prereq=tuple(p for p in node.prereq if p != before)))


def merged(nodes: Nodes, first: str, second: str) -> Nodes:
    """With two nodes made one, which keeps the earlier one's id and place.

    A prerequisite that would go round in a circle after that is dropped.
    """
    a, b = (n for n in nodes if n.id in (first, second))
    one = replace(
        a,
        text=_both_texts(a.text, b.text),
        kind=max(a.kind, b.kind, key=lambda kind: _STRENGTH[kind]),
        trigger=_both_triggers(a, b),
        prereq=tuple(dict.fromkeys(p for p in (*a.prereq, *b.prereq) if p not in (a.id, b.id))),
        weight=max(a.weight, b.weight),
        spans=joined([*a.spans, *b.spans]),
    )
    made = tuple(one if n.id == a.id else _renamed(n, b.id, a.id) for n in nodes if n.id != b.id)
    return acyclic(made)


def split(nodes: Nodes, node_id: str, cut: int) -> Nodes:
    """With a node made two at a character of its text; the second needs what the first needs.

    Raises:
        BadInput: one of the halves would say nothing.
    """
    node = node_of(nodes, node_id)
    head, tail = node.text[:cut].strip(" ,;，；、"), node.text[cut:].strip(" ,;，；、")
    if not head or not tail:
        raise BadInput("Both halves have to say something.", "Put the cursor inside the text.")
    first = replace(node, text=head)
    second = replace(node, id=fresh_id(nodes), text=tail[:1].upper() + tail[1:])
    at = nodes.index(node)
    return (*nodes[:at], first, second, *nodes[at + 1 :])


def with_spans(nodes: Nodes, node_id: str, spans: Sequence[Span]) -> Nodes:
    """With other text given to a node."""
    return changed(nodes, replace(node_of(nodes, node_id), spans=joined(list(spans))))


def acyclic(nodes: Nodes) -> Nodes:
    """Without those prerequisites that go round in a circle, the latest in order first."""
    while circle := set(cycle(nodes)):
        last = next(n for n in reversed(nodes) if n.id in circle and circle & set(n.prereq))
        kept = tuple(p for p in last.prereq if p not in circle)
        nodes = tuple(replace(n, prereq=kept) if n.id == last.id else n for n in nodes)
    return nodes


def _renamed(node: FlowNode, old: str, new: str) -> FlowNode:
    if old == new or old not in node.prereq:
        return node
    prereq = tuple(dict.fromkeys(new if p == old else p for p in node.prereq))
    return replace(node, prereq=tuple(p for p in prereq if p != node.id))


def _refuse_circle(before: Nodes, after: Nodes) -> None:
    circle = cycle(after)
    if circle and not cycle(before):
        raise BadInput(
            f"{', '.join(circle)} would need each other in a circle.",
            "Take one of their prerequisites away first.",
        )


def _both_texts(a: str, b: str) -> str:
    from app.eval.judging.flow_checks import LEAST_TOKEN_JACCARD, jaccard, tokens

    one, two = tokens(a), tokens(b)
    if one <= two or two <= one or jaccard(one, two) >= LEAST_TOKEN_JACCARD:
        return max(a, b, key=len)
    return f"{a.rstrip(' .;')}; {b}"


def _both_triggers(a: FlowNode, b: FlowNode) -> str:
    if "branch" not in (a.kind, b.kind) or a.kind != b.kind:
        return ""
    return a.trigger if a.trigger == b.trigger else f"{a.trigger}, or {b.trigger}"
