"""Which of two calls is better, asked in both orders.

A value is of the call with the smaller id: 1 it is better, −1 the other is, 0 neither. Where the
two orders do not agree the answer followed the order: it is a tie, marked inconsistent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.domain.judging import JudgeDefinition, Verdict
from app.domain.ratings import ItemRef
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.asks import Ask, Plan, Rendered
from app.eval.judging.call import JudgeCall
from app.eval.judging.options import Options, options_of
from app.eval.judging.prompting import told
from app.eval.judging.reply_schemas import closed, in_words, one_of, strict_schema
from app.eval.judging.shapes.common import NO_WORDS, Judging, says_nothing, verdict
from app.eval.judging.views import View

SHOWS = (frozenset({"first"}), frozenset({"second"}))
CHOICES: Mapping[str, int] = {"a": 1, "b": -1, "tie": 0}
_NAMES = {value: name for name, value in CHOICES.items()}


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,
) -> Plan:
    """One ask of two requests: the same two calls, in either order.

    The ask's item is the pair, without the item of its second call, which only the database
    knows; `context["other"]` is that item.
    """
    if other is None:
        return Plan(skipped="There is no second call to compare it with.")
    if other.call_id == call.call_id:
        return Plan(skipped="A call is not compared with itself.")
    if all(says_nothing(t.text) for t in other.agent_turns):
        return Plan(skipped=f"Of the other call: {NO_WORDS}")
    first, second = sorted((call, other), key=lambda c: c.call_id)
    judging = Judging(definition=definition, rubric=rubric, call=first)
    beside = View(call=second, rule=definition.context, options=judging.options)
    ask = Ask(
        item=ItemRef(kind="pair", call_id=first.call_id, span=first.item.span),
        criteria=tuple(c.key for c in rubric.criteria),
        requests=(
            _request(judging, judging.view, beside),
            _request(judging, beside, judging.view),
        ),
        context={
            "citable": (judging.view.citable(), beside.citable()),
            "other": second.item,
        },
    )
    return Plan(asks=(ask,))


def _request(judging: Judging, a: View, b: View) -> Rendered:
    shared = judging.view.variables()
    data = {name: shared[name] for name in ("brief", "goal", "flow")}
    data |= {"first": a.turns(name="first"), "second": b.turns(name="second")}
    made, described = _schema(tuple(c.key for c in judging.rubric.criteria))
    criteria = [told(c, _NAMES) for c in judging.rubric.criteria]
    return judging.request(made, described, data, criteria)


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """A verdict for each criterion, from both orders."""
    options = options_of(definition)
    return tuple(
        _verdict(options, c, ask.context["citable"], objects[0][c.key], objects[1][c.key])
        for c in rubric.criteria
    )


def _verdict(
    options: Options,
    criterion: Criterion,
    citable: tuple[Sequence[int], Sequence[int]],
    straight: Mapping[str, Any],
    turned: Mapping[str, Any],
) -> Verdict:
    values = [CHOICES[straight["choice"]], -CHOICES[turned["choice"]]]
    agree = values[0] == values[1]
    reason = straight["reason"].strip()
    if not agree:
        reason = f"{reason}\nIn the other order: {turned['reason'].strip()}"
    details: dict[str, Any] = {"order_values": values}
    second = [*straight["evidence_b"], *turned["evidence_a"]]
    details["other_evidence"] = sorted({n - 1 for n in second if n - 1 in citable[1]})
    if not agree:
        details["inconsistent"] = True
    return verdict(
        criterion,
        options,
        values[0] if agree else 0,
        reason,
        [*straight["evidence_a"], *turned["evidence_b"]],
        citable[0],
        flagged=not agree,
        details=details,
    )


def schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:  # noqa: ARG001
    """Of every reply."""
    return _schema(tuple(c.key for c in rubric.criteria))[0]


@lru_cache(maxsize=16)
def _schema(keys: tuple[str, ...]) -> tuple[Mapping[str, Any], str]:
    part = closed(
        "Choice",
        {
            "reason": str,
            "evidence_a": list[int],
            "evidence_b": list[int],
            "choice": one_of(list(CHOICES)),
        },
    )
    made = strict_schema(closed("Preference", dict.fromkeys(keys, part)))
    return made, in_words(made)
