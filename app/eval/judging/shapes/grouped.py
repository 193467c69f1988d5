"""All criteria of a turn or call in a reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.domain.judging import JudgeDefinition, Verdict
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.asks import Ask, Plan
from app.eval.judging.call import JudgeCall
from app.eval.judging.options import options_of
from app.eval.judging.reply_schemas import closed, in_words, strict_schema
from app.eval.judging.shapes.common import (
    Judging,
    Scale,
    criteria_of,
    fields_of,
    scale_of,
    told_all,
    verdict,
)
from app.eval.judging.shapes.subjects import criteria_and_notes, empty_reply, subjects

SHOWS = (frozenset({"turns", "turn"}),)


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,  # noqa: ARG001 - the same for every shape
) -> Plan:
    """One ask for each turn, or for the call."""
    judging = Judging(definition=definition, rubric=rubric, call=call)
    criteria, notes = criteria_and_notes(judging)
    return Plan(asks=tuple(_asks(judging, criteria)), notes=notes)


def _asks(judging: Judging, criteria: tuple[Criterion, ...]) -> Iterator[Ask]:
    for subject in subjects(judging, criteria):
        if subject.says_nothing:
            yield subject.ask_without_model()
            continue
        made, described = _schema(_scales(subject.criteria))
        request = judging.request(
            made,
            described,
            judging.view.variables(subject.turn),
            told_all(subject.criteria),
            rated=subject.label,
        )
        yield Ask(
            item=subject.item,
            criteria=tuple(c.key for c in subject.criteria),
            requests=(request,),
            context={"citable": judging.view.citable(subject.turn)},
        )


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """A verdict for each criterion.

    Raises:
        ReplyProblem: one is off its scale.
    """
    options = options_of(definition)
    if not objects:
        return empty_reply(options, rubric, ask)
    found: Mapping[str, Any] = objects[0]
    return tuple(
        verdict(
            c,
            options,
            found[c.key]["score"],
            found[c.key]["reason"],
            found[c.key]["evidence_turns"],
            ask.context["citable"],
        )
        for c in criteria_of(rubric, ask.criteria)
    )


def schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:  # noqa: ARG001
    """Of a reply about all of the rubric."""
    return _schema(_scales(rubric.criteria))[0]


def _scales(criteria: Sequence[Criterion]) -> tuple[tuple[str, Scale], ...]:
    return tuple((c.key, scale_of(c)) for c in criteria)


@lru_cache(maxsize=64)
def _schema(scales: tuple[tuple[str, Scale], ...]) -> tuple[Mapping[str, Any], str]:
    parts = {key: closed("Part", fields_of(scale)) for key, scale in scales}
    made = strict_schema(closed("Grouped", parts))
    return made, in_words(made)
