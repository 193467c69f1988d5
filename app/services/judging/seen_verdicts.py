"""Judges' verdicts as a viewer sees them: values, their state, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from app.domain.judging import JudgeVersion
from app.domain.ratings import Score, ScoreStatus
from app.domain.rubrics import Criterion, Level, RubricVersion
from app.services.outgoing import Outgoing

VerdictState = Literal["scored", "not_applicable", "unscored", "failed"]
"""`unscored`: there is a reply and it cannot be used. `failed`: there is no reply."""
Hiding = Literal["", "all", "rest", "always"]
"""What a reviewer is kept from, whether or not there is any of it: `all` until they submit, the
`rest` that they have not submitted, or `always` by the workspace's setting. Empty for a lead."""
_STATES: Mapping[ScoreStatus, VerdictState] = {
    "observed": "scored",
    "not_applicable": "not_applicable",
    "parse_error": "unscored",
    "provider_error": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What requests used. Nothing is known of the price of `unpriced` replies."""

    requests: int = 0
    tokens: int | None = None
    """None where no endpoint counted any."""
    priced_micro: Mapping[str, int]
    """Currency → millionths."""
    unpriced: int = 0
    latency_ms: int = 0
    """Of all requests together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVerdict:
    """A verdict with all that it stands on."""

    score: Score
    criterion: Criterion
    judge: JudgeVersion
    run_code: str
    """`R-0042`; empty for a verdict that no run gave."""
    spent: Spent
    shared: int = 1
    """How many verdicts follow from the same requests, this one among them."""
    partner: str = ""
    """Of a pair: the code of the call that this one was held against."""

    is_second: bool = False
    """Of a pair: whether the call that is looked at is its second one."""

    @property
    def state(self) -> VerdictState:
        """Whether there is a value, or why there is none."""
        return _STATES.get(self.score.answer.status, "unscored")

    @property
    def level(self) -> Level | None:
        """The scale's own level that was given."""
        value = self.score.answer.value
        return None if value is None else self.criterion.level(value)

    @property
    def is_lowest(self) -> bool:
        """Whether it is the worst that the scale has."""
        value, levels = self.score.answer.value, self.criterion.levels
        if value is None or not levels:
            return False
        worst = min if self.criterion.higher_is_better else max
        return value == worst(level.value for level in levels)

    @property
    def reason(self) -> str:
        """Why there is no value."""
        answer = self.score.answer
        return "" if self.state == "scored" else answer.na_reason or answer.rationale

    @property
    def na_mode(self) -> str:
        """How "not applicable" counts, `exclude` or `full`; empty where the judge has no mode."""
        return str(self.score.details.get("na_mode") or self.judge.params.get("na_mode") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeVerdicts:
    """All verdicts of one judge version, in order of time; whole calls come last."""

    judge: JudgeVersion
    title: str
    rubric: RubricVersion
    verdicts: tuple[SeenVerdict, ...]
    spent: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class CallVerdicts:
    """What the judge panel of a call shows, the newest judge first."""

    judges: tuple[JudgeVerdicts, ...] = ()
    hiding: Hiding = ""

    def masked(self, hide: Outgoing) -> CallVerdicts:
        """The same with reasons as they leave the workspace."""
        judges = (
            replace(j, verdicts=tuple(_masked(v, hide) for v in j.verdicts)) for j in self.judges
        )
        return replace(self, judges=tuple(judges))


def _masked(verdict: SeenVerdict, hide: Outgoing) -> SeenVerdict:
    score = verdict.score
    answer = replace(score.answer, rationale=hide.rationale(score.answer, score.item))
    return replace(verdict, score=replace(score, answer=answer))
