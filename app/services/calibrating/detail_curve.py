"""The calibration curve: people's mean at each level of the judge, and how sure it may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats
from app.eval.agreement.resampling import Estimate
from app.eval.agreement.views import calibration_curve
from app.services.calibrating.detail_source import NO_PEOPLE, Source
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts

CONFIDENCE_BINS = 10
FEWEST_FOR_ECE = 30
FEWEST_RUNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Items to which the judge gave about this value."""

    judge: float
    people: Estimate
    corrected: float | None
    """Mean of the corrected scores of the same items; None where there is no correction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveView:
    """Points on the diagonal mean the same to the judge and to people.

    `ece` is the expected calibration error: confidence less share right, over ten bins.
    """

    levels: tuple[Level, ...]
    ends: tuple[float, float]
    calibration_error: float | None
    """Mean distance of people's mean from the judge's level, over items."""
    corrected_error: float | None
    """The same after correction, on held-out calls."""
    ece: float | None
    ece_from: str
    """What the judge's confidence was taken from, or why there is none."""
    reason: str = ""


def curve_of(ws: Workspace, source: Source) -> CurveView:
    """The curve of a cell."""
    kind = source.cell.criterion.scale
    points = calibration_curve(source.people, source.judge, kind)
    if not points:
        why = "Names have no order to be calibrated." if kind == "nominal" else NO_PEOPLE
        return CurveView(
            levels=(), ends=source.ends, calibration_error=None, corrected_error=None, ece=None,
            ece_from="", reason=why,
        )  # fmt: skip
    made = source.cell.fitted
    is_corrected = made.correction is not None and not made.refused
    middles = np.array([p.judge for p in points])
    edges = (middles[1:] + middles[:-1]) / 2
    at = np.where(source.shared, np.searchsorted(edges, source.judge), -1)
    levels = tuple(
        Level(
            judge=p.judge, people=p.people,
            corrected=float(np.nanmean(source.corrected[at == n]))
            if is_corrected and (at == n).any() else None,
        )
        for n, p in enumerate(points)
    )  # fmt: skip
    n = sum(p.people.n for p in points)
    gaps = [abs((p.people.value or 0.0) - p.judge) * p.people.n for p in points]
    ece, told = _confidence_error(ws, source)
    correction = made.correction if is_corrected else None
    return CurveView(
        levels=levels, ends=source.ends, calibration_error=sum(gaps) / n if n else None,
        corrected_error=None if correction is None else correction.after.calibration_error,
        ece=ece, ece_from=told,
    )  # fmt: skip


def expected_error(confidence: Floats, right: Floats) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017, section 2)."""
    at = np.minimum((confidence * CONFIDENCE_BINS).astype(np.int64), CONFIDENCE_BINS - 1)
    gaps = np.bincount(at, right - confidence, CONFIDENCE_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def _confidence_error(ws: Workspace, source: Source) -> tuple[float | None, str]:
    """From the judge's probabilities; where it gives none, from how often its runs agree."""
    if source.cell.criterion.scale == "interval":
        return None, "Interval scales have no classes to be sure of."
    found = _of_probabilities(ws, source)
    told = "the judge's probabilities"
    if found is None:
        found, told = _of_runs(source), "how often its runs agree"
    if found is None:
        return None, (
            f"It gives no probabilities and no {FEWEST_RUNS} runs of {FEWEST_FOR_ECE} items."
        )
    return expected_error(*found), told


def _of_probabilities(ws: Workspace, source: Source) -> tuple[Floats, Floats] | None:
    found = source.found
    mine = found.rater == found.raters.index(source.cell.judge.rater_id)
    at = found.rubric.criteria.index(source.cell.criterion)
    mine &= found.newest & (found.criterion == at) & ~np.isnan(found.value)
    gold = dict(zip(source.numbers.tolist(), source.gold.tolist()))
    rows = [
        n
        for n in np.flatnonzero(mine).tolist()
        if not np.isnan(gold.get(int(found.item[n]), np.nan))
    ]
    with ws.db.read() as uow:
        told = CalibrationFacts(uow.connection).details([found.rows[n].score_id for n in rows])
    confidence, right = [], []
    for n in rows:
        given = told.get(found.rows[n].score_id, {}).get("level_probs")
        if given:
            confidence.append(max(given))
            right.append(float(found.value[n] == gold[int(found.item[n])]))
    if len(confidence) < FEWEST_FOR_ECE:
        return None
    return np.clip(np.array(confidence), 0.0, 1.0), np.array(right)


def _of_runs(source: Source) -> tuple[Floats, Floats] | None:
    runs = source.one.repeats(source.cell.judge.rater_id)[source.one.is_labelled]
    given = (~np.isnan(runs)).sum(1) if runs.shape[1] else np.zeros(len(runs), int)
    used = (given >= FEWEST_RUNS) & ~np.isnan(source.gold)
    if int(used.sum()) < FEWEST_FOR_ECE:
        return None
    runs, gold, given = runs[used], source.gold[used], given[used]
    values = np.unique(runs[~np.isnan(runs)])
    counts = np.stack([(runs == v).sum(1) for v in values], 1)
    return counts.max(1) / given, (values[counts.argmax(1)] == gold).astype(np.float64)
