"""People's blind repeats: does each rater still rate as before? Without it nobody knows who drifts.

A few of a rater's items come again late in their queue or session (`StudyDesign.repeat_share`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from app.domain.errors import NotAllowed
from app.domain.ratings import Viewer
from app.eval.agreement.consensus import mean_of_rated
from app.eval.agreement.resampling import Estimate
from app.eval.calibration.drift import intra_rater, trend
from app.services.calibrating.dimension import Dimension, dimension
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace
from db.repos.repeat_facts import Repeat, RepeatFacts

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterRepeats:
    """One person on one dimension."""

    rater_id: str
    name: str
    criterion_key: str
    repeats: tuple[Repeat, ...]
    alpha: Estimate
    """Of the two rounds, interval."""
    change: Estimate
    """Mean of the second round less the first, in points."""
    trend: Estimate
    """Of their distance from the others on the same items, in points a day."""

    @property
    def same(self) -> int:
        """Items that got the same value again."""
        return sum(r.first == r.again for r in self.repeats)


def of_people(ws: Workspace, viewer: Viewer, found: RatingSet) -> list[RaterRepeats]:
    """Each rater on each dimension on which something came again or shows a trend.

    Raises:
        NotAllowed: a reviewer.
    """
    if not viewer.is_lead:
        raise NotAllowed("Repeats tell of other raters.", "Sign in as a lead.")
    with ws.db.read() as uow:
        rows = RepeatFacts(uow.connection).of(found.rubric.id)
    by: dict[tuple[str, str], list[Repeat]] = defaultdict(list)
    for row in rows:
        by[row.criterion_key, row.rater_id].append(row)
    out = []
    for criterion in found.rubric.criteria:
        if criterion.scale == "nominal":
            continue
        one = dimension(found, criterion.key)
        for rater_id in one.people.raters:
            out.append(_of(one, rater_id, by[criterion.key, rater_id]))
    return out


def _of(one: Dimension, rater_id: str, rows: Sequence[Repeat]) -> RaterRepeats:
    calls: dict[str, int] = {}
    numbers = np.array([calls.setdefault(r.call_id, len(calls)) for r in rows], np.int64)
    first, again = (np.array([v[n] for v in rows], np.float64) for n in (3, 4))
    steady, change = intra_rater(first, again, numbers)
    return RaterRepeats(
        rater_id=rater_id, name=one.set.names.get(rater_id, ("", rater_id, ""))[1],
        criterion_key=one.criterion.key, repeats=tuple(rows), alpha=steady, change=change,
        trend=_trend(one, rater_id),
    )  # fmt: skip


def _trend(one: Dimension, rater_id: str) -> Estimate:
    people = one.people
    column = people.raters.index(rater_id)
    others = people.values.copy()
    others[:, column] = np.nan
    gap = people.values[:, column] - mean_of_rated(others)
    days = _days(one, rater_id)
    there = ~(np.isnan(gap) | np.isnan(days))
    return trend(gap[there].tolist(), days[there].tolist(), people.calls[there].tolist())


def _days(one: Dimension, rater_id: str) -> np.ndarray:
    """When the rater gave each item's value, in days since the first of the set."""
    found = one.set
    mine = (found.rater == found.raters.index(rater_id)) & found.newest
    mine &= found.criterion == found.rubric.criteria.index(one.criterion)
    whole = np.full(len(found.items), np.nan)
    for at in np.flatnonzero(mine).tolist():
        stamp = datetime.fromisoformat(found.rows[at].created_at).timestamp()
        whole[found.item[at]] = stamp / DAY_S
    return whole[one.items] - (np.nanmin(whole) if not np.isnan(whole).all() else 0.0)
