"""One rating for each turn of a call, all in one reply (EVA-Bench's per-turn judges)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.domain.calls import Span
from app.domain.errors import BadInput
from app.domain.judging import JudgeDefinition, Modality, Verdict
from app.domain.ratings import ItemRef
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.asks import Ask, AudioPart, Plan
from app.eval.judging.call import JudgeCall, JudgeTurn
from app.eval.judging.options import Options, options_of
from app.eval.judging.reply_schemas import closed, in_words, list_of, one_of, strict_schema
from app.eval.judging.shapes.common import (
    Judging,
    Scale,
    by_turn,
    rates,
    says_nothing,
    scale_of,
    told_all,
    value_type,
    verdict,
)

SHOWS = (frozenset({"turns"}), frozenset({"rated"}))
PAD_S = 0.1
"""Sound on either side of a turn that goes with it."""


def plan(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,  # noqa: ARG001 - the same for every shape
) -> Plan:
    """One ask for the call, or for each stretch of so many turns as the options say.

    Raises:
        BadInput: the judge is to see no later turns, which this shape cannot do.
    """
    if definition.context == "history":
        raise BadInput(
            f"{definition.title} rates all turns in one request, so that it sees later ones.",
            "Set its context to “whole” or “alone”.",
        )
    judging = Judging(definition=definition, rubric=rubric, call=call)
    asked = [t for t in call.turns if rates(rubric.criteria[0], t)]
    turns = [t for t in asked if _is_known(judging, t)]
    left = ", ".join(str(t.index + 1) for t in asked if t not in turns)
    size = judging.options.turns_per_request or max(len(turns), 1)
    stretches = [turns[at : at + size] for at in range(0, len(turns), size)]
    return Plan(
        asks=tuple(_ask(judging, stretch) for stretch in stretches),
        notes=(f"Turn {left}: no words are known.",) if left else (),
    )


def _is_known(judging: Judging, turn: JudgeTurn) -> bool:
    """Whether there is anything of a turn to rate."""
    if "meant" in judging.options.needs:
        return not says_nothing(judging.call.meant(turn))
    return judging.definition.modality == "audio" or not says_nothing(turn.text)


def _ask(judging: Judging, turns: Sequence[JudgeTurn]) -> Ask:
    definition, criterion = judging.definition, judging.rubric.criteria[0]
    made, described = _schema(*_form(judging.options, definition.modality, criterion))
    data = judging.view.variables()
    if definition.context == "alone":
        data["turns"] = judging.view.only(turns)
    request = judging.request(
        made,
        described,
        data,
        told_all([criterion]),
        audio=tuple(_parts(judging.call, turns)) if definition.modality == "audio" else (),
        rated=", ".join(str(t.index + 1) for t in turns),
    )
    return Ask(
        item=judging.call.item,
        criteria=(criterion.key,),
        requests=(request,),
        context={"items": {t.index + 1: t.item for t in turns}},
    )


def _parts(call: JudgeCall, turns: Sequence[JudgeTurn]) -> Iterator[AudioPart]:
    """The sound of each turn, in order."""
    pad = round(PAD_S * call.rate_hz)
    for turn in turns:
        span, whole = turn.item.span, call.item.span
        start, end = max(span.start - pad, whole.start), min(span.end + pad, whole.end)
        yield AudioPart(speaker=turn.speaker, span=Span(start, max(start, end)))


def read(
    definition: JudgeDefinition, rubric: RubricVersion, ask: Ask, objects: Sequence[Any]
) -> tuple[Verdict, ...]:
    """A verdict for each turn; a turn that is none of those asked about is passed over.

    Raises:
        ReplyProblem: a turn is missing or comes twice, or a rating is off the scale.
    """
    options, criterion = options_of(definition), rubric.criteria[0]
    items: Mapping[int, ItemRef] = ask.context["items"]
    entries, strange = by_turn(objects[0]["turns"], items)
    noted = {"unknown_turns": strange} if strange else {}
    return tuple(_verdict(options, criterion, entries[n], item, noted) for n, item in items.items())


def _verdict(
    options: Options,
    criterion: Criterion,
    entry: Mapping[str, Any],
    item: ItemRef,
    noted: Mapping[str, Any],
) -> Verdict:
    value, modes = entry["rating"], list(dict.fromkeys(entry.get("failure_modes", ())))
    if not entry.get("has_entities", True):
        value = None
    details: dict[str, Any] = dict(noted)
    if "failure_modes" in entry:
        details["failure_modes"] = modes
    if "heard" in entry:
        details["heard"] = entry["heard"]
    contradiction = _contradiction(options, criterion, entry)
    if contradiction:
        details["contradiction"] = contradiction
    label = entry["turn"]
    return verdict(
        criterion,
        options,
        value,
        entry["reason"],
        (label,),
        (label - 1,),
        flagged=bool(contradiction),
        item=item,
        details=details,
    )


def _contradiction(options: Options, criterion: Criterion, entry: Mapping[str, Any]) -> str:
    """How an entry goes against itself, in words; empty where it does not."""
    value, modes = entry["rating"], entry.get("failure_modes", ())
    if value is None:
        unrated = entry.get("has_entities", False)
        return "it found something to check and did not rate it" if unrated else ""
    best = max(level.value for level in criterion.levels)
    if options.failure_modes and (value == best) == bool(modes):
        return f"it rated {value} and named {', '.join(modes) or 'nothing'} as a fault"
    return ""


def schema(definition: JudgeDefinition, rubric: RubricVersion) -> Mapping[str, Any]:
    """Of every reply; it does not depend on the call."""
    options = options_of(definition)
    return _schema(*_form(options, definition.modality, rubric.criteria[0]))[0]


_Form = tuple[Scale, tuple[str, ...], bool, bool]


def _form(options: Options, modality: Modality, criterion: Criterion) -> _Form:
    return (
        scale_of(criterion),
        options.failure_modes,
        options.only_with_entities,
        modality == "audio",
    )


@lru_cache(maxsize=64)
def _schema(
    scale: Scale, modes: tuple[str, ...], only_with_entities: bool, heard: bool
) -> tuple[Mapping[str, Any], str]:
    fields: dict[str, Any] = {"turn": int}
    if heard:
        fields["heard"] = str
    if only_with_entities:
        fields["has_entities"] = bool
    fields["reason"] = str
    if modes:
        fields["failure_modes"] = list_of(one_of(modes))
    fields["rating"] = value_type(scale)
    entries = list_of(closed("Turn", fields))
    made = strict_schema(closed("TurnRatings", {"turns": entries}))
    return made, in_words(made)
