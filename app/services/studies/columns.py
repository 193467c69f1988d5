"""The columns of a study's exported tables. A change of columns is a new number."""

from __future__ import annotations

from app.services.exporting.columns import Column, Schema

VOTES = Schema(
    "callbench.votes/1",
    (
        Column("study_id"),
        Column("method"),
        Column("item_id", "int"),
        Column("role"),
        Column("condition_id"),
        Column("other_condition_id"),
        Column("stimulus_sha256"),
        Column("other_sha256"),
        Column("rater_id"),
        Column("rater_class"),
        Column("session_id"),
        Column("block", "int"),
        Column("trial", "int"),
        Column("order_seed", "int"),
        Column("presentation_order"),
        Column("value", "real", nullable=True),
        Column("raw_value", "real", nullable=True),
        Column("is_gold", "flag"),
        Column("is_trap", "flag"),
        Column("is_training", "flag"),
        Column("is_repeat", "flag"),
        Column("valid", "flag"),
        Column("void_reason"),
        Column("block_void"),
        Column("plays", "int"),
        Column("heard_pct", "real"),
        Column("speed", "real"),
        Column("rt_ms", "int"),
        Column("device"),
        Column("out_rate", "int"),
        Column("underruns", "int"),
        Column("gain_db", "real"),
        Column("inclusion_prob", "real"),
        Column("imported"),
        Column("voted_at"),
    ),
)
_FIGURES = (
    Column("n_votes", "int"),
    Column("n_raters", "int"),
    Column("mean", "real", nullable=True),
    Column("sd", "real", nullable=True),
    Column("ci95_low", "real", nullable=True),
    Column("ci95_high", "real", nullable=True),
    Column("ci_method"),
)
PER_ITEM = Schema(
    "callbench.mos_per_item/1",
    (
        Column("id", "int"),
        Column("condition_id"),
        Column("stimulus_sha256"),
        *_FIGURES,
        Column("n_void", "int"),
    ),
)
PER_CONDITION = Schema(
    "callbench.mos_per_condition/1",
    (Column("id"), Column("votes_used"), *_FIGURES, Column("n_void", "int")),
)
"""`votes_used`: `by_the_rules`, `all_valid`, `without_outliers` or `imported`."""
STIMULI = Schema(
    "callbench.stimuli/1",
    (
        Column("study_id"),
        Column("item_id", "int"),
        Column("role"),
        Column("condition_id"),
        Column("other_condition_id"),
        Column("stimulus_sha256"),
        Column("other_sha256"),
        Column("expected", "real", nullable=True),
        Column("length_ms", "int"),
        Column("gain_db", "real"),
        Column("level_dbov", "real", nullable=True),
        Column("bandwidth"),
        Column("reason"),
        Column("inclusion_prob", "real"),
    ),
)
