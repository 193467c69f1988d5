"""What calibration keeps on record: looks at drift, corrections in use, verdicts. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

CheckKind = Literal["anchors", "audit", "human"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftCheck:
    """A look at a judge version on one dimension, with the figures that it found."""

    id: str
    rubric_version_id: str
    criterion_id: str
    judge_version_id: str
    before_version_id: str | None
    """The version that it was held against; None for its own earlier run."""
    run_id: str | None
    kind: CheckKind
    drifted: bool | None
    """None where the data decide nothing."""
    body: Mapping[str, Any]
    created_by: str | None
    created_at: str

    @property
    def is_of_itself(self) -> bool:
        """Whether the version was held against its own earlier run."""
        return self.before_version_id in (None, self.judge_version_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCalibration:
    """A correction that was put to use; `body` is its `calibration.json`."""

    id: str
    rubric_version_id: str
    criterion_id: str
    judge_version_id: str
    snapshot_sha256: str
    body: Mapping[str, Any]
    created_by: str | None
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerdict:
    """A rung of the ladder on record: what a judge version may be used for, and on what evidence.

    Where `waived_by` is a person, it is they who answer for the state, and `reason` says why.
    """

    id: str
    rubric_version_id: str
    criterion_id: str
    judge_version_id: str
    calibration_id: str | None
    slice: Mapping[str, Any]
    state: int
    rule: str
    body: Mapping[str, Any]
    snapshot_at: str
    valid_until: str | None
    waived_by: str | None
    reason: str
    created_by: str | None
    created_at: str
