"""One dimension of a rating set as tables: people's ratings, each judge's scores, final values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.domain.errors import BadInput
from app.domain.ratings import ADJUDICATION
from app.domain.rubrics import Criterion
from app.eval.agreement.ratings import Floats, Ints, Ratings, renumbered
from app.services.calibrating.rating_set import Flags, RatingSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which items count. Nothing named: all of them."""

    classes: Mapping[str, str] = field(default_factory=dict)
    """Division → class, such as `language` → `de`."""
    roles: frozenset[str] = frozenset()
    """Splits."""
    blind_only: bool = True
    """Leave out what people gave after seeing a judge's or another person's score."""

    def holds(self, found: RatingSet) -> Flags:
        """Which items of the set are inside.

        Raises:
            BadInput: a division that the set does not have.
        """
        inside = np.ones(len(found.items), bool)
        for division, name in self.classes.items():
            if division not in found.strata:
                known = ", ".join(found.strata) or "none"
                raise BadInput(
                    f"Nothing is divided by {division} here.", f"Divisions that there are: {known}."
                )
            inside &= found.strata[division] == name
        if self.roles:
            inside &= np.array([r in self.roles for r in found.roles], bool)
        return inside

    @property
    def words(self) -> str:
        """As shown: `language: de, anchor_test`."""
        parts = [f"{k}: {v}" for k, v in self.classes.items()] + sorted(self.roles)
        return ", ".join(parts) or "all"


EVERYTHING = Slice()


@dataclass(frozen=True)
class Dimension:
    """A criterion's scores by item; rows of every array are `items`.

    Attributes:
        criterion: the dimension.
        items: numbers into the set's items: those that anybody scored on this criterion.
        people: their ratings.
        judges: judge's rater → its newest score of each item, NaN where it gave none.
        final: adjudicated values, NaN where there is none.
        not_blind: people's scores that are listed apart.
        set: what it is of.
    """

    criterion: Criterion
    items: Ints
    people: Ratings
    judges: Mapping[str, Floats]
    final: Floats
    not_blind: int
    set: RatingSet

    @cached_property
    def is_labelled(self) -> Flags:
        """Which items any person rated."""
        return np.asarray((~np.isnan(self.people.values)).any(1), bool)

    def labelled(self, judge_rater: str) -> tuple[Ratings, Floats, Ints]:
        """(people, judge, numbers of the items) of what people rated, on calls numbered anew."""
        keep = self.is_labelled
        judge = self.judges.get(judge_rater)
        own = np.full(len(self.items), np.nan) if judge is None else judge
        numbers = self.items[keep]
        people = Ratings(
            self.people.values[keep], renumbered(self.people.calls[keep]), tuple(numbers.tolist()),
            self.people.raters, self.people.scale,
        )  # fmt: skip
        return people, own[keep], numbers

    def repeats(self, judge_rater: str) -> Floats:
        """The judge's scores of each item in the order in which it gave them; (items, runs)."""
        found = self.set
        mine = found.rater == found.raters.index(judge_rater) if judge_rater in found.raters else []
        at = np.flatnonzero(mine & _of(found, self.criterion) & ~np.isnan(found.value))
        place = np.searchsorted(self.items, found.item[at])
        there = place < len(self.items)
        there[there] = self.items[place[there]] == found.item[at][there]
        at, place = at[there], place[there]
        order = np.argsort(place, kind="stable")
        sizes = np.bincount(place, minlength=len(self.items))
        nth = np.arange(len(at)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        out = np.full((len(self.items), int(sizes.max(initial=0))), np.nan)
        out[place[order], nth] = found.value[at[order]]
        return out


def dimension(found: RatingSet, key: str, where: Slice = EVERYTHING) -> Dimension:
    """The tables of one criterion within a slice.

    Raises:
        NotFound: no such criterion.
        BadInput: a division that the set does not have.
    """
    criterion = found.criterion_named(key)
    rows = _of(found, criterion) & found.newest & where.holds(found)[found.item]
    by_person = np.isin(found.rater, found.people)
    apart = rows & by_person & ~found.blind & ~np.isnan(found.value)
    if where.blind_only:
        rows &= ~(by_person & ~found.blind)
    used = rows & ~np.isnan(found.value)
    items = np.unique(found.item[used])
    place = np.searchsorted(items, found.item[used])
    values = np.full((len(items), len(found.raters)), np.nan)
    values[place, found.rater[used]] = found.value[used]  # rows are oldest first: the newest stays
    shown = [int(n) for n in found.people if not np.isnan(values[:, n]).all()]
    scale = tuple(float(level.value) for level in criterion.levels)
    people = Ratings(
        values[:, shown], renumbered(found.call_numbers[items]), tuple(items.tolist()),
        tuple(found.raters[n] for n in shown), scale if criterion.scale != "interval" else (),
    )  # fmt: skip
    column = {rater: values[:, n] for n, rater in enumerate(found.raters)}
    judges = {r: column[r] for r in found.judges if not np.isnan(column[r]).all()}
    return Dimension(
        criterion=criterion, items=items, people=people,
        judges=judges, final=column.get(ADJUDICATION, np.full(len(items), np.nan)),
        not_blind=int(apart.sum()), set=found,
    )  # fmt: skip


def _of(found: RatingSet, criterion: Criterion) -> Flags:
    return np.asarray(found.criterion == found.rubric.criteria.index(criterion), bool)
