"""What a model is asked when a flow is derived, and how its answers become nodes.

Source: OutboundEval (arXiv 2510.21244): parse, put as criteria, give prerequisites. The prompts
are ours. The SOP is data: units as JSON between delimiters that it cannot close.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.domain.flows import FlowNode
from app.domain.scenarios import STEP_KINDS
from app.eval.judging.asks import ReplyProblem
from app.eval.judging.data_blocks import block, dump, rows
from app.eval.judging.flow_edits import acyclic
from app.eval.judging.flow_units import Span, Unit, joined
from app.eval.judging.reply_schemas import closed, in_words, one_of, strict_schema

AskName = Literal["parse", "criteria", "prerequisites"]
ASK_NAMES: tuple[AskName, ...] = ("parse", "criteria", "prerequisites")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAsk:
    """One request of a derivation, ready to be sent."""

    name: AskName
    messages: tuple[Mapping[str, str], ...]
    schema: Mapping[str, Any]
    size: int
    """How many units or nodes it is about; a reply grows with them."""


def parse_ask(prompt: str, units: Sequence[Unit]) -> FlowAsk:
    """Ask for nodes of these units."""
    node = closed(
        "Node",
        {
            "units": list[one_of([u.id for u in units])],  # type: ignore[misc]
            "quote": str,
            "text": str,
            "kind": one_of(STEP_KINDS),
            "trigger": str,
        },
    )
    data = [dump({"id": u.id, "text": u.text}) for u in units]
    return _ask("parse", prompt, "units", data, {"nodes": list[node]})  # type: ignore[valid-type]


def criteria_ask(prompt: str, nodes: Sequence[FlowNode]) -> FlowAsk:
    """Ask to put these nodes as criteria."""
    one = closed("Criterion", {"id": _ids(nodes), "text": str, "trigger": str})
    data = [dump(_shown(n)) for n in nodes]
    return _ask("criteria", prompt, "nodes", data, {"criteria": list[one]})  # type: ignore[valid-type]


def prerequisites_ask(prompt: str, nodes: Sequence[FlowNode]) -> FlowAsk:
    """Ask what each node needs."""
    one = closed("Needs", {"id": _ids(nodes), "needs": list[_ids(nodes)]})  # type: ignore[misc]
    data = [dump(_shown(n)) for n in nodes]
    return _ask("prerequisites", prompt, "nodes", data, {"prerequisites": list[one]})  # type: ignore[valid-type]


def parsed_nodes(reply: Mapping[str, Any], sop: str, units: Sequence[Unit]) -> tuple[FlowNode, ...]:
    """Nodes of a parse, numbered in the order of the SOP.

    Raises:
        ReplyProblem: there are none.
    """
    by_id = {u.id: u for u in units}
    made = [_node(raw, sop, [by_id[i] for i in raw["units"]]) for raw in reply["nodes"]]
    found = sorted((n for n in made if n.text), key=lambda n: min(n.spans, default=(len(sop), 0)))
    if not found:
        raise ReplyProblem("parse", "The reply has no node.")
    return tuple(replace(n, id=f"n{i}") for i, n in enumerate(found, start=1))


def with_criteria(nodes: Sequence[FlowNode], reply: Mapping[str, Any]) -> tuple[FlowNode, ...]:
    """The nodes in the reply's words; a node that it leaves out keeps its own."""
    said = {raw["id"]: raw for raw in reply["criteria"]}
    return tuple(_reworded(n, said[n.id]) if n.id in said else n for n in nodes)


def with_prerequisites(nodes: Sequence[FlowNode], reply: Mapping[str, Any]) -> tuple[FlowNode, ...]:
    """The nodes with what the reply says they need; what goes round in a circle is dropped."""
    said = {raw["id"]: raw["needs"] for raw in reply["prerequisites"]}
    return acyclic(
        tuple(
            replace(n, prereq=tuple(p for p in dict.fromkeys(said.get(n.id, ())) if p != n.id))
            for n in nodes
        )
    )


def _ask(
    name: AskName, prompt: str, data_name: str, data: Sequence[str], fields: Mapping[str, Any]
) -> FlowAsk:
    schema = strict_schema(closed(name.capitalize(), fields))
    system = f"{prompt.strip()}\n\nAnswer with one JSON object of this form:\n{in_words(schema)}"
    return FlowAsk(
        name=name,
        messages=(
            {"role": "system", "content": system},
            {"role": "user", "content": block(data_name, rows(data))},
        ),
        schema=schema,
        size=len(data),
    )


def _ids(nodes: Sequence[FlowNode]) -> Any:
    return one_of([n.id for n in nodes])


def _shown(node: FlowNode) -> dict[str, str]:
    return {"id": node.id, "kind": node.kind, "text": node.text, "trigger": node.trigger}


def _node(raw: Mapping[str, Any], sop: str, units: Sequence[Unit]) -> FlowNode:
    trigger = raw["trigger"].strip()
    kind = raw["kind"]
    if kind == "branch" and not trigger:
        trigger = next((u.trigger for u in units if u.trigger), "")
        kind = "branch" if trigger else "normal"
    return FlowNode(
        id="",
        text=raw["text"].strip(),
        kind=kind,
        trigger=trigger if kind == "branch" else "",
        spans=_spans(raw["quote"].strip(), sop, units),
    )


def _spans(quote: str, sop: str, units: Sequence[Unit]) -> tuple[Span, ...]:
    """Where the quote stands in the units; all of the units where it does not."""
    every = joined([s for u in units for s in u.spans], sop)
    if quote:
        for start, end in every:
            at = sop.find(quote, start, end)
            if at >= 0:
                return ((at, at + len(quote)),)
    return every


def _reworded(node: FlowNode, raw: Mapping[str, Any]) -> FlowNode:
    trigger = raw["trigger"].strip() or node.trigger
    return replace(
        node,
        text=raw["text"].strip() or node.text,
        trigger=trigger if node.kind == "branch" else "",
    )
