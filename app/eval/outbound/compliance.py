"""TFC, Task Flow Compliance: how much of a flow was carried out, and whether in order.

Source: OutboundEval (arXiv 2510.21244). The paper gives Cov = 0.7 KeyRate + 0.3 OverallRate and
TFC = 0.70 Cov + 0.30 Proc; where it is silent the rules are ours and stand in the docstrings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.flows import FlowNode, flow_problems
from app.eval.outbound.procedure import Procedure, procedure
from app.eval.outbound.weights import PAPER, Weights

PartialMode = Literal["strict", "lenient"]
"""Whether a node that was done in part counts as nothing (a rate of completion, as the paper names
it) or as half."""
MOST = 2
"""The scale of a node's verdict: 0 not done, 1 partial, 2 done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeVerdict:
    """What was judged of one node over the whole call."""

    value: int | None
    """0 not done, 1 partial, 2 done; None for a branch whose trigger did not occur."""
    first_turn: int | None = None
    """Index of the turn where it was first done."""
    blocked_by_hangup: bool = False
    """Never reached, as the other side hung up; it counts as not done all the same."""

    def share(self, mode: PartialMode) -> float:
        """How far it was done, 0 to 1; 0 where it does not apply."""
        if self.value is None or (mode == "strict" and self.value < MOST):
            return 0.0
        return self.value / MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """TFC with every part of it. None is unscored, never zero; `reason` says why."""

    mode: PartialMode
    key_rate: float | None = None
    overall_rate: float | None = None
    cov: float | None = None
    proc: Procedure | None = None
    tfc: float | None = None
    applicable: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    """Nodes that were not reached, as the other side hung up."""
    reason: str = ""


def compliance(
    nodes: Sequence[FlowNode],
    verdicts: Mapping[str, NodeVerdict],
    *,
    mode: PartialMode = "strict",
    weights: Weights = PAPER,
) -> Compliance:
    """TFC of a call, from verdicts by node id."""
    reason = _why_not(nodes, verdicts)
    if reason:
        return Compliance(mode=mode, reason=reason)
    applicable = [n for n in nodes if verdicts[n.id].value is not None]
    shares = {n.id: verdicts[n.id].share(mode) for n in applicable}
    key_rate = _rate([n for n in applicable if n.kind == "key"], shares)
    overall = _rate(applicable, shares)
    cov = weights.key_rate * key_rate + (1.0 - weights.key_rate) * overall
    turns = {i: verdicts[i].first_turn for i, share in shares.items() if share > 0.0}
    proc = procedure(applicable, turns)
    scored = proc.value is not None
    return Compliance(
        mode=mode,
        key_rate=key_rate,
        overall_rate=overall,
        cov=cov,
        proc=proc,
        tfc=weights.cov * cov + (1.0 - weights.cov) * proc.value
        if proc.value is not None
        else None,
        applicable=tuple(n.id for n in applicable),
        blocked=tuple(n.id for n in applicable if verdicts[n.id].blocked_by_hangup),
        reason="" if scored else "It is not known at which turns the nodes were done.",
    )


def _rate(nodes: Sequence[FlowNode], shares: Mapping[str, float]) -> float:
    return sum(n.weight * shares[n.id] for n in nodes) / sum(n.weight for n in nodes)


def _why_not(nodes: Sequence[FlowNode], verdicts: Mapping[str, NodeVerdict]) -> str:
    problems = flow_problems(tuple(nodes))
    if problems:
        return problems[0]
    missing = [n.id for n in nodes if n.id not in verdicts]
    if missing:
        return f"{len(missing)} of {len(nodes)} nodes are unscored."
    wrong = [n.id for n in nodes if n.kind != "branch" and verdicts[n.id].value is None]
    if wrong:
        return f"{wrong[0]} is no branch, so it cannot be not applicable."
    return ""
