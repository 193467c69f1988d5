"""Raters, items and scores. People and judges are both raters in one append-only score table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.calls import Span, Speaker

RaterKind = Literal["human", "judge"]
Role = Literal["reviewer", "lead"]
ItemKind = Literal["call", "turn", "pair", "clip", "check"]
ScoreStatus = Literal[
    "observed", "abstained", "not_applicable", "cleared", "parse_error", "provider_error"
]
Phase = Literal["draft", "submitted"]

ADJUDICATION = "adjudication"
"""The id of the rater that final values belong to. Nobody signs in as it, and no figure of how
people score or agree counts it."""


def score_value(value: float) -> float:
    """A value as scores hold it: an int where it is whole, which is written without a point."""
    return int(value) if float(value).is_integer() else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is looking. A required argument of every read that could unblind someone."""

    rater_id: str
    name: str
    role: Role

    @property
    def is_lead(self) -> bool:
        """A lead sees all; what they then score is not blind."""
        return self.role == "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """What is rated: a call, or a turn pinned by layer, version and span. Frames, call's rate.

    A clip that has a `profile_id` is known by it: another recogniser may place it elsewhere, and
    two clips may share a span.
    """

    kind: ItemKind
    call_id: str
    span: Span
    layer_id: str | None = None
    layer_version: int | None = None
    profile_id: str | None = None
    turn_index: int | None = None
    speaker: Speaker | None = None
    other_item_id: str | None = None
    """Of a pair: the item of its second call. The call with the smaller id comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A turn or span that a rater points at."""

    turn_id: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A rater's answer to one criterion on one item, as drafted or submitted.

    `value` is the scale's own value as `score_value` has it, None unless `status` is `observed`.
    Unscored is not zero.
    """

    status: ScoreStatus
    value: float | None = None
    na_reason: str = ""
    confidence: int | None = None
    rationale: str = ""
    evidence: tuple[Evidence, ...] = ()
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One row of the score table."""

    id: str
    item_id: str
    item: ItemRef
    criterion_id: str
    criterion_key: str
    rubric_version_id: str
    rater_id: str
    rater_kind: RaterKind
    answer: Answer
    phase: Phase
    blind: bool
    duration_ms: int
    created_at: str
    supersedes_id: str | None
    submission_id: str | None
    details: Mapping[str, Any] = field(default_factory=dict)
    """What goes with a judge's verdict: counts, the mode of "not applicable", contradictions."""
    run_id: str | None = None
    stale: bool = False
    """True where the item no longer exists in the newest layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A time-stamped note or marker; edits append. `end` is None for a point."""

    id: str
    thread_id: str
    call_id: str
    rater_id: str
    rater_name: str
    start: int
    end: int | None
    body: str
    severity: int
    tags: tuple[str, ...]
    turn_index: int | None
    created_at: str
    is_marker: bool = False
