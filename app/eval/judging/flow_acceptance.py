"""How much of a proposed flow an expert let stand, and what differs between two versions.

Source: OutboundEval (arXiv 2510.21244) names more than 95 % consistency with experts for its first
verification stage without defining it. Here: the share of proposed nodes that stand without an
edit, and the share of proposed prerequisites that stand; two figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.flows import FlowApproval, FlowNode

PAPER_RATE = 0.95
"""What the paper reports for its first stage: more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What was proposed and what of it stood."""

    nodes_kept: int = 0
    nodes_proposed: int = 0
    edges_kept: int = 0
    edges_proposed: int = 0

    @property
    def node_rate(self) -> float | None:
        """Share of nodes; None where none was proposed."""
        return self.nodes_kept / self.nodes_proposed if self.nodes_proposed else None

    @property
    def edge_rate(self) -> float | None:
        """Share of prerequisites; None where none was proposed."""
        return self.edges_kept / self.edges_proposed if self.edges_proposed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDiff:
    """Two versions held against each other, node by node."""

    added: tuple[FlowNode, ...]
    removed: tuple[FlowNode, ...]
    changed: tuple[tuple[FlowNode, FlowNode], ...]
    """As it was, as it is."""
    same: int
    edges_added: tuple[tuple[str, str], ...]
    """(before, after)."""
    edges_removed: tuple[tuple[str, str], ...]


def acceptance(proposed: Sequence[FlowNode], accepted: Sequence[FlowNode]) -> Acceptance:
    """What of the proposed nodes and prerequisites stands in the accepted ones."""
    now = {n.id: _content(n) for n in accepted}
    edges = edges_of(accepted)
    before = edges_of(proposed)
    return Acceptance(
        nodes_kept=sum(now.get(n.id) == _content(n) for n in proposed),
        nodes_proposed=len(proposed),
        edges_kept=len(before & edges),
        edges_proposed=len(before),
    )


def total(approvals: Iterable[FlowApproval]) -> Acceptance:
    """Acceptance over flows: of each proposal the newest approval counts.

    Args:
        approvals: newest first.
    """
    counted: dict[str, FlowApproval] = {}
    for each in approvals:
        counted.setdefault(each.proposed_id, each)
    kept = counted.values()
    return Acceptance(
        nodes_kept=sum(a.nodes_kept for a in kept),
        nodes_proposed=sum(a.nodes_proposed for a in kept),
        edges_kept=sum(a.edges_kept for a in kept),
        edges_proposed=sum(a.edges_proposed for a in kept),
    )


def diff(before: Sequence[FlowNode], after: Sequence[FlowNode]) -> FlowDiff:
    """What differs; nodes are known by id. Prerequisites are told apart from nodes."""
    old, new = {n.id: n for n in before}, {n.id: n for n in after}
    both = [(old[i], new[i]) for i in new if i in old]
    changed = tuple((a, b) for a, b in both if _whole(a) != _whole(b))
    return FlowDiff(
        added=tuple(n for i, n in new.items() if i not in old),
        removed=tuple(n for i, n in old.items() if i not in new),
        changed=changed,
        same=len(both) - len(changed),
        edges_added=tuple(sorted(edges_of(after) - edges_of(before))),
        edges_removed=tuple(sorted(edges_of(before) - edges_of(after))),
    )


def edges_of(nodes: Iterable[FlowNode]) -> set[tuple[str, str]]:
    """Every prerequisite as (before, after)."""
    return {(p, n.id) for n in nodes for p in n.prereq}


def _content(node: FlowNode) -> tuple[object, ...]:
    return (node.text, node.kind, node.trigger, node.weight)


def _whole(node: FlowNode) -> tuple[object, ...]:
    return (*_content(node), node.spans)
