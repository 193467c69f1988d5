"""The columns of a calibration dataset's tables."""

from __future__ import annotations

from app.services.exporting.columns import Column, Schema

ITEMS = Schema(
    "callbench.calibration-items/1",
    (
        Column("item_id"),
        Column("call_id"),
        Column("call_code"),
        Column("content_sha256"),
        Column("other_call_id"),
        Column("kind"),
        Column("speaker"),
        Column("clip"),
        Column("turn_index", "int", nullable=True),
        Column("start_s", "seconds"),
        Column("end_s", "seconds"),
        Column("system"),
        Column("strata", "json"),
        Column("split"),
        Column("inclusion_prob", "real", nullable=True),
        Column("consent"),
        Column("licence"),
    ),
)
SCORES = Schema(
    "callbench.calibration-scores/1",
    (
        Column("score_id"),
        Column("item_id"),
        Column("dimension"),
        Column("scale"),
        Column("rater_id"),
        Column("rater_kind"),
        Column("judge_sha256", nullable=True),
        Column("run_id", nullable=True),
        Column("repeat_index", "int"),
        Column("status"),
        Column("value", "real", nullable=True),
        Column("level_probs", "json", nullable=True),
        Column("confidence", "int", nullable=True),
        Column("blind", "flag"),
        Column("rationale"),
        Column("evidence", "json"),
        Column("superseded", "flag"),
        Column("created_at"),
    ),
)
GOLD = Schema(
    "callbench.calibration-gold/1",
    (
        Column("item_id"),
        Column("dimension"),
        Column("consensus", "real", nullable=True),
        Column("method"),
        Column("n_raters", "int"),
        Column("spread", "real", nullable=True),
        Column("adjudicated", "real", nullable=True),
        Column("votes", "json"),
    ),
)
PAIRED = Schema(
    "callbench.calibration-paired/1",
    (
        Column("item_id"),
        Column("dimension"),
        Column("judge_sha256"),
        Column("human_mean", "real", nullable=True),
        Column("human_median", "real", nullable=True),
        Column("n_humans", "int"),
        Column("judge_raw", "real", nullable=True),
        Column("judge_corrected", "real", nullable=True),
        Column("ci_low", "real", nullable=True),
        Column("ci_high", "real", nullable=True),
        Column("residual", "real", nullable=True),
        Column("call_id"),
        Column("split"),
        Column("weight", "real", nullable=True),
    ),
)
