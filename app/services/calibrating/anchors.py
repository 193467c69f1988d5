"""Frozen anchors: whether a judge version still scores them as it did. See ADR 0021."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.judging import JudgeVersion
from app.eval.agreement.consensus import consensus
from app.eval.agreement.ratings import Floats, Ints
from app.eval.calibration.drift import anchor_drift
from app.services.calibrating.dimension import Slice, dimension
from app.services.calibrating.rating_set import RatingSet

ROLES = frozenset({"anchor_test"})
FEWEST_CALLS = 10
"""Labelled anchor calls from which on a version counts as calibrated on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """A judge version's first and newest scores of anchors that it has scored more than once."""

    first: Floats
    newest: Floats
    calls: Ints
    gold: Floats
    """People's consensus, NaN where there is none."""


def reruns(found: RatingSet, judge: JudgeVersion, key: str) -> Runs | None:
    """None where no anchor was scored twice."""
    one = dimension(found, key, Slice(roles=ROLES))
    runs = one.repeats(judge.rater_id)
    if runs.shape[1] < 2:
        return None
    count = (~np.isnan(runs)).sum(1)
    twice = count >= 2
    newest = runs[np.arange(len(runs)), np.maximum(count - 1, 0)]
    gold = consensus(one.people, one.criterion.scale)
    return Runs(
        first=runs[twice, 0], newest=newest[twice], calls=one.people.calls[twice],
        gold=gold[twice],
    )  # fmt: skip


def have_drifted(found: RatingSet, judge: JudgeVersion, key: str) -> bool | None:
    """Whether the anchors have drifted under this very version; None where nobody can know.

    The newest look at the version itself decides. Without one it has not drifted if it was
    calibrated on these anchors, and no later run of it differs. Without that, a look at it beside
    the version before may carry over what was known of that one.
    """
    place = ("anchors", key, judge.rater_id)
    if place not in found.memo:
        found.memo[place] = _have_drifted(found, judge, key)
    kept: bool | None = found.memo[place]
    return kept


def _have_drifted(found: RatingSet, judge: JudgeVersion, key: str) -> bool | None:
    of = found.criterion_named(key).id
    looks = [
        c for c in reversed(found.checks)
        if c.kind == "anchors" and (c.judge_version_id, c.criterion_id) == (judge.id, of)
    ]  # fmt: skip
    own = next((c for c in looks if c.is_of_itself), None)
    if own is not None:
        return own.drifted
    if not found.splits.is_frozen:
        return None
    if _labelled_calls(found, judge, key) >= FEWEST_CALLS:
        runs = reruns(found, judge, key)
        if runs is None:
            return False
        return anchor_drift(runs.first, runs.newest, runs.calls, runs.gold).drifted
    return looks[0].drifted if looks else None


def _labelled_calls(found: RatingSet, judge: JudgeVersion, key: str) -> int:
    """Anchor calls that both people and the judge have scored."""
    people, scores, _ = dimension(found, key, Slice(roles=ROLES)).labelled(judge.rater_id)
    return len(np.unique(people.calls[~np.isnan(scores)]))
