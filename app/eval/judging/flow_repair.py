"""Automatic repair of a flow: what no node covers gets one, nodes that overlap become one.

Source: OutboundEval (arXiv 2510.21244) repairs a flow whose coverage is too low or whose overlap is
too high; the rounds and how they repair are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.flows import FlowNode
from app.eval.judging import flow_edits
from app.eval.judging.flow_checks import Checks, check_flow
from app.eval.judging.flow_units import Unit

MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round made of the nodes, and how it stands after it."""

    nodes: tuple[FlowNode, ...]
    reasons: tuple[str, ...]
    checks: Checks


def repair_rounds(sop: str, nodes: tuple[FlowNode, ...]) -> Iterator[Round]:
    """Repair until the checks pass, at most three times; what is left is for a person."""
    checks = check_flow(sop, nodes)
    for _ in range(MOST_ROUNDS):
        if checks.passed:
            return
        nodes, reasons = repaired(nodes, checks)
        checks = check_flow(sop, nodes)
        yield Round(nodes=nodes, reasons=reasons, checks=checks)


def repaired(
    nodes: tuple[FlowNode, ...], checks: Checks
) -> tuple[tuple[FlowNode, ...], tuple[str, ...]]:
    """Nodes after one round, and what was done and why."""
    reasons: list[str] = []
    for overlap in checks.overlaps:
        ids = {n.id for n in nodes}
        if {overlap.a, overlap.b} <= ids:
            nodes = flow_edits.merged(nodes, overlap.a, overlap.b)
            reasons.append(f"Merged: {overlap.words}")
    for unit in checks.uncovered:
        node = node_of_unit(unit, flow_edits.fresh_id(nodes))
        nodes = flow_edits.added(nodes, node)
        reasons.append(f"Added {node.id} for “{unit.text}”, which no node covered.")
    return nodes, tuple(reasons)


def node_of_unit(unit: Unit, node_id: str) -> FlowNode:
    """A node that says what a unit says."""
    return FlowNode(
        id=node_id,
        text=unit.action or unit.text,
        kind="branch" if unit.is_branch else "normal",
        trigger=unit.trigger,
        spans=unit.spans,
    )
