"""What calibration concludes and keeps: causes, drift checks, corrections, verdicts; redactions."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index

from db.schema.base import flag, integer, is_flag, one_of, ref, serial, table, text, unique_id

disagreement_cause = table(
    "disagreement_cause",
    serial(),
    ref("item_id", "item.id"),
    ref("criterion_id", "criterion.id"),
    ref("judge_version_id", "judge_version.id"),
    text("cause"),
    text("note", default=""),
    ref("rater_id", "rater.id"),
    text("created_at"),
    Index(None, "criterion_id", "judge_version_id"),
)
"""Why a judge and people differ on an item; the newest row counts, an empty cause takes it back."""

drift_check = table(
    "drift_check",
    serial(),
    unique_id(),
    ref("rubric_version_id", "rubric_version.id"),
    ref("criterion_id", "criterion.id"),
    ref("judge_version_id", "judge_version.id"),
    ref("before_version_id", "judge_version.id", null=True),
    ref("run_id", "run.id", null=True),
    text("kind"),
    flag("drifted", default=None),
    text("body"),
    ref("created_by", "rater.id", null=True),
    text("created_at"),
    Index(None, "judge_version_id", "criterion_id", "seq"),
    one_of("kind", "anchors", "audit", "human"),
    is_flag("drifted"),
)
"""A look at frozen anchors, the audit stream or people's repeats; `body` has its figures."""

calibration = table(
    "calibration",
    serial(),
    unique_id(),
    ref("rubric_version_id", "rubric_version.id"),
    ref("criterion_id", "criterion.id"),
    ref("judge_version_id", "judge_version.id"),
    text("snapshot_sha256"),
    text("body"),
    ref("created_by", "rater.id", null=True),
    text("created_at"),
    Index(None, "judge_version_id", "criterion_id", "seq"),
)
"""A fitted correction that was put to use; `body` is its `calibration.json`."""

verdict = table(
    "verdict",
    serial(),
    unique_id(),
    ref("rubric_version_id", "rubric_version.id"),
    ref("criterion_id", "criterion.id"),
    ref("judge_version_id", "judge_version.id"),
    ref("calibration_id", "calibration.id", null=True),
    text("slice", default="{}"),
    integer("state"),
    text("rule"),
    text("body"),
    text("snapshot_at"),
    text("valid_until", null=True),
    ref("waived_by", "rater.id", null=True),
    text("reason", default=""),
    ref("created_by", "rater.id", null=True),
    text("created_at"),
    Index(None, "judge_version_id", "criterion_id", "seq"),
    CheckConstraint("state BETWEEN 0 AND 5", name="state"),
    CheckConstraint("waived_by IS NULL OR reason <> ''", name="waived_by"),
)
"""A rung of the ladder that a lead put on record; a waiver has a person and a reason."""

redaction = table(
    "redaction",
    serial(),
    unique_id(),
    ref("call_id", "call.id"),
    integer("start"),
    integer("end"),
    text("channels"),
    text("reason", default=""),
    ref("takes_back", "redaction.id", null=True),
    ref("rater_id", "rater.id"),
    text("created_at"),
    Index(None, "call_id", "seq"),
    one_of("channels", "caller", "agent", "both"),
    CheckConstraint('"start" < "end"', name="span"),
)
"""Frames of a call whose sound is muted and whose words are masked wherever it leaves the
workspace. A row that takes another back repeats its span."""
