"""Drift, splits and the rule of verdicts as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.calibration_shapes import estimate

if TYPE_CHECKING:
    from app.domain.calibration_records import DriftCheck
    from app.domain.judging import JudgeVersion
    from app.eval.calibration.rules import Rule
    from app.services.calibrating.auditing import Audit
    from app.services.calibrating.drifting import Look
    from app.services.calibrating.rating_set import RatingSet
    from app.services.calibrating.repeats import RaterRepeats
    from app.services.calibrating.rules import Entry
    from app.services.calibrating.split_counts import Counts


def drift(
    found: RatingSet,
    judge: JudgeVersion,
    before: JudgeVersion | None,
    dimensions: list[dict[str, Any]],
    people: list[dict[str, Any]],
) -> dict[str, Any]:
    """The answer of `drift`."""
    return {
        "rubric": {"key": found.rubric.key, "version": found.rubric.version},
        "judge": judge.ref, "judge_model": judge.model, "judge_sha256": judge.sha256,
        "before": None if before is None else before.ref,
        "splits_frozen_at": found.splits.frozen_at or None,
        "dimensions": dimensions, "human_repeats": people,
    }  # fmt: skip


def looked(key: str, seen: Look | None, kept: DriftCheck | None, audit: Audit) -> dict[str, Any]:
    """One dimension."""
    return {
        "dimension": key,
        "anchors": None if seen is None else _anchors(seen, kept),
        "audit": {
            "since": audit.since or None,
            "calls": 0 if audit.stream is None else len(audit.stream.calls),
            "alarm": audit.alarm, "psi_scores": audit.scores, "psi_strata": dict(audit.strata),
            "words": list(audit.words),
        },
    }  # fmt: skip


def _anchors(seen: Look, kept: DriftCheck | None) -> dict[str, Any]:
    flips = seen.drift.flips
    return {
        "beside": seen.beside, "items": seen.items, "calls": seen.calls,
        "drifted": seen.drift.drifted, "mean": estimate(seen.drift.mean),
        "kappa_quadratic": None if seen.drift.kappa is None else estimate(seen.drift.kappa),
        "flips": None if flips is None else {
            "levels": list(flips.levels), "table": flips.table.tolist(), "same": flips.same,
            "worse": flips.worse, "better": flips.better, "p": flips.p,
        },
        "words": seen.drift.words, "kept": None if kept is None else kept.id,
    }  # fmt: skip


def repeats(found: RaterRepeats) -> dict[str, Any]:
    """One person's blind repeats on a dimension."""
    return {
        "rater": found.name, "dimension": found.criterion_key, "repeats": len(found.repeats),
        "same": found.same, "alpha": estimate(found.alpha), "change": estimate(found.change),
        "trend_per_day": estimate(found.trend),
    }  # fmt: skip


def splits(found: Counts) -> dict[str, Any]:
    """The answer of `splits`."""
    return {
        "frozen_at": found.splits.frozen_at or None, "shares": dict(found.splits.shares),
        "salt": found.splits.salt, "calls": dict(found.calls),
    }  # fmt: skip


def rules(now: Rule, history: Sequence[Entry]) -> dict[str, Any]:
    """The answer of `rule`."""
    return {
        **now.to_json(), "ref": now.ref,
        "history": [
            {"ref": e.rule.ref, "by": e.by, "at": e.at, "reason": e.rule.reason} for e in history
        ],
    }  # fmt: skip
