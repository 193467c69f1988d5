"""The audit stream of a judge on a dimension: control chart and stability of inputs and scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from app.domain.judging import JudgeVersion
from app.domain.rubrics import Criterion
from app.eval.agreement.ratings import Floats
from app.eval.calibration import audit
from app.eval.calibration.apply import apply
from app.eval.calibration.audit import Stream
from app.eval.calibration.control import stability_index
from app.services.calibrating import correcting
from app.services.calibrating.dimension import Dimension, dimension
from app.services.calibrating.rating_set import Flags, RatingSet

BINS = 10
FEWEST_ITEMS = 30
"""Before and since, below which distributions are not held against each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the labels since calibration show."""

    judge: JudgeVersion
    criterion: Criterion
    since: str
    """From when on calls belong to the stream; empty where half of them stand in for a reference,
    since no correction is on record."""
    stream: Stream | None
    call_ids: tuple[str, ...]
    """Of the stream's points."""
    scores: float | None
    """Stability index of the judge's scores."""
    strata: Mapping[str, float | None]
    """Division → stability index of the judged calls."""
    words: tuple[str, ...]

    @property
    def alarm(self) -> bool | None:
        """Whether the chart alarms; None where there is none."""
        return None if self.stream is None else self.stream.chart.alarm is not None


def look(found: RatingSet, judge: JudgeVersion, key: str) -> Audit:
    """Chart people less the corrected judge, by call, and compare the calls with those before.

    Calls count from when both had scored them. What came before the correction was put to use is
    the reference; without one on record, the earlier half.
    """
    place = ("audit", key, judge.rater_id)
    if place not in found.memo:
        found.memo[place] = _look(found, judge, key)
    kept: Audit = found.memo[place]
    return kept


def _look(found: RatingSet, judge: JudgeVersion, key: str) -> Audit:
    one = dimension(found, key)
    used = found.calibration_of(judge, key)
    since = "" if used is None else used.created_at
    people_at, judged_at = _times(one, judge)
    values, calls, last = audit.by_call(
        correcting.gold(one) - _corrected(one, judge), one.people.calls,
        np.fmax(people_at, judged_at),
    )  # fmt: skip
    start = _stamp(since) if since else _middle(last)
    later = last > start
    made = audit.stream(values[~later], values[later], calls[later])
    begun = _stamp(since) if since else _middle(judged_at[~np.isnan(judged_at)])
    scores, strata = _stability(one, judge, judged_at, begun)
    ids = {int(n): found.items[int(i)].call_id for n, i in zip(one.people.calls, one.items)}
    return Audit(
        judge=judge, criterion=one.criterion, since=since, stream=made,
        call_ids=() if made is None else tuple(ids[n] for n in made.calls), scores=scores,
        strata=strata, words=audit.told(made, scores, strata),
    )  # fmt: skip


def _corrected(one: Dimension, judge: JudgeVersion) -> Floats:
    """By the correction in use, else by the one that the data give now."""
    used = one.set.calibration_of(judge, one.criterion.key)
    if used is None:
        return correcting.corrected(one, correcting.fitted(one.set, one.criterion.key, judge))
    inputs, blank = correcting.inputs(one, judge), np.full(len(one.items), np.nan)
    return apply(used.body, {name: inputs.get(name, blank) for name in used.body["inputs"]})


def _times(one: Dimension, judge: JudgeVersion) -> tuple[Floats, Floats]:
    """When the last person and when the judge scored each item; NaN where they did not."""
    found = one.set
    at_criterion = found.criterion == found.rubric.criteria.index(one.criterion)
    rows = np.flatnonzero(at_criterion & found.newest & ~np.isnan(found.value))
    stamps = {s: _stamp(s) for s in {found.rows[n].created_at for n in rows.tolist()}}
    at = np.array([stamps[found.rows[n].created_at] for n in rows.tolist()], np.float64)
    whole = np.full((2, len(found.items)), -np.inf)
    is_person = np.isin(found.rater[rows], found.people)
    is_judge = found.rater[rows] == found.raters.index(judge.rater_id)
    for which, mask in enumerate((is_person, is_judge)):
        np.maximum.at(whole[which], found.item[rows[mask]], at[mask])
    whole[np.isinf(whole)] = np.nan
    return whole[0][one.items], whole[1][one.items]


def _stability(
    one: Dimension, judge: JudgeVersion, judged_at: Floats, start: float
) -> tuple[float | None, dict[str, float | None]]:
    """Stability indices of the judge's scores and of each division, after against before."""
    scores = one.judges.get(judge.rater_id, np.full(len(one.items), np.nan))
    there = ~np.isnan(scores) & ~np.isnan(judged_at)
    later = there & (judged_at > start)
    before = there & ~later
    if min(int(before.sum()), int(later.sum())) < FEWEST_ITEMS:  # chance alone looks like a shift
        return None, dict.fromkeys(one.set.strata)
    levels = np.array([float(level.value) for level in one.criterion.levels])
    if one.criterion.scale == "interval" and len(levels):
        levels = np.linspace(levels.min(), levels.max(), BINS)
    cuts = (levels[1:] + levels[:-1]) / 2
    place = np.digitize(np.nan_to_num(scores), cuts)
    spread = stability_index(*(_counts(place, m, len(levels)) for m in (before, later)))
    strata: dict[str, float | None] = {}
    for name, classes in one.set.strata.items():
        names = sorted({str(c) for c in classes if c})
        codes = np.array([names.index(c) if c else len(names) for c in classes[one.items]])
        size = len(names) + 1
        strata[name] = stability_index(*(_counts(codes, m, size) for m in (before, later)))
    return spread, strata


def _counts(codes: np.ndarray, mask: Flags, size: int) -> list[float]:
    return [float(n) for n in np.bincount(codes[mask], minlength=max(size, 1))]


def _middle(at: Floats) -> float:
    return float(np.median(at)) if len(at) else 0.0


def _stamp(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
