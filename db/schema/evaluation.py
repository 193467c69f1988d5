"""Runs of evaluators over calls, their results and values, and files that came with a call."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)

from db.schema.base import (
    flag,
    integer,
    is_flag,
    key,
    one_of,
    real,
    ref,
    serial,
    table,
    text,
    unique_id,
)

run = table(
    "run",
    serial(),
    unique_id(),
    text("kind"),
    text("title"),
    text("query", default=""),
    text("specs"),
    text("where_run"),
    integer("workers"),
    flag("retry_failed"),
    ref("created_by", "rater.id", null=True),
    text("created_at"),
    text("state"),
    text("started_at", null=True),
    text("finished_at", null=True),
    integer("active_ms", default=0),
    integer("steps", default=0),
    integer("done", default=0),
    integer("failed", default=0),
    integer("reused", default=0),
    integer("skipped", default=0),
    text("owner", default=""),
    text("beat_at", null=True),
    text("wish", default=""),
    text("note", default=""),
    one_of("state", "queued", "running", "paused", "done", "cancelled", "failed"),
    one_of("wish", "", "pause", "cancel"),
    is_flag("retry_failed"),
    Index(None, "state"),
)
"""`owner` and `beat_at` are the lease of the process that works on it; `wish` asks it to stop."""

run_call = table(
    "run_call",
    Column("run_id", Text, ForeignKey("run.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    ref("call_id", "call.id"),
    integer("settled", default=0),
    Index(None, "call_id"),
)
"""The calls of a run, frozen when it is made. `settled` is how many evaluators are through."""

run_step = table(
    "run_step",
    Column("run_id", Text, ForeignKey("run.id"), primary_key=True),
    Column("evaluator", Text, primary_key=True),
    integer("done", default=0),
    integer("failed", default=0),
    integer("reused", default=0),
    integer("skipped", default=0),
    integer("work_ms", default=0),
)

result = table(
    "result",
    serial(),
    unique_id(),
    ref("call_id", "call.id"),
    ref("run_id", "run.id", null=True),
    text("evaluator"),
    text("version"),
    text("args"),
    text("key"),
    text("inputs"),
    integer("attempt"),
    text("status"),
    text("failure", null=True),
    text("reason", default=""),
    text("detail", default="{}"),
    integer("duration_ms"),
    text("created_at"),
    UniqueConstraint("call_id", "key", "attempt"),
    Index(None, "call_id", "evaluator", "seq"),
    Index(None, "run_id", "seq"),
    one_of("status", "ok", "failed"),
    CheckConstraint("(status = 'failed') = (failure IS NOT NULL)", name="failure"),
)

metric_value = table(
    "metric_value",
    serial(),
    ref("result_id", "result.id"),
    ref("call_id", "call.id"),
    text("metric_id"),
    text("speaker", null=True),
    text("turn_id", null=True),
    text("status"),
    real("value", null=True),
    text("reason", default=""),
    integer("n", null=True),
    text("unit", default=""),
    text("profile", default=""),
    text("components", default="{}"),
    text("evidence", default="[]"),
    Index(None, "result_id"),
    Index(None, "call_id", "metric_id"),
    Index(None, "metric_id", "call_id"),
    one_of("status", "ok", "undefined", "unavailable", "needs_answer"),
    CheckConstraint("(status = 'ok') = (value IS NOT NULL)", name="value"),
)

call_metric = table(
    "call_metric",
    Column("key", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    real("value"),
    Index(None, "key", "value", "seq"),
)
"""What the library shows and filters by: `wer@caller` or `turn_taking` → the newest value."""

call_document = table(
    "call_document",
    key(),
    ref("call_id", "call.id"),
    text("name"),
    text("media_type", default=""),
    text("sha256"),
    integer("size_bytes"),
    Column("packed", LargeBinary, nullable=False),
    text("created_at"),
    UniqueConstraint("call_id", "name"),
)
"""Files that came with a call (logs, databases), deflated."""
