"""Task flows: what an agent has to do in a call, as nodes with prerequisites. Frozen values only.

Source: OutboundEval (arXiv 2510.21244), the Task Flow Compliance part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.judging import sha256_of
from app.domain.scenarios import StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """One assessable step. A branch counts only once its trigger occurred."""

    id: str
    text: str
    kind: StepKind
    trigger: str = ""
    prereq: tuple[str, ...] = ()
    weight: float = 1.0
    spans: tuple[tuple[int, int], ...] = ()
    """Character ranges of the SOP text that it covers."""

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return {
            "id": self.id, "text": self.text, "kind": self.kind, "trigger": self.trigger,
            "prereq": list(self.prereq), "weight": self.weight,
            "spans": [list(s) for s in self.spans],
        }  # fmt: skip

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> FlowNode:
        """From the stored form."""
        return FlowNode(
            id=body["id"],
            text=body["text"],
            kind=body["kind"],
            trigger=body.get("trigger", ""),
            prereq=tuple(body.get("prereq", ())),
            weight=float(body.get("weight", 1.0)),
            spans=tuple((int(a), int(b)) for a, b in body.get("spans", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowVersion:
    """A flow as it stood after one round of deriving, repairing or editing. Immutable."""

    id: str
    key: str
    """The scenario's key, or a name of its own."""
    version: int
    title: str
    sop: str
    nodes: tuple[FlowNode, ...]
    stage: str
    """`scenario`, `parse`, `criteria`, `repair`, `prerequisites`, `edit`."""
    reason: str = ""
    parent_id: str | None = None
    report: Mapping[str, Any] = field(default_factory=dict)
    """Coverage, overlaps and problems as checked at this point; which judge made the round."""
    created_by: str = ""
    created_at: str = ""
    approved: bool = False
    approved_by: str = ""

    @property
    def sha256(self) -> str:
        """Hash of what is judged by it."""
        return sha256_of([self.key, self.sop, [n.to_json() for n in self.nodes]])


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowApproval:
    """An expert's acceptance of a version, against what had been proposed.

    Acceptance of nodes: share of the proposed nodes that stand without an edit. Of edges: share
    of the proposed prerequisites that stand.
    """

    flow_version_id: str
    proposed_id: str
    rater: str
    nodes_kept: int
    nodes_proposed: int
    edges_kept: int
    edges_proposed: int
    note: str
    created_at: str


def cycle(nodes: Iterable[FlowNode]) -> tuple[str, ...]:
    """Ids of nodes whose prerequisites go round in a circle; empty where there is none."""
    needs = {n.id: set(n.prereq) for n in nodes}
    while True:
        free = [i for i, before in needs.items() if not before & needs.keys()]
        if not free:
            return tuple(needs)
        for i in free:
            del needs[i]


def flow_problems(nodes: tuple[FlowNode, ...]) -> tuple[str, ...]:
    """Why nodes cannot be judged by, one line each; empty where they can."""
    found: list[str] = []
    ids = [n.id for n in nodes]
    if len(set(ids)) < len(ids):
        found.append("Two nodes have the same id.")
    if not any(n.kind == "key" for n in nodes):
        found.append("There is no key node: completion would be undefined.")
    for node in nodes:
        if not node.text.strip():
            found.append(f"{node.id} says nothing.")
        if node.kind == "branch" and not node.trigger.strip():
            found.append(f"{node.id} is a branch without a trigger.")
        found += [f"{node.id} needs {p}, which is no node." for p in node.prereq if p not in ids]
        if node.weight <= 0:
            found.append(f"{node.id} has no weight.")
    circle = cycle(nodes)
    if circle:
        found.append(f"The prerequisites of {', '.join(circle)} go round in a circle.")
    return tuple(found)
