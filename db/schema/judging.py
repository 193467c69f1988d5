"""Judges' definitions, their requests and replies, what a run asks, and task flows."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)

from db.schema.base import flag, integer, one_of, ref, serial, table, text, unique_id

judge_definition = table(
    "judge_definition",
    serial(),
    unique_id(),
    text("name"),
    integer("version"),
    text("title"),
    Column("sha256", Text, nullable=False, unique=True),
    text("body"),
    text("origin"),
    text("note", default=""),
    ref("created_by", "rater.id", null=True),
    text("created_at"),
    UniqueConstraint("name", "version"),
    one_of("origin", "shipped", "edited"),
)

judge_reply = table(
    "judge_reply",
    serial(),
    unique_id(),
    ref("run_id", "run.id", null=True),
    ref("call_id", "call.id"),
    ref("item_id", "item.id"),
    ref("judge_version_id", "judge_version.id"),
    text("key"),
    integer("attempt"),
    text("status"),
    text("failure", null=True),
    text("reason", default=""),
    text("criteria"),
    text("endpoint"),
    text("model_reported", default=""),
    text("rung"),
    Column("packed", LargeBinary, nullable=False),
    integer("prompt_tokens", null=True),
    integer("completion_tokens", null=True),
    integer("cached_tokens", null=True),
    integer("audio_tokens", null=True),
    integer("reasoning_tokens", null=True),
    integer("cost_micro", null=True),
    text("currency", default=""),
    integer("latency_ms"),
    integer("http_attempts"),
    text("request_id", default=""),
    text("created_at"),
    UniqueConstraint("key", "attempt"),
    Index(None, "run_id", "seq"),
    Index(None, "call_id", "judge_version_id"),
    one_of("status", "ok", "unscored", "failed"),
    one_of("rung", "schema", "json", "text"),
    CheckConstraint("(status = 'ok') = (failure IS NULL)", name="failure"),
)
"""`packed` is the deflated JSON of request, reply and what was read out of it."""

score_reply = table(
    "score_reply",
    Column("score_id", Text, ForeignKey("score.id"), primary_key=True),
    Column("reply_id", Text, ForeignKey("judge_reply.id"), primary_key=True),
    Index(None, "reply_id"),
)
"""Which replies a judge's score follows from; a pair's has one for each order."""

run_ask = table(
    "run_ask",
    Column("run_id", Text, ForeignKey("run.id"), primary_key=True),
    Column("call_id", Text, ForeignKey("call.id"), primary_key=True),
    Column("evaluator", Text, primary_key=True),
    integer("asks"),
    flag("settled"),
)
"""How many requests a judge of a run has to make about a call, once that is planned."""

flow_version = table(
    "flow_version",
    serial(),
    unique_id(),
    text("key"),
    integer("version"),
    text("title"),
    text("sop"),
    text("nodes"),
    text("stage"),
    text("reason", default=""),
    ref("parent_id", "flow_version.id", null=True),
    text("report", default="{}"),
    ref("created_by", "rater.id", null=True),
    text("created_at"),
    UniqueConstraint("key", "version"),
)

flow_approval = table(
    "flow_approval",
    serial(),
    unique_id(),
    ref("flow_version_id", "flow_version.id"),
    ref("proposed_id", "flow_version.id"),
    ref("rater_id", "rater.id"),
    integer("nodes_kept"),
    integer("nodes_proposed"),
    integer("edges_kept"),
    integer("edges_proposed"),
    text("note", default=""),
    text("created_at"),
    Index(None, "flow_version_id"),
)
