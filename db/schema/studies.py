"""Human studies: designs and frozen stimuli, trials and their leases, sessions, votes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint

from db.schema.base import (
    flag,
    integer,
    is_flag,
    one_of,
    real,
    ref,
    serial,
    table,
    text,
    unique_id,
)

study = table(
    "study",
    serial(),
    unique_id(),
    text("name"),
    text("instrument"),
    ref("rubric_version_id", "rubric_version.id"),
    text("design"),
    integer("seed"),
    text("query", default=""),
    text("due", null=True),
    ref("created_by", "rater.id", null=True),
    text("created_at"),
    one_of("instrument", "acr", "dcr", "ccr", "pairwise", "humanlike", "ai_detect", "rubric"),
)
"""Immutable: another design is another study. What becomes of it is in `study_state`."""

study_state = table(
    "study_state",
    serial(),
    ref("study_id", "study.id"),
    text("state"),
    text("snapshot_sha256", default=""),
    ref("rater_id", "rater.id", null=True),
    text("note", default=""),
    text("created_at"),
    Index(None, "study_id", "seq"),
    one_of("state", "draft", "open", "paused", "closed"),
)

stimulus = table(
    "stimulus",
    serial(),
    unique_id(),
    ref("study_id", "study.id"),
    integer("number"),
    text("role"),
    ref("item_id", "item.id"),
    ref("call_id", "call.id"),
    text("condition"),
    text("other_condition", default=""),
    text("talker", default=""),
    text("sha256", default=""),
    text("other_sha256", default=""),
    integer("length_ms", default=0),
    integer("other_length_ms", default=0),
    real("gain_db"),
    real("other_gain_db"),
    real("level_dbov", null=True),
    text("bandwidth", default=""),
    real("expected", null=True),
    text("reason", default=""),
    real("inclusion_prob"),
    UniqueConstraint("study_id", "number"),
    one_of("role", "rate", "training", "gold", "trap", "null", "obvious"),
    CheckConstraint("inclusion_prob > 0 AND inclusion_prob <= 1", name="inclusion_prob"),
)

trial = table(
    "trial",
    serial(),
    unique_id(),
    ref("study_id", "study.id"),
    ref("rater_id", "rater.id"),
    integer("position"),
    integer("block"),
    ref("stimulus_id", "stimulus.id"),
    flag("swapped"),
    ref("repeat_of", "trial.id", null=True),
    text("created_at"),
    UniqueConstraint("study_id", "rater_id", "position"),
    Index(None, "stimulus_id"),
    is_flag("swapped"),
)

trial_lease = table(
    "trial_lease",
    Column("trial_id", Text, ForeignKey("trial.id"), primary_key=True),
    text("owner"),
    text("beat_at"),
)
"""Which window is on a trial. The only table of a study that changes."""

study_session = table(
    "study_session",
    serial(),
    unique_id(),
    ref("study_id", "study.id"),
    ref("rater_id", "rater.id"),
    text("created_at"),
    Index(None, "study_id", "rater_id"),
)

session_event = table(
    "session_event",
    serial(),
    ref("session_id", "study_session.id"),
    text("kind"),
    text("body", default="{}"),
    text("created_at"),
    Index(None, "session_id", "seq"),
)

vote = table(
    "vote",
    serial(),
    unique_id(),
    ref("trial_id", "trial.id"),
    ref("session_id", "study_session.id"),
    real("value", null=True),
    real("raw_value", null=True),
    flag("valid", default=None),
    text("void_reason", default=""),
    ref("score_id", "score.id", null=True),
    text("heard"),
    integer("rt_ms", default=0),
    text("note", default=""),
    text("voted_at"),
    Column("valid_trial", Text, ForeignKey("trial.id"), unique=True),
    is_flag("valid"),
    CheckConstraint("(valid = 1) = (void_reason = '')", name="void_reason"),
    CheckConstraint("(valid = 1) = (valid_trial IS NOT NULL)", name="valid_trial"),
    Index(None, "trial_id"),
)
"""`valid_trial` repeats the trial of a valid vote, so that a trial can have only one."""

block_void = table(
    "block_void",
    serial(),
    ref("study_id", "study.id"),
    ref("rater_id", "rater.id"),
    integer("block"),
    text("rule"),
    text("reason"),
    text("created_at"),
    Index(None, "study_id", "rater_id"),
)
"""Blocks whose votes do not count, by a rule of the design. The votes stay."""

declaration = table(
    "declaration",
    serial(),
    ref("rater_id", "rater.id"),
    text("class"),
    text("body"),
    text("created_at"),
    Index(None, "rater_id", "seq"),
    one_of("class", "naive", "expert"),
)
"""What a rater declared of hearing, experience and earlier tests; the newest one holds."""

score_opinion = table(
    "score_opinion",
    serial(),
    ref("score_id", "score.id"),
    ref("rater_id", "rater.id"),
    flag("agrees", default=None),
    text("reason_code", default=""),
    text("note", default=""),
    text("created_at"),
    Index(None, "score_id"),
    is_flag("agrees"),
)
"""What a rater says of a judge's score after reveal. It never touches the rater's own vote."""
