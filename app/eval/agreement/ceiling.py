"""A judge against the matched human ceiling.

Each person in turn is left out. On the items that this person, the judge and at least one other
person rated, both are held against the same rest of the panel: whatever the rubric leaves open
lowers both alike. The gap's interval is paired, resample by resample. Where the judge lies among
people is a z score (Judge's Verdict, arXiv 2510.09738); above 1 it is closer to the panel than
people are to each other, which asks to be read, not applauded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.rubrics import ScaleKind
from app.eval.agreement import moments
from app.eval.agreement.consensus import mean_of_rated
from app.eval.agreement.figures import MOST_LEVELS, coded, pooled_codes
from app.eval.agreement.pair_statistics import PRIMARY, pair_statistics
from app.eval.agreement.ratings import Floats, Ints, Ratings
from app.eval.agreement.resampling import Estimate, Statistic, draws, interval, resampled

Flags = NDArray[np.bool_]

FEWEST_ITEMS = 10
"""Shared items below which a person's place says nothing."""
MARGIN = 0.05
"""How far below people a judge may lie and still stand in for one."""
SUPER_CONSISTENT = 1.0
FEWEST_FOR_Z = 3
EVEN = "Ratings of the shared items do not vary: agreement beyond chance is undefined."
UNIT = Statistic(lambda t: t, -1.0, 1.0)
GAP = Statistic(lambda t: t, -2.0, 2.0)
RATIO = Statistic(lambda t: t)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One person left out: both held against the others, on the same items."""

    rater: str
    n: int
    calls: int
    judge: float
    person: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The judge beside people; figures are None where there is nothing to hold it against."""

    measure: str
    """A name of `pair_statistics`: what agreement means here."""
    judge: Estimate
    """A_j: the mean over the persons left out."""
    human: Estimate
    """A_h: the same of those persons."""
    gap: Estimate
    """A_j less A_h."""
    ratio: Estimate
    """A_j as a share of A_h."""
    p_inferior: float | None
    """How likely a judge at the margin below people would look this good; for Holm."""
    z: float | None
    """Of the judge among the persons; None below three of them."""
    people: tuple[LeftOut, ...]
    reason: str = ""

    @property
    def super_consistent(self) -> bool:
        """Closer to the panel than people are to each other."""
        return self.z is not None and self.z > SUPER_CONSISTENT


def ceiling(
    people: Ratings,
    judge: Floats,
    kind: ScaleKind,
    *,
    drawn: Floats | None = None,
    margin: float = MARGIN,
) -> Ceiling:
    """Hold a judge and each person against the rest of the panel.

    Args:
        people: their ratings.
        judge: its value of each item, NaN where it gave none.
        kind: of the scale; decides the measure.
        drawn: resamples over the calls of `people`.
        margin: in points of the measure, for `p_inferior`.
    """
    judge = np.asarray(judge, np.float64)
    counts = draws(max(1, people.call_count)) if drawn is None else drawn
    levels = np.unique(np.concatenate([people.levels, judge[~np.isnan(judge)]]))
    by_moments = kind == "interval" or len(levels) > MOST_LEVELS
    measure = "pearson" if by_moments else PRIMARY[kind]
    known = moments.STATISTICS if by_moments else pair_statistics(levels, kind)
    codes = None if by_moments else (coded(people.values, levels), coded(judge, levels))
    found, sums, used = [], [], np.zeros(len(people.items), bool)
    even = used.copy()
    for at in range(len(people.raters)):
        shared, both = _against_rest(people, judge, at, codes, len(levels))
        if int(shared.sum()) < FEWEST_ITEMS:
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            values = [float(known[measure].of(s.sum(0))) for s in both]
        if np.isnan(values).any():
            even |= shared
            continue
        sums.append(both)
        used |= shared
        found.append(
            LeftOut(
                rater=people.raters[at], n=int(shared.sum()),
                calls=len(np.unique(people.calls[shared])), judge=values[0], person=values[1],
            )
        )  # fmt: skip
    spread = [_resampled(s, known[measure], counts) for s in sums]
    if not found:
        return _nothing(measure, even, people)
    return _summed(measure, tuple(found), spread, used, people, margin)


def _against_rest(
    people: Ratings, judge: Floats, at: int, codes: tuple[Ints, Ints] | None, size: int
) -> tuple[Flags, tuple[Floats, Floats]]:
    """The shared items, and the judge's and the person's sums against the others on them."""
    person = people.values[:, at]
    rest = np.delete(people.values, at, axis=1)
    shared = ~np.isnan(person) & ~np.isnan(judge) & (~np.isnan(rest)).any(1)
    calls, count = people.calls, people.call_count
    if codes is None:
        panel = mean_of_rated(np.where(shared[:, None], rest, np.nan))
        one, other = (
            moments.sums(panel, np.where(shared, v, np.nan), calls, count) for v in (judge, person)
        )
    else:
        others = np.delete(codes[0], at, axis=1)
        one, other = (
            pooled_codes(others, np.where(shared, v, -1), size, calls, count)
            for v in (codes[1], codes[0][:, at])
        )
    return shared, (one, other)


def _resampled(
    sums: tuple[Floats, Floats], statistic: Statistic, drawn: Floats
) -> tuple[Floats, Floats]:
    """Judge's and person's figure in the same resamples, by one product for both."""
    both = np.stack(sums, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = resampled(both, {"it": statistic}, drawn)["it"]
    return found[:, 0], found[:, 1]


def _nothing(measure: str, even: Flags, people: Ratings) -> Ceiling:
    """No figures, and why; `even` are shared items on which agreement is not defined."""
    n = int(even.sum())
    why = EVEN if n else f"No person shares {FEWEST_ITEMS} items with the judge and another person."
    none = Estimate(
        value=None, low=None, high=None, n=n, calls=len(np.unique(people.calls[even])), raters=0,
        undefined=why,
    )  # fmt: skip
    return Ceiling(
        measure=measure, judge=none, human=none, gap=none, ratio=none, p_inferior=None, z=None,
        people=(), reason=why,
    )  # fmt: skip


def _summed(
    measure: str,
    found: tuple[LeftOut, ...],
    spread: list[tuple[Floats, Floats]],
    used: Flags,
    people: Ratings,
    margin: float,
) -> Ceiling:
    n, calls = int(used.sum()), len(np.unique(people.calls[used]))
    judges, persons = np.array([f.judge for f in found]), np.array([f.person for f in found])
    drawn_judge = np.mean([s[0] for s in spread], axis=0)
    drawn_human = np.mean([s[1] for s in spread], axis=0)
    value_j, value_h = float(judges.mean()), float(persons.mean())

    def put(value: float, drawn: Floats, statistic: Statistic) -> Estimate:
        got = interval(value, drawn, calls, statistic)
        return Estimate(
            value=value, low=got.low, high=got.high, n=n, calls=calls, raters=len(found) + 1,
            method=got.method, warning=got.warning,
        )  # fmt: skip

    gap = drawn_judge - drawn_human
    good = gap[~np.isnan(gap)]
    share = np.divide(
        drawn_judge, drawn_human, out=np.full_like(gap, np.nan), where=drawn_human > 0
    )
    human = put(value_h, drawn_human, UNIT)
    whole = put(value_j / value_h, share, RATIO) if value_h > 0 else None
    sd = float(persons.std(ddof=1)) if len(found) >= FEWEST_FOR_Z else 0.0
    return Ceiling(
        measure=measure,
        judge=put(value_j, drawn_judge, UNIT),
        human=human,
        gap=put(value_j - value_h, gap, GAP),
        ratio=whole
        or Estimate(
            value=None, low=None, high=None, n=n, calls=calls, raters=len(found) + 1,
            undefined="People do not agree with each other beyond chance.",
        ),
        p_inferior=(1 + int((good < -margin).sum())) / (1 + len(good)) if len(good) else None,
        z=(value_j - value_h) / sd if sd > 1e-12 else None,
        people=found,
    )  # fmt: skip
