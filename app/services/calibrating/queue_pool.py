"""The calls that a queue chooses from, with what is known of the judge's errors on them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import BadInput
from app.domain.judging import JudgeVersion
from app.eval.agreement.ratings import Floats, Ints, grouped, renumbered
from app.eval.calibration.disagreement import expected_squares
from app.eval.calibration.queueing import error_of_calls, expected_by_level
from app.eval.calibration.sampling import intraclass_of_calls
from app.services.calibrating import correcting
from app.services.calibrating.dimension import EVERYTHING, Dimension, Slice, dimension
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts

S_PER_MIN = 60.0


@dataclass(frozen=True, slots=True)
class Pool:
    """Calls that the judge scored on a dimension; one row a call.

    Attributes:
        call_ids: in an order that does not change.
        minutes: of audio.
        items: how many the judge scored in each.
        labelled: whether any person rated any of them.
        squares: expected square of the summed error of each, after the correction.
        vote_squares: expected square of one person's error, summed likewise.
        within_call: ρ of errors, 0 where it is not known.
        roles: split of each.
        uncertainty: of the judge, 0..1.
        disagreement: between judges as a share of the scale, 0..1.
        level_labels: labels so far at the judge's level, the fewest of the call's items.
        stratum_labels: labels so far in the call's rarest class, with its name.
    """

    call_ids: tuple[str, ...]
    minutes: Floats
    items: Ints
    labelled: NDArray[np.bool_]
    squares: Floats
    vote_squares: Floats
    within_call: float
    roles: tuple[str, ...]
    uncertainty: Floats
    disagreement: Floats
    level_labels: Ints
    stratum_labels: tuple[tuple[int, str], ...]


def pool(
    ws: Workspace,
    found: RatingSet,
    judge: JudgeVersion,
    key: str,
    where: Slice = EVERYTHING,
) -> Pool:
    """Read a pool; kept with the set.

    Raises:
        BadInput: the judge scored no call there.
        NotFound: no such dimension.
    """
    name = ("queue_pool", key, judge.rater_id, where.words, str(where.blind_only))
    if name not in found.memo:
        found.memo[name] = _pool(ws, found, judge, key, where)
    kept: Pool = found.memo[name]
    return kept


def _pool(ws: Workspace, found: RatingSet, judge: JudgeVersion, key: str, where: Slice) -> Pool:
    one = dimension(found, key, where)
    scores = one.judges.get(judge.rater_id)
    if scores is None:
        raise BadInput(f"{judge.label} has scored nothing here.", "Run it on the calls first.")
    at = np.flatnonzero(~np.isnan(scores))
    calls = renumbered(one.people.calls[at])
    count = int(calls.max()) + 1
    first = np.unique(calls, return_index=True)[1]
    ids = [found.items[int(one.items[at[n]])].call_id for n in first]
    expected, votes, rho = _errors(one, judge, at)
    told = _uncertain(ws, one, judge)
    return Pool(
        call_ids=tuple(ids),
        minutes=np.array([_minutes(found, i) for i in ids]),
        items=np.bincount(calls, minlength=count).astype(np.int64),
        labelled=_any(one.is_labelled[at], calls, count),
        squares=error_of_calls(expected, calls, rho),
        vote_squares=error_of_calls(votes, calls, 0.0),
        within_call=rho,
        roles=tuple(found.roles[int(one.items[at[n]])] for n in first),
        uncertainty=_most(told[at], calls, count),
        disagreement=_most(_between_judges(one)[at], calls, count),
        level_labels=_level_labels(one, scores, at, calls, count),
        stratum_labels=_stratum_labels(one, at, first),
    )


def _errors(one: Dimension, judge: JudgeVersion, at: Ints) -> tuple[Floats, Floats, float]:
    """(expected squared residual after the correction, of one vote, ρ) of the judged items."""
    scores = one.judges[judge.rater_id]
    gold = correcting.gold(one)
    if one.criterion.scale == "nominal":
        residual = np.where(np.isnan(gold), np.nan, (scores != gold).astype(np.float64))
    else:
        made = correcting.fitted(one.set, one.criterion.key, judge)
        residual = gold - correcting.corrected(one, made)
    known = ~np.isnan(residual[at])
    rho = intraclass_of_calls(residual[at][known], one.people.calls[at][known].tolist())
    expected = expected_by_level(scores, residual**2)
    votes = expected_by_level(scores, expected_squares(one.people, scores, one.criterion.scale))
    return expected[at], votes[at], rho or 0.0


def _minutes(found: RatingSet, call_id: str) -> float:
    call = found.calls[call_id]
    return call.frame_count / call.rate_hz / S_PER_MIN


def _any(flags: NDArray[np.bool_], calls: Ints, count: int) -> NDArray[np.bool_]:
    return np.asarray(grouped(flags.astype(np.float64), calls, count) > 0)


def _most(values: Floats, calls: Ints, count: int) -> Floats:
    out = np.zeros(count)
    np.maximum.at(out, calls, np.nan_to_num(values))
    return out


def _uncertain(ws: Workspace, one: Dimension, judge: JudgeVersion) -> Floats:
    """Of each item the entropy of the judge's levels, or the width of its repeats; 0..1."""
    runs = one.repeats(judge.rater_id)
    there = ~np.isnan(runs)
    high = np.where(there, runs, -np.inf).max(1, initial=-np.inf)
    low = np.where(there, runs, np.inf).min(1, initial=np.inf)
    out = np.where(there.any(1), high - low, 0.0) / _width(one)
    found = one.set
    mine = (found.rater == found.raters.index(judge.rater_id)) & found.newest
    mine &= found.criterion == found.rubric.criteria.index(one.criterion)
    rows = np.flatnonzero(mine).tolist()
    place = {number: at for at, number in enumerate(one.items.tolist())}
    with ws.db.read() as uow:
        facts = CalibrationFacts(uow.connection)
        told = facts.level_probs([found.rows[n].score_id for n in rows])
    for n in rows:
        at = place.get(int(found.item[n]))
        text = told.get(found.rows[n].score_id)
        if at is not None and text:
            out[at] = max(out[at], _entropy(json.loads(text)))
    return np.minimum(out, 1.0)


def _entropy(probs: Mapping[str, float]) -> float:
    """Of the judge's levels, 1 where all are alike."""
    parts = [p for p in probs.values() if p > 0]
    total = sum(parts)
    if len(probs) < 2 or total <= 0:
        return 0.0
    return -sum(p / total * math.log(p / total) for p in parts) / math.log(len(probs))


def _width(one: Dimension) -> float:
    levels = one.people.levels
    return max(float(levels[-1] - levels[0]), 1e-9) if len(levels) else 1.0


def _between_judges(one: Dimension) -> Floats:
    """How far the judges are apart on each item, as a share of the scale."""
    table = np.stack(list(one.judges.values()), 1)
    there = ~np.isnan(table)
    high = np.where(there, table, -np.inf).max(1)
    low = np.where(there, table, np.inf).min(1)
    apart = np.where(there.any(1), high - low, 0.0)
    return (
        (apart > 0).astype(np.float64) if one.criterion.scale == "nominal" else apart / _width(one)
    )


def _level_labels(one: Dimension, scores: Floats, at: Ints, calls: Ints, count: int) -> Ints:
    """Labels so far at the judge's level; of a call's items the fewest."""
    labelled = scores[at][one.is_labelled[at]]
    levels, counts = np.unique(labelled, return_counts=True)
    known = dict(zip(levels.tolist(), counts.tolist()))
    out = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(out, calls, np.array([known.get(v, 0) for v in scores[at].tolist()], np.int64))
    return out


def _stratum_labels(one: Dimension, at: Ints, first: Ints) -> tuple[tuple[int, str], ...]:
    """Labels so far in each call's rarest class, and its name: `language: de`."""
    strata = one.set.strata
    best = [(int(one.is_labelled.sum()), "")] * len(first)
    for division, classes in strata.items():
        names = classes[one.items]
        seen, counts = np.unique(names[one.is_labelled].astype(str), return_counts=True)
        known = dict(zip(seen.tolist(), counts.tolist()))
        for n, row in enumerate(at[first].tolist()):
            name = str(names[row])
            if name and known.get(name, 0) < best[n][0]:
                best[n] = (known.get(name, 0), f"{division}: {name}")
    return tuple(best)
