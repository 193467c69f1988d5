"""Calls, their audio, scenarios, tags, layers of segments and the edits over them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint

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

workspace = table(
    "workspace",
    Column("only", Integer, CheckConstraint("only = 1", name="only"), primary_key=True),
    text("id"),
    text("created_at"),
    integer("next_call", default=1),
    integer("revision", default=0),
)

scenario = table(
    "scenario",
    key(),
    text("key"),
    text("archetype", default=""),
    text("title"),
    text("sha256"),
    text("body"),
    text("created_at"),
    UniqueConstraint("key", "sha256"),
)

source = table(
    "source",
    Column("key", Text, primary_key=True),
    text("channel_map"),
    text("confirmed_by"),
    text("confirmed_at"),
)

audio_blob = table(
    "audio_blob",
    Column("sha256", Text, primary_key=True),
    text("ext"),
    integer("size_bytes"),
    text("path", null=True),
    text("codec", default=""),
    text("created_at"),
)

call = table(
    "call",
    Column("seq", Integer, primary_key=True),
    unique_id(),
    Column("code", Text(collation="NOCASE"), nullable=False, unique=True),
    text("title"),
    integer("rate_hz"),
    integer("frame_count"),
    text("channel_map"),
    text("source_path"),
    text("source_key", default=""),
    Column("content_sha256", Text, nullable=False, unique=True),
    text("imported_at"),
    text("recorded_at", null=True),
    text("agent", default=""),
    text("agent_version", default=""),
    text("scenario_key", default=""),
    text("persona", default=""),
    integer("attempt", default=1),
    text("language", default=""),
    text("outcome", default=""),
    flag("flagged"),
    flag("archived"),
    text("warnings", default="[]"),
    text("extra", default="{}"),
    one_of("channel_map", "caller,agent", "agent,caller", "mono"),
    is_flag("flagged", "archived"),
)

track = table(
    "track",
    key(),
    ref("call_id", "call.id"),
    text("role"),
    ref("audio_sha256", "audio_blob.sha256"),
    integer("channel_index"),
    integer("rate_hz"),
    integer("frame_count"),
    integer("offset_frames", default=0),
    real("drift_ppm"),
    real("trim_db"),
    UniqueConstraint("call_id", "role"),
    one_of("role", "caller", "agent", "mix"),
)

call_tag = table(
    "call_tag",
    Column("call_id", Text, ForeignKey("call.id"), primary_key=True),
    Column("tag", Text(collation="NOCASE"), primary_key=True),
    Index(None, "tag", "call_id"),
)

layer = table(
    "layer",
    serial(),
    unique_id(),
    ref("call_id", "call.id"),
    text("kind"),
    text("origin"),
    text("name"),
    text("producer", default=""),
    ref("parent_id", "layer.id", null=True),
    ref("rater_id", "rater.id", null=True),
    integer("version", default=1),
    text("params", default="{}"),
    text("created_at"),
    Index(None, "call_id", "kind", "seq"),
    one_of("kind", "speech", "transcript"),
    one_of("origin", "detector", "platform", "import", "human", "plan"),
)

segment = table(
    "segment",
    serial(),
    text("id"),
    ref("layer_id", "layer.id"),
    text("speaker"),
    integer("start"),
    integer("end"),
    text("text", default=""),
    real("confidence", null=True),
    text("words", null=True),
    flag("heard", default=1),
    UniqueConstraint("layer_id", "id"),
    one_of("speaker", "caller", "agent"),
    CheckConstraint('"start" <= "end"', name="span"),
    is_flag("heard"),
)

layer_edit = table(
    "layer_edit",
    serial(),
    unique_id(),
    ref("layer_id", "layer.id"),
    integer("number"),
    text("op"),
    text("payload"),
    ref("target_id", "layer_edit.id", null=True),
    ref("rater_id", "rater.id"),
    text("created_at"),
    UniqueConstraint("layer_id", "number"),
    one_of("op", "move", "split", "merge", "delete", "add", "relabel", "text", "revoke", "restore"),
)
