"""What the tables of a dataset must look like before anything of them is taken. Strict on purpose.

Loaded only when a dataset comes in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.domain.calls import ChannelMap
from app.domain.ratings import ItemKind, RaterKind, ScoreStatus

MOST_FRAMES = 1 << 40


def _on_the_calendar(stamp: str) -> str:
    datetime.fromisoformat(stamp)
    return stamp


Ident = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Stamp = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"),
    AfterValidator(_on_the_calendar),
]
Frame = Annotated[int, Field(ge=0, le=MOST_FRAMES)]
Count = Annotated[int, Field(ge=0, le=1 << 53)]
Chance = Annotated[float, Field(gt=0, le=1)]
Text = Annotated[str, Field(max_length=1_000_000)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Side = Literal["caller", "agent"]


class Shape(BaseModel):
    """Takes no value for another; fields that it does not know are for newer versions."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, allow_inf_nan=False)


class Redacted(Shape):
    """A redacted stretch of a call."""

    channels: Side
    start_frame: Frame
    end_frame: Frame

    @model_validator(mode="after")
    def _is_a_span(self) -> Redacted:
        if self.start_frame >= self.end_frame:
            raise ValueError("a redaction ends before it begins")
        return self


class CallRow(Shape):
    """A line of `calls.jsonl`."""

    call_id: Ident
    call_code: Ident
    content_sha256: Sha
    copy_of_sha256: Sha | None
    rate_hz: Annotated[int, Field(ge=1, le=768_000)]
    frame_count: Frame
    channel_map: ChannelMap
    agent: Text
    agent_version: Text
    language: Text
    scenario: Text
    persona: Text
    accent: Text
    consent: Text
    licence: Text
    pii: Text
    redactions: list[Redacted]


class ItemRow(Shape):
    """A line of `items.jsonl`."""

    item_id: Ident
    call_id: Ident
    other_call_id: str
    kind: ItemKind
    speaker: Literal["", "caller", "agent"]
    clip: Text
    turn_index: Count | None
    start_frame: Frame
    end_frame: Frame
    audio: str | None
    audio_sha256: Sha | None

    @model_validator(mode="after")
    def _is_a_span(self) -> ItemRow:
        if self.start_frame > self.end_frame:
            raise ValueError("an item ends before it begins")
        if (self.kind == "pair") != bool(self.other_call_id):
            raise ValueError("a pair has two calls, and nothing else has")
        return self


class EvidenceRow(Shape):
    """A place that a rater points at."""

    turn_id: Text
    start_frame: Frame
    end_frame: Frame


class ScoreRow(Shape):
    """A line of `scores.jsonl`."""

    score_id: Ident
    item_id: Ident
    dimension: Key
    rater_id: Ident
    rater_kind: RaterKind
    judge_sha256: Sha | None
    run_id: str | None
    status: ScoreStatus
    value: float | None
    na_reason: Text
    level_probs: list[float] | None
    confidence: Count | None
    flagged: bool
    blind: bool
    presentation: dict[str, Any]
    rationale: Text
    evidence: list[EvidenceRow]
    duration_ms: Count
    policy: Text | None
    inclusion_prob: Chance | None
    supersedes: Ident | None
    created_at: Stamp

    @model_validator(mode="after")
    def _is_whole(self) -> ScoreRow:
        if (self.status == "observed") != (self.value is not None):
            raise ValueError("a value is there exactly where something was observed")
        if (self.rater_kind == "judge") != (self.judge_sha256 is not None):
            raise ValueError("a judge's score names its version")
        if (self.policy is None) != (self.inclusion_prob is None):
            raise ValueError("a draw has a policy and a probability")
        orders = self.presentation.get("order_values", [0, 0])
        if not isinstance(orders, list) or [type(v) for v in orders] != [int, int]:
            raise ValueError("a pair is judged in two orders")
        return self


class SegmentRow(Shape):
    """A line of a transcript."""

    speaker: Side
    start: Frame
    end: Frame
    text: Text
    confidence: float | None
    heard: bool
    words: list[Annotated[tuple[str, int, int, float | None], Field(strict=False)]]

    @model_validator(mode="after")
    def _is_a_span(self) -> SegmentRow:
        spans = [(self.start, self.end), *((a, b) for _, a, b, _ in self.words)]
        if any(not 0 <= a <= b <= MOST_FRAMES for a, b in spans):
            raise ValueError("a line ends before it begins")
        return self


class TranscriptRow(Shape):
    """A line of `transcripts.jsonl`."""

    call_id: Ident
    segments: list[SegmentRow]
