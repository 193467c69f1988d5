"""Frozen anchors: whether a judge version still scores them as it did. See ADR 0021."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.judging import JudgeVersion
from app.eval.agreement.consensus import consensus
from app.eval.agreement.ratings import Floats, Ints
from app.eval.calibration.drift import anchor_drift
from app.eval.calibration.evidence import AnchorState
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


def state(found: RatingSet, judge: JudgeVersion, key: str) -> AnchorState:
    """What is known of this very version on the anchors.

    The newest look at the version itself decides. Without one its first run on these anchors is
    what its figures rest on, unless a later run of it differs. Without that, a look at it beside
    the version before may carry over what was known of that one.
    """
    place = ("anchors", key, judge.rater_id)
    if place not in found.memo:
        found.memo[place] = _state(found, judge, key)
    kept: AnchorState = found.memo[place]
    return kept


def _state(found: RatingSet, judge: JudgeVersion, key: str) -> AnchorState:
    of = found.criterion_named(key).id
    looks = [
        c for c in reversed(found.checks)
        if c.kind == "anchors" and (c.judge_version_id, c.criterion_id) == (judge.id, of)
    ]  # fmt: skip
    own = next((c for c in looks if c.is_of_itself), None)
    if own is not None:
        return _told(own.drifted)
    if not found.splits.is_frozen:
        return "unknown"
    if _labelled_calls(found, judge, key) >= FEWEST_CALLS:
        runs = reruns(found, judge, key)
        if runs is None:
            return "first_run"
        return _told(anchor_drift(runs.first, runs.newest, runs.calls, runs.gold).drifted)
    return _told(looks[0].drifted) if looks else "unknown"


def _told(drifted: bool | None) -> AnchorState:
    return "unknown" if drifted is None else "drifted" if drifted else "held"


def _labelled_calls(found: RatingSet, judge: JudgeVersion, key: str) -> int:
    """Anchor calls that both people and the judge have scored."""
    people, scores, _ = dimension(found, key, Slice(roles=ROLES)).labelled(judge.rater_id)
    return len(np.unique(people.calls[~np.isnan(scores)]))
