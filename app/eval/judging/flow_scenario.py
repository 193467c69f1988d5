"""A flow made of the steps that a scenario's author wrote: no model, always the same."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.flows import FlowNode, FlowVersion
from app.domain.scenarios import Step


def scenario_flow(key: str, title: str, steps: Sequence[Step]) -> FlowVersion:
    """The steps as nodes, over a numbered text of them. Not stored, and reviewed by nobody."""
    lines: list[str] = []
    nodes: list[FlowNode] = []
    start = 0
    for number, step in enumerate(steps, start=1):
        line = f"{number}. {_sentence(step)}"
        nodes.append(
            FlowNode(
                id=step.id,
                text=step.text,
                kind=step.kind,
                trigger=step.trigger,
                prereq=step.prereq,
                spans=((start, start + len(line)),),
            )
        )
        lines.append(line)
        start += len(line) + 1
    return FlowVersion(
        id="",
        key=key,
        version=0,
        title=title,
        sop="\n".join(lines),
        nodes=tuple(nodes),
        stage="scenario",
        reason="The steps of the scenario itself; nobody has reviewed them as a flow.",
    )


def _sentence(step: Step) -> str:
    return f"{step.trigger} → {step.text}" if step.trigger else step.text
