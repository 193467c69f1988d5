"""What the library reads: the derived summary, its sparkline and its text; views and settings.

`call_summary` is an ordinary rowid table on `seq`, an integer: WITHOUT ROWID makes a page cost
half as much again and a scan a fifth more at the same size (`bench/bench_library.py` measures
both). Sparklines live apart, so that a scan over the figures does not read pictures.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy import text as sql

from db.schema.base import flag, integer, key, real, ref, serial, table, text

call_summary = table(
    "call_summary",
    Column("seq", Integer, primary_key=True),
    Column("call_id", Text, nullable=False, unique=True),
    text("code"),
    text("title"),
    text("scenario_key", default=""),
    text("scenario_title", default=""),
    text("agent", default=""),
    text("agent_version", default=""),
    text("outcome", default=""),
    text("language", default=""),
    integer("duration_ms"),
    integer("turns", null=True),
    integer("p50_ms", null=True),
    integer("p95_ms", null=True),
    integer("max_latency_ms", null=True),
    integer("interruptions", null=True),
    integer("overlaps", null=True),
    integer("silence_ms", null=True),
    integer("longest_silence_ms", null=True),
    integer("reaction_p50_ms", null=True),
    integer("raters_done", default=0),
    integer("raters_assigned", default=0),
    integer("human_state", default=0),
    real("judge", null=True),
    text("reason", null=True),
    flag("flagged"),
    flag("archived"),
    integer("warnings", default=0),
    text("recorded_at", null=True),
    text("imported_at"),
    text("tags", default=""),
    integer("revision", default=0),
    Index(None, "revision"),
)

SORTS = {
    "code": "seq",
    "title": "title",
    "scenario": "scenario_title",
    "agent": "agent",
    "outcome": "outcome",
    "language": "language",
    "duration": "duration_ms",
    "turns": "turns",
    "p50": "p50_ms",
    "p95": "p95_ms",
    "latency": "max_latency_ms",
    "interruptions": "interruptions",
    "overlaps": "overlaps",
    "judge": "judge",
    "raters": "raters_done",
    "reason": "reason",
    "flagged": "flagged",
    "recorded": "recorded_at",
    "imported": "imported_at",
}
"""Sort key of the library → column of `call_summary`. Each has an index that holds the order."""

FIGURES = frozenset(
    {
        *("p50_ms", "p95_ms", "max_latency_ms", "interruptions", "overlaps"),
        *("silence_ms", "longest_silence_ms", "reaction_p50_ms"),
    }
)
"""Columns of `call_summary` that were measured."""

for column in sorted(set(SORTS.values()) - {"seq"}):
    Index(
        f"ix_call_summary_{column}",
        call_summary.c[column],
        call_summary.c.seq,
        sqlite_where=sql("archived = 0"),
    )
# Partial, so that the planner never takes it for the common case and sorts all calls by hand.
Index("ix_call_summary_archived", call_summary.c.seq, sqlite_where=sql("archived = 1"))

call_sparkline = table(
    "call_sparkline",
    Column("seq", Integer, primary_key=True),
    Column("bars", LargeBinary, nullable=False),
    Column("ticks", LargeBinary, nullable=False),
)

call_text = table(
    "call_text",
    Column("seq", Integer, primary_key=True),
    text("folded"),
)

saved_view = table(
    "saved_view",
    key(),
    ref("rater_id", "rater.id", null=True),
    text("name"),
    text("query"),
    text("sort_key", default="code"),
    flag("descending", default=1),
    integer("position", default=0),
    text("created_at"),
    UniqueConstraint("rater_id", "name"),
)

setting = table(
    "setting",
    serial(),
    text("scope", default=""),
    text("key"),
    text("value"),
    text("updated_at"),
    UniqueConstraint("scope", "key"),
)
