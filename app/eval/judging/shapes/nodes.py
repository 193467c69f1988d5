"""Each step of the call's task flow (OutboundEval, Task Flow Compliance)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.domain.flows import FlowNode
from app.domain.judging import JudgeDefinition, Verdict
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.asks import Ask, Plan
from app.eval.judging.call import JudgeCall
from app.eval.judging.options import Options, options_of
from app.eval.judging.prompting import told
from app.eval.judging.reply_schemas import closed, in_words, one_of, strict_schema
from app.eval.judging.shapes.common import Judging, verdict

SHOWS = (frozenset({"turns"}), frozenset({"flow"}))
STATUSES: Mapping[str, int | None] = {
    "done": 2, "partial": 1, "not_done": 0, "not_applicable": None,
}  # fmt: skip
"""What a step's status is worth on its scale."""
_ID = re.compile(r"[\w.-]{1,40}")
"""Ids stand outside of the data: they are the keys of the reply."""
NO_TURN = "it says that this was done and names no turn that shows it"
_NAMES = {value: name for name, value in STATUSES.items() if value is not None}


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,  # noqa: ARG001 - the same for every shape
) -> Plan:
    """One ask for the call, about all steps."""
    if call.flow is None:
        return Plan(skipped="No task flow belongs to it.")
    nodes = call.flow.nodes
    if {n.id for n in nodes} != {c.key for c in rubric.criteria}:
        return Plan(skipped="The rubric is of another version of its task flow.")
    strange = next((n.id for n in nodes if not _ID.fullmatch(n.id)), None)
    if strange is not None:
        return Plan(skipped=f"“{strange[:20]}” is no id of a step: it needs letters and digits.")
    judging = Judging(definition=definition, rubric=rubric, call=call)
    made, described = _schema(_steps(rubric))
    request = judging.request(
        made, described, judging.view.variables(), [told(rubric.criteria[0], _NAMES)]
    )
    ask = Ask(
        item=call.item,
        criteria=tuple(n.id for n in nodes),
        requests=(request,),
        context={
            "citable": judging.view.citable(),
            "nodes": nodes,
            "caller_ended": call.ended_by == "caller",
        },
    )
    return Plan(asks=(ask,))


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """A verdict on each step, with the turn where it was first done.

    A key step is *blocked by hang-up* if it was not done, nothing after it in the flow was, and
    the caller ended the call; it counts as not done all the same.

    Raises:
        ReplyProblem: a step that is no branch "does not apply".
    """
    options, criteria = options_of(definition), {c.key: c for c in rubric.criteria}
    nodes: Sequence[FlowNode] = ask.context["nodes"]
    found: Mapping[str, Any] = objects[0]
    given = [_verdict(options, criteria[n.id], found[n.id], ask.context["citable"]) for n in nodes]
    if not ask.context["caller_ended"]:
        return tuple(given)
    reached = max((at for at, v in enumerate(given) if v.value), default=-1)
    return tuple(
        replace(v, details={**v.details, "blocked_by_hangup": True})
        if node.kind == "key" and v.value == 0 and at > reached
        else v
        for at, (node, v) in enumerate(zip(nodes, given))
    )


def _verdict(
    options: Options, criterion: Criterion, entry: Mapping[str, Any], citable: Sequence[int]
) -> Verdict:
    value = STATUSES[entry["status"]]
    made = verdict(criterion, options, value, entry["reason"], entry["evidence_turns"], citable)
    if not value:
        return made
    if not made.evidence:
        # Without a turn its place in the order is unknown.
        doubt = {"no_evidence": True, "contradiction": NO_TURN}
        return replace(made, flagged=True, details={**made.details, **doubt})
    return replace(made, details={**made.details, "first_turn": min(made.evidence)})


def schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:  # noqa: ARG001
    """Of a reply about two steps, the second a branch; each flow has a schema of its own."""
    return _schema((("step", False), ("branch", True)))[0]


def _steps(rubric: RubricVersion) -> tuple[tuple[str, bool], ...]:
    return tuple((c.key, c.na_allowed) for c in rubric.criteria)


@lru_cache(maxsize=64)
def _schema(steps: tuple[tuple[str, bool], ...]) -> tuple[Mapping[str, Any], str]:
    always = [name for name, value in STATUSES.items() if value is not None]
    kinds = {
        branch: closed(
            "Branch" if branch else "Step",
            {
                "reason": str,
                "evidence_turns": list[int],
                "status": one_of(list(STATUSES) if branch else always),
            },
        )
        for branch in (False, True)
    }
    made = strict_schema(closed("Nodes", {key: kinds[branch] for key, branch in steps}))
    return made, in_words(made)
