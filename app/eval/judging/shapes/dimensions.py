"""Dimensions of a call and an overall score that follows from them (EVA-Bench).

The judge gives an overall score as well; what counts is the one that its own dimensions give, and
a verdict where the two differ is flagged. EVA-Bench itself trusts the judge's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.domain.errors import BadInput
from app.domain.judging import JudgeDefinition, Verdict
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.asks import Ask, Plan
from app.eval.judging.call import JudgeCall
from app.eval.judging.options import options_of
from app.eval.judging.prompting import told
from app.eval.judging.reply_schemas import closed, in_words, strict_schema
from app.eval.judging.shapes.common import (
    Judging,
    Scale,
    fields_of,
    scale_of,
    told_all,
    value_type,
    verdict,
)

SHOWS = (frozenset({"turns"}),)


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,  # noqa: ARG001 - the same for every shape
) -> Plan:
    """One ask for the call.

    Raises:
        BadInput: the rubric does not say how its overall score follows.
    """
    judging = Judging(definition=definition, rubric=rubric, call=call)
    overall, _ = overall_of(rubric)
    dimensions = dimensions_of(rubric)
    made, described = _schema(_scales(dimensions), scale_of(overall))
    request = judging.request(
        made,
        described,
        judging.view.variables(),
        told_all(dimensions),
        overall=told(overall),
    )
    ask = Ask(
        item=call.item,
        criteria=tuple(c.key for c in rubric.criteria),
        requests=(request,),
        context={"citable": judging.view.citable()},
    )
    return Plan(asks=(ask,))


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """A verdict on each dimension, and the overall one that follows from them.

    Raises:
        ReplyProblem: a score is off its scale.
    """
    options, citable = options_of(definition), ask.context["citable"]
    found: Mapping[str, Any] = objects[0]
    parts = found["dimensions"]
    given = tuple(
        verdict(
            c,
            options,
            parts[c.key]["score"],
            parts[c.key]["reason"],
            parts[c.key]["evidence_turns"],
            citable,
        )
        for c in dimensions_of(rubric)
    )
    overall, rule = overall_of(rubric)
    levels = sorted(level.value for level in overall.levels)
    follows, said = rule([v.value for v in given if v.value is not None], levels), found["score"]
    cited = [i for v in given if v.value is not None and v.value < levels[-1] for i in v.evidence]
    differs = said != follows
    whole = verdict(
        overall,
        options,
        follows,
        found["reason"],
        [i + 1 for i in cited],
        citable,
        flagged=differs,
        details=_contradiction(said, follows) if differs else None,
    )
    return (whole, *given)


def _contradiction(said: float, follows: float | None) -> dict[str, Any]:
    words = f"it said {said} overall, and its dimensions give {follows}"
    return {"contradiction": words, "said": said, "follows": follows}


Rule = Callable[[Sequence[float], Sequence[int]], float | None]
"""From the dimensions' scores and the levels, lowest first, to the overall score."""


def lowest(scores: Sequence[float], levels: Sequence[int]) -> float | None:  # noqa: ARG001
    """The worst of the dimensions (EVA-Bench, faithfulness)."""
    return min(scores, default=None)


def severity(scores: Sequence[float], levels: Sequence[int]) -> float | None:
    """Severe once, or unclean three times: worst; all clean: best (EVA-Bench, progression)."""
    if not scores:
        return None
    unclean = sum(s < levels[-1] for s in scores)
    if levels[0] in scores or unclean >= 3:
        return levels[0]
    return levels[-2] if unclean else levels[-1]


RULES: Mapping[str, Rule] = {"lowest": lowest, "severity": severity}


def overall_of(rubric: RubricVersion) -> tuple[Criterion, Rule]:
    """The criterion of a rubric that is the overall score, and the rule that gives it.

    Raises:
        BadInput: the rubric does not say.
    """
    told_how = rubric.extra.get("overall")
    spec: Mapping[str, Any] = told_how if isinstance(told_how, Mapping) else {}
    criterion = next((c for c in rubric.criteria if c.key == spec.get("criterion")), None)
    rule = RULES.get(str(spec.get("rule")))
    if criterion is None or rule is None:
        raise BadInput(
            f"The rubric {rubric.key} does not say how its overall score follows.",
            f"Give it `overall` with a criterion and a rule: {' or '.join(RULES)}.",
        )
    return criterion, rule


def dimensions_of(rubric: RubricVersion) -> tuple[Criterion, ...]:
    """The criteria that the overall score follows from."""
    overall, _ = overall_of(rubric)
    return tuple(c for c in rubric.criteria if c is not overall)


def schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:  # noqa: ARG001
    """Of every reply."""
    overall, _ = overall_of(rubric)
    return _schema(_scales(dimensions_of(rubric)), scale_of(overall))[0]


def _scales(criteria: Sequence[Criterion]) -> tuple[tuple[str, Scale], ...]:
    return tuple((c.key, scale_of(c)) for c in criteria)


@lru_cache(maxsize=64)
def _schema(scales: tuple[tuple[str, Scale], ...], overall: Scale) -> tuple[Mapping[str, Any], str]:
    parts = closed("Parts", {key: closed("Part", fields_of(scale)) for key, scale in scales})
    whole = {"dimensions": parts, "reason": str, "score": value_type(overall)}
    made = strict_schema(closed("Dimensions", whole))
    return made, in_words(made)
