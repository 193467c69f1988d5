"""The items on which a judge and people differ, with what is needed to see, and hear, why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, multimode
from typing import Literal

import numpy as np

from app.domain.errors import BadInput
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion
from app.eval.agreement.ratings import Floats
from app.eval.calibration.disagreement import Disagreement, Pattern, disagreements
from app.services.calibrating import causes
from app.services.calibrating.causes import Cause, Pareto, Place
from app.services.calibrating.dimension import EVERYTHING, Dimension, Slice, dimension
from app.services.calibrating.rating_set import ItemKey, RatingSet
from app.services.workspace import Workspace

PATTERN_WORDS: Mapping[Pattern, str] = {
    "agree": "Humans agree",
    "split": "Humans split",
    "unstable": "Judge unstable",
    "single": "One vote",
}
PATTERN_TIPS: Mapping[Pattern, str] = {
    "agree": "People agree and the judge differs: the judge's fault",
    "split": "People are split and the judge is with some of them: look at the rubric",
    "unstable": "The judge differs from itself over repeats or orders: noise",
    "single": "One person rated it: a second vote would tell whose doing it is",
}
Order = Literal["surprise", "spread"] | str  # or a division of the set
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One item."""

    item: ItemKey
    item_id: str
    """Of the judge's score: what a tag is of."""
    score_id: str
    """The judge's newest."""
    code: str
    """Of the call."""
    second_code: str
    """Of the second call of a pair; empty where it is none."""
    name: str
    """The call's code, with the turn or clip of it."""
    turn: int | None
    """Its number, from 1; None where the item is none."""
    judge: float
    judge_values: tuple[float, ...]
    """All that it gave, lowest first: one where it is stable."""
    median: float | None
    """Of the votes; the majority where classes have no order, None at a tie."""
    votes: tuple[float, ...]
    pattern: Pattern
    residual: float
    spread: float
    z: float
    role: str
    """Of the call: train, dev, anchor_test or mixed."""
    strata: Mapping[str, str]
    cause: Cause | None = None

    @property
    def sign(self) -> int:
        """Whether the judge is above people."""
        return int(np.sign(self.residual))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All items of a cell on which judge and people differ, the most surprising first."""

    judge: JudgeVersion
    criterion: Criterion
    rubric_version_id: str
    rows: tuple[Differing, ...]
    divisions: tuple[str, ...]

    @property
    def pareto(self) -> Pareto:
        """Causes with their counts."""
        return causes.pareto(r.cause for r in self.rows)

    def place(self, row: Differing) -> Place:
        """What a tag of that row is of."""
        return Place(
            item_id=row.item_id, criterion_id=self.criterion.id, judge_version_id=self.judge.id
        )

    def tagged(self, item_id: str, cause: Cause | None) -> Listing:
        """The same with another tag on an item."""
        rows = tuple(replace(r, cause=cause) if r.item_id == item_id else r for r in self.rows)
        return replace(self, rows=rows)


def listing(
    ws: Workspace,
    viewer: Viewer,
    found: RatingSet,
    judge: JudgeVersion,
    key: str,
    where: Slice = EVERYTHING,
) -> Listing:
    """The items of one judge version and dimension on which it and people differ.

    Raises:
        NotAllowed: a reviewer.
        NotFound: no such dimension. BadInput: a division that the set does not have.
    """
    criterion = found.criterion_named(key)
    tags = causes.tags(ws, viewer, criterion.id, judge.id)
    one = dimension(found, key, where)
    scores = one.judges.get(judge.rater_id, np.full(len(one.items), np.nan))
    runs = one.repeats(judge.rater_id)
    newest = _newest_rows(one, judge)
    turned = _both_orders(one, newest)
    swings = _swings(runs, turned, criterion)
    apart = disagreements(one.people, scores, criterion.scale, swings)
    by_number = _tags_by_item(found, tags)
    rows = []
    for d in apart:
        given = {v for v in runs[d.row].tolist() if v == v} | set(turned.get(d.row, ()))
        rows.append(_row(one, d, float(scores[d.row]), given, newest[d.row], by_number))
    return Listing(
        judge=judge, criterion=criterion, rubric_version_id=found.rubric.id, rows=tuple(rows),
        divisions=tuple(found.strata),
    )  # fmt: skip


def ordered(rows: Sequence[Differing], by: Order) -> list[Differing]:
    """Rows by surprise, by people's spread, or by a division's classes, surprise within."""
    if by == "surprise":
        return sorted(rows, key=lambda r: -r.z)
    if by == "spread":
        return sorted(rows, key=lambda r: (-r.spread, -r.z))
    if rows and by not in rows[0].strata:
        raise BadInput(f"Nothing is divided by {by} here.")
    return sorted(rows, key=lambda r: (r.strata[by] or "\uffff", -r.z))


def _row(
    one: Dimension,
    d: Disagreement,
    judge: float,
    given: set[float],
    newest: int,
    tags: Mapping[int, Cause],
) -> Differing:
    found = one.set
    number = int(one.items[d.row])
    votes = tuple(v for v in one.people.values[d.row].tolist() if v == v)  # NaN is no vote
    item, row = found.items[number], found.rows[newest]
    second = found.calls.get(item.other_call_id)
    return Differing(
        item=item, item_id=row.item_id, score_id=row.score_id,
        code=found.calls[item.call_id].code, second_code="" if second is None else second.code,
        name=found.name_of(number), turn=found.turn_indices[number], judge=judge,
        judge_values=tuple(sorted(given or {judge})), median=_middle(votes, one.criterion),
        votes=votes, pattern=d.pattern, residual=d.residual, spread=d.spread,
        z=d.z, role=found.roles[number],
        strata={name: str(classes[number]) for name, classes in found.strata.items()},
        cause=tags.get(number),
    )  # fmt: skip


def _middle(votes: Sequence[float], criterion: Criterion) -> float | None:
    if not votes:
        return None
    if criterion.scale in ("ordinal", "interval"):
        return float(median(votes))
    most = multimode(votes)
    return most[0] if len(most) == 1 else None


def _newest_rows(one: Dimension, judge: JudgeVersion) -> Mapping[int, int]:
    """Row of the dimension → row of the set, of the judge's newest score."""
    found = one.set
    if judge.rater_id not in found.raters:
        return {}
    mine = (found.rater == found.raters.index(judge.rater_id)) & found.newest
    mine &= found.criterion == found.rubric.criteria.index(one.criterion)
    place = {number: at for at, number in enumerate(one.items.tolist())}
    at = np.flatnonzero(mine & ~np.isnan(found.value)).tolist()
    return {place[found.item[n]]: n for n in at if int(found.item[n]) in place}


def _both_orders(one: Dimension, newest: Mapping[int, int]) -> Mapping[int, tuple[float, ...]]:
    """What the judge gave a pair in either order, where it compared it in both."""
    told = {at: one.set.rows[n].order_values for at, n in newest.items()}
    return {at: tuple(map(float, json.loads(v))) for at, v in told.items() if v is not None}


def _swings(runs: Floats, turned: Mapping[int, tuple[float, ...]], criterion: Criterion) -> Floats:
    """How far the judge's own values of an item lie apart."""
    there = ~np.isnan(runs)
    high = np.where(there, runs, -np.inf).max(1, initial=-np.inf)
    low = np.where(there, runs, np.inf).min(1, initial=np.inf)
    out = np.where(there.any(1), high - low, 0.0)
    for at, values in turned.items():
        out[at] = max(out[at], max(values) - min(values))
    return (out > _TINY).astype(np.float64) if criterion.scale == "nominal" else out


def _tags_by_item(found: RatingSet, tags: Mapping[str, Cause]) -> Mapping[int, Cause]:
    """A tag belongs to what was rated, whichever pinning of it was tagged; the newest holds."""
    if not tags:
        return {}
    out: dict[int, Cause] = {}
    place = {r.item_id: int(n) for r, n in zip(found.rows, found.item) if r.item_id in tags}
    for item_id, cause in tags.items():
        if item_id in place:
            out[place[item_id]] = cause
    return out
