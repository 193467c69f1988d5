"""Agreement, verdicts and corrections as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.eval.agreement.ceiling import Ceiling
    from app.eval.agreement.resampling import Estimate
    from app.eval.calibration.clauses import Clause
    from app.eval.calibration.estimate import PopulationMean
    from app.services.calibrating.agreement import Cell, Panel
    from app.services.calibrating.correcting import Fitted
    from app.services.calibrating.rating_set import RatingSet


def matrix(found: RatingSet, cells: list[Cell], panels: list[Panel]) -> dict[str, Any]:
    """The answer of `agreement`."""
    from app.services.calibrating.published import published

    rubric = found.rubric
    return {
        "rubric": {"key": rubric.key, "version": rubric.version, "sha256": rubric.sha256},
        "frozen_at": found.frozen_at,
        "splits": {
            "frozen_at": found.splits.frozen_at or None,
            "items": {role: found.roles.count(role) for role in sorted(set(found.roles))},
        },
        "left_out": {"stale": dict(found.stale)},
        "published": published(rubric.key),
        "people": [_panel(found, p) for p in panels],
        "cells": [cell(c) for c in cells],
    }


def cell(c: Cell) -> dict[str, Any]:
    """One judge on one dimension."""
    e = c.found.evidence
    return {
        "judge": c.judge.ref,
        "judge_model": c.judge.model,
        "judge_sha256": c.judge.sha256,
        "dimension": c.criterion.key,
        "scale": c.criterion.scale,
        "slice": c.where.words,
        "items": e.items,
        "calls": e.calls,
        "people": e.humans,
        "judged": c.judged,
        "without_a_value": c.failed,
        "not_blind": c.not_blind,
        "verdict": {
            "state": c.verdict.state,
            "name": c.verdict.name,
            "words": c.verdict.words,
            "rule": c.verdict.rule,
            "failing": [_clause(x) for x in c.verdict.failing],
            "more_calls": c.verdict.more_calls,
        },
        "ceiling": _ceiling(e.agreement),
        "judge_against_people": {k: estimate(v) for k, v in c.found.judge.items()},
        "judge_against_consensus": {k: estimate(v) for k, v in c.found.gold.items()},
        "people_among_themselves": {k: estimate(v) for k, v in c.found.people.items()},
        "alt_test": [
            {"epsilon": t.epsilon, "winning_rate": t.winning_rate,
             "winning_rate_published": t.winning_rate_published, "advantage": t.advantage}
            for t in c.found.alt_tests
        ],
        "position": None if c.position is None else {
            "consistency": estimate(c.position.consistency), "first": c.position.first,
            "second": c.position.second, "p": c.position.p,
        },
        "repeat_consistency": e.repeat_consistency,
        "mean": None if c.mean is None else mean(c.mean),
        "strata": [{"name": s.name, "bias": estimate(s.bias)} for s in e.strata],
        "correction": correction(c.fitted),
    }  # fmt: skip


def _panel(found: RatingSet, p: Panel) -> dict[str, Any]:
    return {
        "dimension": p.criterion.key, "scale": p.criterion.scale, "items": p.items,
        "calls": p.calls, "not_blind": p.not_blind,
        "raters": [
            {"name": found.names[r][1], "harshness": p.harshness.get(r)} for r in p.raters
        ],
        "figures": {k: estimate(v) for k, v in p.figures.items()},
    }  # fmt: skip


def mean(found: PopulationMean) -> dict[str, Any]:
    """A judge's mean, as it is and corrected."""
    c = found.corrected
    return {
        "raw": found.raw, "corrected": c.value, "interval": _interval(c.low, c.high),
        "method": c.method, "drawing": found.drawing, "reason": found.reason,
        "labelled": c.labelled, "judged": c.judged, "gain": found.gain,
        "left_out": found.left_out,
    }  # fmt: skip


def correction(made: Fitted) -> dict[str, Any]:
    """A correction in short."""
    c = made.correction
    if c is None:
        return {"model": None, "refused": made.refused}
    return {
        "model": c.model, "refused": made.refused or None, "items": c.items, "calls": c.calls,
        "rmse_before": c.before.rmse, "rmse_after": c.after.rmse,
        "bias_before": c.before.bias.value, "bias_after": c.after.bias.value,
        "kappa_quadratic_before": c.before.kappa_quadratic,
        "kappa_quadratic_after": c.after.kappa_quadratic,
    }  # fmt: skip


def estimate(found: Estimate) -> dict[str, Any]:
    """A figure with its interval; null with the reason where it is undefined."""
    body: dict[str, Any] = {
        "value": found.value, "interval": _interval(found.low, found.high), "n": found.n,
        "calls": found.calls, "raters": found.raters,
    }  # fmt: skip
    if found.undefined:
        body["undefined"] = found.undefined
    if found.warning:
        body["warning"] = found.warning
    return body


def _ceiling(found: Ceiling) -> dict[str, Any]:
    return {
        "measure": found.measure, "judge": estimate(found.judge), "people": estimate(found.human),
        "gap": estimate(found.gap), "share": estimate(found.ratio), "z": found.z,
        "super_consistent": found.super_consistent, "reason": found.reason or None,
    }  # fmt: skip


def _clause(found: Clause) -> dict[str, Any]:
    return {"name": found.name, "words": found.words, "more_calls": found.more_calls}


def _interval(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]
