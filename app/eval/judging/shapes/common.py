"""What shapes share: whom a judge is asked about, requests, and verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from app.domain.judging import JudgeDefinition, Verdict
from app.domain.ratings import ItemRef
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.asks import AudioPart, Rendered, ReplyProblem
from app.eval.judging.call import JudgeCall, JudgeTurn
from app.eval.judging.options import Options, options_of
from app.eval.judging.prompting import messages, told
from app.eval.judging.reply_schemas import between, one_of
from app.eval.judging.views import View

MAX_REASON_CHARS = 4000
MAX_NOTED = 20
"""How many turns that do not exist are noted."""
NO_WORDS = "There is no transcript of the agent's words."


@dataclass(frozen=True, kw_only=True)
class Judging:
    """A definition with its rubric and a call: what every request of it is made of."""

    definition: JudgeDefinition
    rubric: RubricVersion
    call: JudgeCall

    @cached_property
    def options(self) -> Options:
        """The judge's options."""
        return options_of(self.definition)

    @cached_property
    def view(self) -> View:
        """The call under the judge's context rule."""
        return View(call=self.call, rule=self.definition.context, options=self.options)

    def request(
        self,
        schema: Mapping[str, Any],
        described: str,
        data: Mapping[str, str],
        criteria: Sequence[Mapping[str, Any]],
        audio: tuple[AudioPart, ...] = (),
        **more: Any,
    ) -> Rendered:
        """One request.

        Args:
            schema: of the reply.
            described: the reply in words.
            data: blocks of what is judged.
            criteria: as `told`.
            audio: sound that goes with it.
            more: further variables.
        """
        values = {
            **data,
            "criteria": criteria,
            "criterion": criteria[0] if criteria else "",
            "na_rule": str(self.rubric.extra.get("na_rule", "")),
            "failure_modes": self.options.failure_modes,
            "language": self.view.language,
            "pipeline": self.view.pipeline,
            "max_reason_words": self.options.max_reason_words,
            "reply": described,
            **more,
        }
        return Rendered(
            messages=messages(self.definition.prompts, values),
            schema=schema,
            schema_name=self.definition.shape,
            audio=audio,
        )


def rates(criterion: Criterion, turn: JudgeTurn) -> bool:
    """Whether a criterion is asked of a turn."""
    return criterion.scope in ("turn", f"{turn.speaker}_turn")


def criteria_of(rubric: RubricVersion, ask_criteria: Sequence[str]) -> tuple[Criterion, ...]:
    """The criteria of those keys, in the rubric's order."""
    return tuple(c for c in rubric.criteria if c.key in ask_criteria)


def told_all(criteria: Sequence[Criterion]) -> list[Mapping[str, Any]]:
    """Criteria as templates see them."""
    return [told(c) for c in criteria]


class Scale(NamedTuple):
    """What a reply may say of a criterion."""

    values: tuple[int, ...]
    na_allowed: bool
    is_continuous: bool
    """Numbers between the values are taken as well."""


def scale_of(criterion: Criterion) -> Scale:
    """The scale of a criterion."""
    values = tuple(level.value for level in criterion.levels)
    return Scale(values, criterion.na_allowed, criterion.is_continuous)


def fields_of(scale: Scale) -> dict[str, Any]:
    """Fields of one verdict: the reason and what it rests on come before the score."""
    return {"reason": str, "evidence_turns": list[int], "score": value_type(scale)}


def value_type(scale: Scale) -> Any:
    """The type of a scale's values, with null where it may not apply."""
    values = scale.values
    kind = between(min(values), max(values)) if scale.is_continuous else one_of(values)
    return kind | None if scale.na_allowed else kind


def says_nothing(text: str) -> bool:
    """Whether there is neither a letter nor a digit in it."""
    return not any(c.isalnum() for c in text)


def by_turn(
    entries: Sequence[Mapping[str, Any]], items: Mapping[int, ItemRef]
) -> tuple[dict[int, Mapping[str, Any]], list[int]]:
    """What a reply says of each turn that was asked about, and which others it names.

    Raises:
        ReplyProblem: a turn is missing or comes twice.
    """
    found: dict[int, Mapping[str, Any]] = {}
    strange: set[int] = set()
    for entry in entries:
        number = entry["turn"]
        if number not in items:
            strange.add(number)
        elif number in found:
            raise ReplyProblem("parse", f"Turn {number} comes twice.")
        else:
            found[number] = entry
    missing = [str(n) for n in items if n not in found]
    if missing:
        raise ReplyProblem("parse", f"Nothing is said of turn {', '.join(missing)}.")
    return found, sorted(strange)[:MAX_NOTED]


def verdict(
    criterion: Criterion,
    options: Options,
    value: float | None,
    reason: str,
    labels: Sequence[int],
    citable: Collection[int],
    *,
    flagged: bool = False,
    item: ItemRef | None = None,
    details: Mapping[str, Any] | None = None,
) -> Verdict:
    """A verdict on the criterion's scale.

    Args:
        criterion: what was asked.
        options: of the judge.
        value: None for "not applicable".
        reason: in the judge's words.
        labels: 1-based numbers of the turns that it names.
        citable: indices of the turns that it was shown; others are dropped and noted.
        flagged: it contradicts itself.
        item: what it is about, where that is not what was asked about.
        details: what else to keep with it.

    Raises:
        ReplyProblem: the value is not on the scale.
    """
    if value is None and not criterion.na_allowed:
        raise ReplyProblem("off_scale", f"{criterion.title} cannot be “not applicable”.")
    if value is not None and not criterion.takes(value):
        raise ReplyProblem("off_scale", f"{criterion.title}: {value} is not on the scale.")
    named = list(dict.fromkeys(labels))
    unknown = [n for n in named if n - 1 not in citable]
    return Verdict(
        criterion_key=criterion.key,
        value=value,
        rationale=reason.strip()[:MAX_REASON_CHARS],
        evidence=tuple(n - 1 for n in named if n - 1 in citable),
        flagged=flagged,
        details={
            "na_mode": options.na_mode,
            **({"unknown_turns": unknown[:MAX_NOTED]} if unknown else {}),
            **(details or {}),
        },
        item=item,
    )
