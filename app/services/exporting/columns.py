"""The columns of every exported table: name, type, whether empty means unknown, and unit.

A schema's id is in the first column of each row, so that a table that has lost its manifest still
says what it is. A change of columns is a new number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "int", "real", "score", "seconds", "flag", "json"]
"""`score`: a real that is written without a point where it is whole."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `nullable` columns write None as an empty cell; text columns use "" instead."""

    name: str
    kind: Kind = "text"
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """A table's columns behind the first, which always holds `id`."""

    id: str
    columns: tuple[Column, ...]

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """With the schema's own column in front."""
        return (Column("schema"), *self.columns)


_CALL = (
    Column("call_id"),
    Column("call_code"),
    Column("content_sha256"),
    Column("file"),
)
_LAYER = (
    Column("layer_id", nullable=True),
    Column("layer_name"),
    Column("layer_version", "int", nullable=True),
    Column("profile"),
)

TURNS = Schema(
    "callbench.turns/1",
    (
        *_CALL,
        Column("turn_id"),
        Column("turn_index", "int"),
        Column("speaker"),
        Column("start_s", "seconds"),
        Column("end_s", "seconds"),
        Column("text"),
        Column("latency_s", "seconds", nullable=True),
        Column("previous_turn_id"),
        Column("start_frame", "int"),
        Column("end_frame", "int"),
        Column("latency_frames", "int", nullable=True),
        Column("rate_hz", "int"),
        *_LAYER,
        Column("segment_ids", "json"),
        Column("voids", "json"),
    ),
)
SCORES = Schema(
    "callbench.scores/1",
    (
        Column("score_id"),
        *_CALL,
        Column("rubric"),
        Column("rubric_version", "int"),
        Column("rubric_sha256"),
        Column("criterion"),
        Column("item_id"),
        Column("item_kind"),
        Column("turn_index", "int", nullable=True),
        Column("speaker"),
        Column("start_s", "seconds"),
        Column("end_s", "seconds"),
        Column("start_frame", "int"),
        Column("end_frame", "int"),
        Column("rate_hz", "int"),
        *_LAYER,
        Column("rater"),
        Column("rater_id"),
        Column("rater_kind"),
        Column("judge_version", nullable=True),
        Column("status"),
        Column("value", "score", nullable=True),
        Column("na_reason"),
        Column("confidence", "int", nullable=True),
        Column("rationale"),
        Column("evidence", "json"),
        Column("flagged", "flag"),
        Column("blind", "flag"),
        Column("phase"),
        Column("current", "flag"),
        Column("duration_ms", "int"),
        Column("created_at"),
        Column("supersedes", nullable=True),
        Column("submission_id", nullable=True),
        Column("submission_version", "int", nullable=True),
        Column("inclusion_probability", "real", nullable=True),
    ),
)
COMMENTS = Schema(
    "callbench.comments/1",
    (
        Column("comment_id"),
        *_CALL,
        Column("rater"),
        Column("start_s", "seconds"),
        Column("end_s", "seconds", nullable=True),
        Column("start_frame", "int"),
        Column("end_frame", "int", nullable=True),
        Column("rate_hz", "int"),
        Column("body"),
        Column("severity", "int"),
        Column("tags", "json"),
        Column("turn_index", "int", nullable=True),
        Column("is_marker", "flag"),
        Column("created_at"),
    ),
)
CALLS = Schema(
    "callbench.calls/1",
    (
        *_CALL,
        Column("title"),
        Column("duration_s", "seconds"),
        Column("frame_count", "int"),
        Column("rate_hz", "int"),
        Column("channel_map"),
        Column("agent"),
        Column("agent_version"),
        Column("scenario"),
        Column("persona"),
        Column("attempt", "int"),
        Column("outcome"),
        Column("language"),
        Column("recorded_at", nullable=True),
        Column("imported_at"),
        Column("tags", "json"),
        Column("findings", "json"),
    ),
)
BY_ID = {schema.id: schema for schema in (TURNS, SCORES, COMMENTS, CALLS)}
