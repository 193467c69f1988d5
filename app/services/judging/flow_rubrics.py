"""The rubric that a flow is judged by: one criterion for each node.

Source: OutboundEval (arXiv 2510.21244), Task Flow Compliance. The levels' words are ours.
"""

from __future__ import annotations

from typing import Any

from app.domain.errors import BadInput
from app.domain.flows import FlowNode, FlowVersion, flow_problems
from app.domain.rubrics import RubricVersion
from app.services.rubrics import add_rubric, rubric_of
from app.services.workspace import Workspace

SOURCE = "OutboundEval (arXiv 2510.21244), Task Flow Compliance"
TITLE_CHARS = 80
LEVELS = (
    {"value": 0, "label": "Not done", "anchor": "The agent never did it, or did something else."},
    {
        "value": 1,
        "label": "Partial",
        "anchor": "The agent began it or did part of it, and something that it names is missing.",
    },
    {"value": 2, "label": "Done", "anchor": "The agent did all of it."},
)


def rubric_of_flow(ws: Workspace, flow: FlowVersion) -> RubricVersion:
    """The stored rubric of a flow version, made at first use.

    Raises:
        BadInput: nothing can be judged by the flow; says why. Without a key node completion is
            undefined, not zero.
    """
    found = flow_problems(flow.nodes)
    if found:
        raise BadInput(
            f"No call can be judged by the flow “{flow.title}”, version {flow.version}: {found[0]}",
            "Mend it in the flow editor and save it as a new version.",
        )
    return add_rubric(ws, rubric_of(_body(flow)))


def _body(flow: FlowVersion) -> dict[str, Any]:
    return {
        "key": f"tfc.{flow.key}",
        "title": f"Task flow: {flow.title}",
        "source": SOURCE,
        "for": "tfc",
        "flow_version_id": flow.id,
        "criteria": [_criterion(node) for node in flow.nodes],
    }


def _criterion(node: FlowNode) -> dict[str, Any]:
    when = f" It counts only if this happened: {node.trigger}" if node.kind == "branch" else ""
    return {
        "key": node.id,
        "title": _short(node.text),
        "question": f"Did the agent do this? {node.text}{when}",
        "scope": "call",
        "scale": "ordinal",
        "levels": LEVELS,
        "na_allowed": node.kind == "branch",
        "weight": node.weight,
    }


def _short(text: str) -> str:
    return text if len(text) <= TITLE_CHARS else f"{text[: TITLE_CHARS - 1].rstrip()}…"
