"""Where a judge and people differ, how surprising that is, and whose doing it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement.consensus import consensus, mean_of_rated
from app.eval.agreement.ratings import Floats, Ratings

Pattern = Literal["agree", "split", "unstable", "single"]
"""People agree and the judge differs; people are split; the judge differs from itself; one vote."""

NEAR_SHARE = 0.25
"""People within this share of the scale agree: one step of five levels, none of three or two."""
PRIOR_VOTES = 4.0
"""How much the usual spread among people weighs beside an item's own few votes."""
TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One item on which a judge is not where people are."""

    row: int
    """Into the tables that it was found in."""
    pattern: Pattern
    residual: float
    """Judge less people; of classes without an order the share of people that it is not with."""
    spread: float
    """Between the lowest and the highest vote; of classes the share outside the largest."""
    z: float
    """Surprise: the residual's size over the standard deviation expected of it."""


def disagreements(
    people: Ratings, judge: Floats, kind: ScaleKind, unstable: Floats | None = None
) -> list[Disagreement]:
    """The items to look at, the most surprising first.

    Args:
        people: their ratings.
        judge: its newest value of each item, NaN where it gave none.
        kind: of the scale.
        unstable: the width of what the judge gave in its repeats or orders, 0 where it was the
            same each time; as if it were where None.
    """
    swings = np.zeros(len(judge)) if unstable is None else np.nan_to_num(unstable)
    residual, spread = _apart(people, judge, kind)
    expected = np.sqrt(_expected_square(people, residual, kind))
    votes = (~np.isnan(people.values)).sum(1)
    far = np.abs(residual) > TINY
    there = ~np.isnan(residual) & (far | (swings > TINY))
    near = 0.0 if kind in ("nominal", "binary") else NEAR_SHARE * _width(people)
    found = [
        Disagreement(
            row=at, pattern=_pattern(float(swings[at]), float(spread[at]), int(votes[at]), near),
            residual=float(residual[at]), spread=float(spread[at]),
            z=float(abs(residual[at]) / expected[at]) if expected[at] > TINY else 0.0,
        )
        for at in np.flatnonzero(there).tolist()
    ]  # fmt: skip
    return sorted(found, key=lambda d: (-d.z, -abs(d.residual), d.row))


def expected_squares(people: Ratings, judge: Floats, kind: ScaleKind) -> Floats:
    """The square of the residual to be expected on each item that people rated, NaN elsewhere."""
    residual, _ = _apart(people, judge, kind)
    square = _expected_square(people, residual, kind)
    return np.where(np.isnan(residual), np.nan, square)


def _pattern(swing: float, spread: float, votes: int, near: float) -> Pattern:
    if swing > TINY:
        return "unstable"
    if votes < 2:
        return "single"
    return "agree" if spread <= near + TINY else "split"


def _apart(people: Ratings, judge: Floats, kind: ScaleKind) -> tuple[Floats, Floats]:
    """(residual, spread) of each item. A tie has no gold: there, people's mean stands in for it."""
    if kind == "nominal":
        return _apart_in_classes(people, judge)
    gold = consensus(people, kind)
    gold = np.where(np.isnan(gold), mean_of_rated(people.values), gold)
    there = ~np.isnan(people.values)
    low = np.where(there, people.values, np.inf).min(1, initial=np.inf)
    high = np.where(there, people.values, -np.inf).max(1, initial=-np.inf)
    spread = np.where(there.any(1), high - low, 0.0)
    return judge - gold, spread


def _apart_in_classes(people: Ratings, judge: Floats) -> tuple[Floats, Floats]:
    counts = people.counts
    total = np.maximum(counts.sum(1), 1.0)
    with_it = (people.values == judge[:, None]).sum(1)
    rated = counts.sum(1) > 0
    apart = np.where(rated & ~np.isnan(judge), 1.0 - with_it / total, np.nan)
    return apart, 1.0 - counts.max(1, initial=0.0) / total


def _width(people: Ratings) -> float:
    levels = people.levels
    return float(levels[-1] - levels[0]) if len(levels) else 0.0


def _expected_square(people: Ratings, residual: Floats, kind: ScaleKind) -> Floats:
    """The judge's own error, and the error of the few votes that it is held against.

    An item's own spread is drawn towards that of all: two votes alone say little of it.
    """
    known = ~np.isnan(residual)
    total = float((residual[known] ** 2).mean()) if known.any() else 0.0
    if kind == "nominal":
        return np.full(len(residual), total)
    there = ~np.isnan(people.values)
    votes = there.sum(1)
    centre = mean_of_rated(people.values)
    squares = np.where(there, (people.values - centre[:, None]) ** 2, 0.0).sum(1)
    free = np.maximum(votes - 1, 0)
    usual = float(squares.sum() / free.sum()) if free.sum() else 0.0
    own = (squares + PRIOR_VOTES * usual) / (free + PRIOR_VOTES) / np.maximum(votes, 1)
    mean_own = float(own[known].mean()) if known.any() else 0.0
    # Where votes vary more than the judge errs, a tenth of its error stays as its own.
    judge = max(total - mean_own, total / 10)
    return np.asarray(judge + own, np.float64)
