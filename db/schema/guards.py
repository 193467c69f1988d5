"""What SQLAlchemy's tables cannot say: immutability, the pin of an item, the full-text index."""

from __future__ import annotations

IMMUTABLE = (
    "judge_version",
    "rubric_version",
    "criterion",
    "layer",
    "segment",
    "item",
)
IMMUTABLE_2 = ("call_document",)
APPEND_ONLY = (
    "score",
    "submission",
    "layer_edit",
    "action",
    "comment",
    "assignment",
    "reveal_audit",
)
APPEND_ONLY_2 = ("result", "metric_value")
"""Tables that came with schema 2; kept apart so that the order of the first schema stands."""
IMMUTABLE_3 = ("judge_definition", "flow_version")
APPEND_ONLY_3 = ("judge_reply", "score_reply", "flow_approval")
IMMUTABLE_4 = ("study", "stimulus", "trial")
APPEND_ONLY_4 = (
    "study_state",
    "study_session",
    "session_event",
    "vote",
    "block_void",
    "declaration",
    "score_opinion",
)
APPEND_ONLY_5 = ("disagreement_cause", "drift_check", "calibration", "verdict", "redaction")


def _guard(table: str, verb: str, why: str) -> str:
    return (
        f"CREATE TRIGGER tr_{table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is {why}'); END"
    )


def _guards(immutable: tuple[str, ...], append_only: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        _guard(table, verb, why)
        for tables, why in ((immutable, "immutable"), (append_only, "append-only"))
        for table in tables
        for verb in ("UPDATE", "DELETE")
    )


GUARDS = _guards(IMMUTABLE, APPEND_ONLY)
GUARDS_2 = _guards(IMMUTABLE_2, APPEND_ONLY_2)
GUARDS_3 = _guards(IMMUTABLE_3, APPEND_ONLY_3)
GUARDS_4 = _guards(IMMUTABLE_4, APPEND_ONLY_4)
GUARDS_5 = _guards((), APPEND_ONLY_5)

ITEM_PIN = (
    "CREATE UNIQUE INDEX ux_item_pin ON item (call_id, kind, coalesce(layer_id, ''), "
    "coalesce(layer_version, -1), coalesce(profile_id, ''), coalesce(speaker, ''), "
    '"start", "end", coalesce(other_item_id, \'\'))'
)

FULL_TEXT: tuple[str, ...] = (
    "CREATE VIRTUAL TABLE call_fts USING fts5 "
    "(folded, content='call_text', content_rowid='seq', tokenize='trigram')",
    "CREATE TRIGGER tr_call_text_insert AFTER INSERT ON call_text BEGIN "
    "INSERT INTO call_fts (rowid, folded) VALUES (new.seq, new.folded); END",
    "CREATE TRIGGER tr_call_text_delete AFTER DELETE ON call_text BEGIN "
    "INSERT INTO call_fts (call_fts, rowid, folded) VALUES ('delete', old.seq, old.folded); END",
    "CREATE TRIGGER tr_call_text_update AFTER UPDATE ON call_text BEGIN "
    "INSERT INTO call_fts (call_fts, rowid, folded) VALUES ('delete', old.seq, old.folded); "
    "INSERT INTO call_fts (rowid, folded) VALUES (new.seq, new.folded); END",
)

PLACED_BY = (
    "CREATE INDEX ix_call_placed_by ON call (json_extract(extra, '$.live.placed_by')) "
    "WHERE json_extract(extra, '$.live.placed_by') IS NOT NULL"
)
"""Who placed a live call: what they have still to rate is looked for whenever figures are read."""

EXTRAS: tuple[str, ...] = (
    *(ITEM_PIN, *GUARDS, *FULL_TEXT),
    *(*GUARDS_2, *GUARDS_3, *GUARDS_4, *GUARDS_5),
    PLACED_BY,
)
"""Run in this order after the tables are made."""
