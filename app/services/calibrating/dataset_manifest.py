"""What a dataset's manifest must look like before anything of it is taken.

Loaded only when a dataset comes in.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from app.domain.judging import Modality
from app.domain.ratings import RaterKind
from app.domain.rubrics import ScaleKind, Scope
from app.services.calibrating.dataset_bodies import Body, CorrectionBody
from app.services.calibrating.dataset_shapes import Count, Ident, Key, Sha, Shape, Stamp, Text

LARGEST = 1_000_000_000
"""End of a scale: imported labels may have such values."""


class LevelRow(Shape):
    """A point of a scale."""

    value: Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
    anchor: Text
    label: Text


class CriterionRow(Shape):
    """A criterion."""

    key: Key
    title: Text
    question: Text
    scope: Scope
    scale: ScaleKind
    levels: list[LevelRow]
    na_allowed: bool
    higher_is_better: bool
    weight: float
    rationale_required_at: list[int]
    examples: list[str]


class RubricRow(Shape):
    """The rubric version."""

    key: Key
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    sha256: Sha
    title: Text
    source: Text
    extra: dict[str, Any]
    criteria: Annotated[list[CriterionRow], Field(min_length=1)]


class RaterRow(Shape):
    """A person under a pseudonym."""

    rater_id: Annotated[str, Field(pattern=r"^r-[0-9a-f]{10}$")]
    expertise: Text


class DefinitionRow(Shape):
    """What a judge is asked."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    name: Key
    title: Text
    kind: Literal["llm", "baseline"]
    unit: Literal["turn", "call", "pair"]
    modality: Modality
    context: Literal["history", "whole", "alone"]
    rubric: Text
    shape: Text
    request: Literal["one", "all"]
    params: dict[str, Any]
    prompts: dict[str, str]
    source: Text


class JudgeRow(Shape):
    """A judge version."""

    sha256: Sha
    ref: Key
    model: Text
    snapshots: list[str]
    prompt_sha256: Sha
    modality: Modality
    params: dict[str, Any]
    created_at: Stamp
    definition: DefinitionRow


class SplitRow(Shape):
    """How roles were given."""

    salt: Key
    shares: dict[Literal["train", "dev", "anchor_test"], float]
    frozen_at: Stamp | None

    @model_validator(mode="after")
    def _is_whole(self) -> SplitRow:
        if len(self.shares) != 3 or abs(sum(self.shares.values()) - 1) > 1e-9:
            raise ValueError("the shares of the splits are no split")
        return self


class CheckRow(Shape):
    """A drift check on record."""

    id: Ident
    judge_sha256: Sha
    before_sha256: Sha | None
    dimension: Key
    kind: Literal["anchors", "audit", "human"]
    run_id: str | None
    drifted: bool | None
    body: Body
    created_at: Stamp


class CalibrationRow(Shape):
    """A correction that was put to use."""

    id: Ident
    judge_sha256: Sha
    dimension: Key
    snapshot_sha256: Text
    body: CorrectionBody
    created_at: Stamp


class VerdictRow(Shape):
    """A verdict on record."""

    id: Ident
    judge_sha256: Sha
    dimension: Key
    calibration_id: Ident | None
    slice: Body
    state: Annotated[int, Field(ge=0, le=5)]
    rule: Text
    body: Body
    snapshot_at: Text
    valid_until: Text | None
    waived: bool
    reason: Text
    created_at: Stamp


class RecordsRow(Shape):
    """What calibration had put on record."""

    checks: list[CheckRow] = Field(default_factory=list)
    calibrations: list[CalibrationRow] = Field(default_factory=list)
    verdicts: list[VerdictRow] = Field(default_factory=list)


class LeftOutRow(Shape):
    """What the dataset did not take along."""

    stale_scores: dict[RaterKind, Count]


class ManifestShape(Shape):
    """Of the manifest, what is taken."""

    frozen_at: Text
    rubric: RubricRow
    raters: list[RaterRow]
    has_final_values: bool
    splits: SplitRow
    left_out: LeftOutRow
    judges: list[JudgeRow] = Field(default_factory=list)
    rule: dict[str, Any] | None = None
    records: RecordsRow = RecordsRow()
