"""What the plots of one cell are made from: its dimension's tables, cut to what people rated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.eval.agreement.consensus import mean_of_rated
from app.eval.agreement.ratings import Floats, Ints, Ratings
from app.eval.agreement.resampling import RESAMPLES, SEED, Estimate, estimate
from app.eval.agreement.tables import ratio
from app.eval.calibration.rules import Rule
from app.services.calibrating import correcting
from app.services.calibrating.agreement import Cell
from app.services.calibrating.dimension import Dimension, dimension
from app.services.calibrating.rating_set import Flags, RatingSet

HOW = f"Intervals: bootstrap over calls, {RESAMPLES:,} draws, seed {SEED}."
"""Stands below every plot with intervals."""
NO_PEOPLE = "No person has rated anything here that the judge scored."


@dataclass(frozen=True, kw_only=True)
class Source:
    """One cell's arrays; every one has a row for each item that people rated.

    Attributes:
        found: the set.
        cell: the figures and the verdict.
        rule: that it was made by.
        one: the dimension with all items, rated by people or not.
        people: their ratings.
        judge: the judge's newest score, NaN where it gave none.
        numbers: of the items within the set.
        gold: people's common value, NaN where there is none.
        mean: people's mean.
        corrected: the judge's corrected score; as it is where the correction was refused.
    """

    found: RatingSet
    cell: Cell
    rule: Rule
    one: Dimension
    people: Ratings
    judge: Floats
    numbers: Ints
    gold: Floats
    mean: Floats
    corrected: Floats

    @property
    def shared(self) -> Flags:
        """Which items both the judge and people scored."""
        return np.asarray(~np.isnan(self.judge) & ~np.isnan(self.mean), bool)

    @property
    def ends(self) -> tuple[float, float]:
        """The scale's ends; those of the values that occur, where it has no levels."""
        seen = [float(level.value) for level in self.cell.criterion.levels]
        if not seen:
            given = np.concatenate([self.people.levels, self.judge[~np.isnan(self.judge)]])
            seen = given.tolist() or [0.0, 1.0]
        return min(seen), max(seen)


def source_of(found: RatingSet, cell: Cell, rule: Rule) -> Source:
    """Cut a cell's dimension out of the set.

    Raises:
        NotFound: no such dimension. BadInput: a division that the set does not have.
    """
    one = dimension(found, cell.criterion.key, cell.where)
    people, judge, numbers = one.labelled(cell.judge.rater_id)
    return Source(
        found=found, cell=cell, rule=rule, one=one, people=people, judge=judge, numbers=numbers,
        gold=correcting.gold(one)[one.is_labelled], mean=mean_of_rated(people.values),
        corrected=correcting.corrected(one, cell.fitted)[one.is_labelled],
    )  # fmt: skip


def mean_over(values: Floats, inside: Flags, people: Ratings) -> Estimate:
    """The mean of some items' values, with its interval over calls."""
    used = inside & ~np.isnan(values)
    sums = np.stack([used.astype(np.float64), np.where(used, values, 0.0)], 1)
    return estimate(
        people.by_call(sums), lambda s: ratio(s[..., 1], s[..., 0]), n=int(used.sum()), raters=2,
        undefined="No item.",
    )  # fmt: skip
