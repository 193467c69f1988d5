"""One criterion of a turn or call in a reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.domain.judging import JudgeDefinition, Verdict
from app.domain.rubrics import RubricVersion
from app.eval.judging.asks import Ask, Plan
from app.eval.judging.call import JudgeCall
from app.eval.judging.options import options_of
from app.eval.judging.reply_schemas import closed, in_words, strict_schema
from app.eval.judging.shapes.common import (
    Judging,
    Scale,
    fields_of,
    scale_of,
    told_all,
    verdict,
)
from app.eval.judging.shapes.subjects import Subject, criteria_and_notes, empty_reply, subjects

SHOWS = (frozenset({"turns", "turn"}),)


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,  # noqa: ARG001 - the same for every shape
) -> Plan:
    """One ask for each criterion of each turn, or of the call."""
    judging = Judging(definition=definition, rubric=rubric, call=call)
    criteria, notes = criteria_and_notes(judging)
    asks = tuple(ask for s in subjects(judging, criteria) for ask in _asks(judging, s))
    return Plan(asks=asks, notes=notes)


def _asks(judging: Judging, subject: Subject) -> Iterator[Ask]:
    if subject.says_nothing:
        yield subject.ask_without_model()
        return
    data, citable = judging.view.variables(subject.turn), judging.view.citable(subject.turn)
    for criterion in subject.criteria:
        schema, described = _schema(scale_of(criterion))
        request = judging.request(
            schema, described, data, told_all([criterion]), rated=subject.label
        )
        yield Ask(
            item=subject.item,
            criteria=(criterion.key,),
            requests=(request,),
            context={"citable": citable},
        )


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """The verdict of a reply.

    Raises:
        ReplyProblem: it is off the scale.
    """
    options = options_of(definition)
    if not objects:
        return empty_reply(options, rubric, ask)
    criterion = next(c for c in rubric.criteria if c.key == ask.criteria[0])
    found: Mapping[str, Any] = objects[0]
    citable = ask.context["citable"]
    return (
        verdict(
            criterion, options, found["score"], found["reason"], found["evidence_turns"], citable
        ),
    )


def schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:  # noqa: ARG001
    """Of a reply about the rubric's first criterion."""
    return _schema(scale_of(rubric.criteria[0]))[0]


@lru_cache(maxsize=64)
def _schema(scale: Scale) -> tuple[Mapping[str, Any], str]:
    made = strict_schema(closed("Single", fields_of(scale)))
    return made, in_words(made)
