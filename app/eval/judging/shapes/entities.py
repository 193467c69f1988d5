"""What the caller said that matters, turn by turn, against what the agent's recogniser heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.domain.judging import JudgeDefinition, Verdict
from app.domain.ratings import ItemRef
from app.domain.rubrics import RubricVersion
from app.eval.judging.asks import Ask, Plan
from app.eval.judging.call import JudgeCall, JudgeTurn
from app.eval.judging.data_blocks import block, dump, rows
from app.eval.judging.options import Options, options_of
from app.eval.judging.reply_schemas import closed, in_words, list_of, one_of, strict_schema
from app.eval.judging.shapes.common import Judging, by_turn, rates, says_nothing, told_all, verdict

SHOWS = (frozenset({"turns"}),)
TYPES = ("name", "number", "code", "date", "time", "amount", "address", "place", "email", "phone",
         "product", "other")  # fmt: skip
OUTCOMES = ("correct", "wrong", "unclear")
"""`unclear` is left out: what was said cannot be settled from the texts."""
_TRUTHS = ("human", "intended", "spoken")
"""Transcripts of what was said, the best first; never the one that is judged."""
_NO_TRUTH = "What the caller said is known only as the agent's recogniser heard it."


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,  # noqa: ARG001 - the same for every shape
) -> Plan:
    """One ask for the call, about the caller's turns of which both texts are known."""
    judging = Judging(definition=definition, rubric=rubric, call=call)
    criterion = rubric.criteria[0]
    turns = [t for t in call.turns if rates(criterion, t) and not says_nothing(said(call, t))]
    if not turns:
        return Plan(skipped=_NO_TRUTH)
    lines = [
        dump({"turn": t.index + 1, "said": said(call, t), "agent_heard": call.heard(t)})
        for t in turns
    ]
    made, described = _schema()
    request = judging.request(
        made,
        described,
        {**judging.view.variables(), "turns": block("turns", rows(lines))},
        told_all([criterion]),
        rated=", ".join(str(t.index + 1) for t in turns),
    )
    ask = Ask(
        item=call.item,
        criteria=(criterion.key,),
        requests=(request,),
        context={"items": {t.index + 1: t.item for t in turns}},
    )
    return Plan(asks=(ask,))


def said(call: JudgeCall, turn: JudgeTurn) -> str:
    """What the caller said, by the best transcript that is not the recogniser's own."""
    for role in _TRUTHS:
        text = call.meant(turn) if role == "intended" else call.text_of(role, turn)
        if text:
            return text
    shown = call.extra.get("text", {}).get("role")
    return "" if shown == "heard" else turn.text


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """A verdict on each turn: all right, or not; `details` has the counts.

    Raises:
        ReplyProblem: a turn is missing or comes twice.
    """
    options = options_of(definition)
    items: Mapping[int, ItemRef] = ask.context["items"]
    entries, _ = by_turn(objects[0]["turns"], items)
    return tuple(_verdict(options, rubric, entries[n], item) for n, item in items.items())


def _verdict(
    options: Options, rubric: RubricVersion, entry: Mapping[str, Any], item: ItemRef
) -> Verdict:
    found = entry["entities"]
    counted = [e for e in found if e["outcome"] != "unclear"]
    correct = sum(e["outcome"] == "correct" for e in counted)
    wrong = [f"{e['value']} was heard as {e['heard'] or 'nothing'}. {e['reason']}"
             for e in counted if e["outcome"] == "wrong"]  # fmt: skip
    nothing = "There is nothing in it that matters." if not found else "Nothing in it is clear."
    return verdict(
        rubric.criteria[0],
        options,
        int(correct == len(counted)) if counted else None,
        " ".join(wrong) or ("All was heard right." if counted else nothing),
        (entry["turn"],),
        (entry["turn"] - 1,),
        item=item,
        details={"correct": correct, "total": len(counted), "entities": found},
    )


def schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:  # noqa: ARG001
    """Of every reply."""
    return _schema()[0]


@lru_cache(maxsize=1)
def _schema() -> tuple[Mapping[str, Any], str]:
    entity = closed(
        "Entity",
        {
            "type": one_of(TYPES),
            "value": str,
            "heard": str,
            "reason": str,
            "outcome": one_of(OUTCOMES),
        },
    )
    turn = closed("Turn", {"turn": int, "entities": list_of(entity)})
    made = strict_schema(closed("Entities", {"turns": list_of(turn)}))
    return made, in_words(made)
