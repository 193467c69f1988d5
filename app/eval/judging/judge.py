"""A judge and a call: what to ask, how to read what comes back. Pure; nothing is asked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.judging import JudgeDefinition, Verdict
from app.domain.rubrics import RubricVersion
from app.eval.judging import baselines
from app.eval.judging.asks import Ask, Plan, ReplyProblem
from app.eval.judging.call import JudgeCall
from app.eval.judging.options import options_of
from app.eval.judging.replies import read_reply
from app.eval.judging.shapes import shape_of
from app.eval.judging.shapes.common import NO_WORDS, says_nothing

_NEEDED = {
    "brief": "The agent's instructions are not known, so that nothing can be held against them.",
    "meant": "What the agent meant to say is not known: no log of its own was imported.",
    "heard": "What the agent's recogniser heard is not known: no transcript of its own was "
    "imported.",
}


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,
) -> Plan:
    """Everything that a judge with a model asks about a call, or about two.

    Raises:
        BadInput: a template or a parameter of the judge cannot be used.
    """
    why_not = _does_not_apply(definition, call)
    if why_not:
        return Plan(skipped=why_not)
    found = shape_of(definition.shape).plan(definition, rubric, call, other)
    if not found.asks and not found.skipped:
        return Plan(skipped="There is no turn in it that is judged.", notes=found.notes)
    return found


def reply_schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:
    """JSON schema of a judge's replies; where it differs from ask to ask, of a typical one.

    Raises:
        BadInput: there is no such shape, or the rubric does not fit it.
    """
    return shape_of(definition.shape).schema(definition, rubric)


def parse(text: str, schema: Mapping[str, Any]) -> Any:
    """The object that a reply gives, checked against the schema of its request.

    Raises:
        ReplyProblem: there is none that can be used.
    """
    return read_reply(text, schema)


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """Verdicts of an ask.

    Args:
        definition: what was asked.
        rubric: the version that it was asked by.
        ask: as planned.
        objects: as parsed, one for each request of the ask, in their order.

    Raises:
        ReplyProblem: a value is off the scale, or what was asked for is missing.
    """
    if len(objects) != len(ask.requests):
        raise ReplyProblem("parse", f"{len(objects)} replies for {len(ask.requests)} requests.")
    return shape_of(definition.shape).read(definition, rubric, ask, objects)


def baseline(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,
) -> tuple[Verdict, ...]:
    """Verdicts of a judge without a model; with an `other` call, on the pair of them.

    Raises:
        ValueError: the definition names no rule, or its rubric does not fit the rule.
    """
    return baselines.judge(definition, rubric, call, other)


def _does_not_apply(definition: JudgeDefinition, call: JudgeCall) -> str:
    agent = call.agent_turns
    if not agent:
        return "The agent never speaks."
    for need in options_of(definition).needs:
        known = {
            "brief": bool(call.brief.strip()),
            "meant": any(call.meant(t) for t in agent),
            "heard": any(call.heard(t) for t in call.turns if t.speaker == "caller"),
        }
        if not known[need]:
            return _NEEDED[need]
    if definition.modality == "text" and all(says_nothing(t.text) for t in agent):
        return NO_WORDS
    return ""
