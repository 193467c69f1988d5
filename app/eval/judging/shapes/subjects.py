"""Whom a judge by single verdicts is asked about: turns or the call; and replies without words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.judging import Verdict
from app.domain.ratings import ItemRef
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.asks import Ask
from app.eval.judging.call import JudgeTurn
from app.eval.judging.options import Options
from app.eval.judging.shapes.common import Judging, criteria_of, rates, says_nothing, verdict

_BY_EAR = ("detector", "human")
"""Origins of a timing in which a turn is sound that was there, not a line of a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing that is judged, and by which criteria."""

    item: ItemRef
    turn: JudgeTurn | None
    """None for the whole call."""
    criteria: tuple[Criterion, ...]

    @property
    def label(self) -> str:
        """The turn's number as judges know it; empty for a call."""
        return "" if self.turn is None else str(self.turn.index + 1)

    @property
    def says_nothing(self) -> bool:
        """An agent's reply that is empty or failed. No model is asked about it."""
        return self.turn is not None and says_nothing(self.turn.text)

    def ask_without_model(self) -> Ask:
        """The ask of a reply that says nothing."""
        return Ask(item=self.item, criteria=tuple(c.key for c in self.criteria))


def subjects(judging: Judging, criteria: tuple[Criterion, ...]) -> Iterator[Subject]:
    """Every turn that a criterion is asked of, or the call."""
    if judging.definition.unit == "call":
        asked = tuple(c for c in criteria if c.scope == "call")
        if asked:
            yield Subject(item=judging.call.item, turn=None, criteria=asked)
        return
    unheard = _unheard(judging)
    for turn in judging.call.turns:
        asked = tuple(c for c in criteria if rates(c, turn))
        if asked and turn not in unheard:
            yield Subject(item=turn.item, turn=turn, criteria=asked)


def criteria_and_notes(judging: Judging) -> tuple[tuple[Criterion, ...], tuple[str, ...]]:
    """The criteria that can be asked of the call, and what was left out and why."""
    missing = () if judging.call.brief.strip() else judging.options.needs_brief
    left = [c.title for c in judging.rubric.criteria if c.key in missing]
    notes = [f"{', '.join(left)}: the agent's brief is not known."] if left else []
    unheard = _unheard(judging) if judging.definition.unit == "turn" else ()
    if unheard:
        numbers = ", ".join(str(t.index + 1) for t in unheard)
        notes.append(f"Turn {numbers}: speech was found, but no words are known.")
    return tuple(c for c in judging.rubric.criteria if c.key not in missing), tuple(notes)


def _unheard(judging: Judging) -> tuple[JudgeTurn, ...]:
    """The agent's turns that are heard and have no words; those are no empty replies."""
    timing = judging.call.extra.get("timing", {})
    if timing.get("origin") not in _BY_EAR:
        return ()
    return tuple(t for t in judging.call.agent_turns if says_nothing(t.text))


def empty_reply(options: Options, rubric: RubricVersion, ask: Ask) -> tuple[Verdict, ...]:
    """Verdicts on a reply that says nothing: the worst where the judge's options say so.

    OutboundEval leaves it open; ours: lowest on coherence and intent, no verdict elsewhere.
    """
    return tuple(_of_empty(options, c) for c in criteria_of(rubric, ask.criteria))


def _of_empty(options: Options, criterion: Criterion) -> Verdict:
    fails = criterion.key in options.zero_when_empty
    if fails:
        worst = min if criterion.higher_is_better else max
        value = worst(level.value for level in criterion.levels)
        return verdict(
            criterion, options, value, "The reply says nothing.", (), (), flagged=True,
            details={"empty_reply": True},
        )  # fmt: skip
    return Verdict(
        criterion_key=criterion.key,
        value=None,
        rationale="The reply says nothing.",
        flagged=True,
        details={"na_mode": options.na_mode, "empty_reply": True},
    )
