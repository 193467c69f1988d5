"""May a judge stand in for a rater? The alternative annotator test, clustered by call.

Calderon, Reichart and Dror (ACL 2025, arXiv 2501.10970): each person in turn is left out; item by
item, does the judge or that person fit the others better? A one-sided test of the difference less
a bonus epsilon for the judge's lower cost; Benjamini and Yekutieli over the people; the judge
passes with a winning rate of one half. As published, items count as independent. Turns of a call
are not: the verdict here uses the variance of call sums, and the published form stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.consensus import mean_of_rated
from app.eval.agreement.ratings import Floats, Ints, Ratings, renumbered
from app.eval.stats.forecast import SURE

FALSE_DISCOVERY = 0.05
FEWEST_ITEMS = 30
PASS = 0.5

Fit = Callable[[Floats, Floats], Floats]
"""How well values (items,) fit the others' (items, others), NaN for gaps; more is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person left out."""

    rater: str
    n: int
    calls: int
    judge_ahead: float
    """Share of items on which the judge fits the others at least as well."""
    person_ahead: float
    p: float | None
    p_published: float | None
    """With items as independent."""
    rejected: bool
    rejected_published: bool

    @property
    def few(self) -> bool:
        """Fewer items than the test is meant for."""
        return self.n < FEWEST_ITEMS


@dataclass(frozen=True, slots=True, kw_only=True)
class AltTest:
    """The result at one epsilon."""

    epsilon: float
    people: tuple[Person, ...]
    winning_rate: float | None
    winning_rate_published: float | None
    advantage: float | None
    """Mean share of items on which the judge is ahead: the paper's rho."""

    @property
    def passes(self) -> bool | None:
        """Whether the judge may replace a rater; None where it cannot be told."""
        return None if self.winning_rate is None else self.winning_rate >= PASS


def share_that_agrees(value: Floats, others: Floats) -> Floats:
    """For nominal scales: how many of the others said the same."""
    there = ~np.isnan(others)
    same = (others == value[:, None]) & there
    return np.asarray(same.sum(1) / there.sum(1), np.float64)


def closeness(value: Floats, others: Floats) -> Floats:
    """For ordinal and interval scales: less the root of the mean squared distance."""
    return -np.sqrt(mean_of_rated((others - value[:, None]) ** 2))


def alt_test(
    ratings: Ratings, judge: Floats, epsilon: float = 0.15, fit: Fit = share_that_agrees
) -> AltTest:
    """Test a judge against each person.

    Args:
        ratings: the people's.
        judge: the judge's value of each item, NaN where there is none.
        epsilon: 0.2 for experts, 0.15 for skilled raters, 0.1 for a crowd, as in the paper.
        fit: how well values fit the others'.
    """
    return alt_tests(ratings, judge, (epsilon,), fit)[0]


def alt_tests(
    ratings: Ratings, judge: Floats, epsilons: Sequence[float], fit: Fit = share_that_agrees
) -> list[AltTest]:
    """The test at several epsilons: the curve of winning rates."""
    compared = [_compared(ratings, judge, at, fit) for at in range(len(ratings.raters))]
    return [_at(epsilon, [c for c in compared if c is not None]) for epsilon in epsilons]


def growth_to_win(test: AltTest, rate: float = PASS) -> float | None:
    """How many times as many calls would win that rate, were all like these; None: no number would.

    It is decided by the last of the people whom the judge must win against. Scores of the normal
    grow with the root of the number of calls.
    """
    from scipy.special import ndtri

    scores = sorted((-float(ndtri(p.p)) for p in test.people if p.p is not None), reverse=True)
    rank = math.ceil(rate * len(test.people) - 1e-9)
    if not 0 < rank <= len(scores) or scores[rank - 1] <= 0:
        return None
    bar = -float(ndtri(_yekutieli_bound(rank, len(test.people))))
    return ((bar + SURE) / scores[rank - 1]) ** 2


@dataclass(frozen=True, slots=True)
class _Compared:
    """One person beside the judge, item by item."""

    rater: str
    judge_won: Floats
    person_won: Floats
    calls: Ints


def _compared(ratings: Ratings, judge: Floats, at: int, fit: Fit) -> _Compared | None:
    person, others = ratings.values[:, at], np.delete(ratings.values, at, axis=1)
    there = ~np.isnan(person) & ~np.isnan(judge) & (~np.isnan(others)).any(1)
    if not there.any():
        return None
    rest = others[there]
    model, human = fit(judge[there], rest), fit(person[there], rest)
    return _Compared(
        ratings.raters[at], (model >= human).astype(np.float64),
        (human >= model).astype(np.float64), renumbered(ratings.calls[there]),
    )  # fmt: skip


def _at(epsilon: float, compared: list[_Compared]) -> AltTest:
    gaps = [c.person_won - c.judge_won - epsilon for c in compared]
    clustered = [_p_value(g, c.calls) for g, c in zip(gaps, compared)]
    published = [_p_value(g, np.arange(len(g))) for g in gaps]
    rejected, rejected_published = _yekutieli(clustered), _yekutieli(published)
    people = tuple(
        Person(
            rater=c.rater, n=len(c.calls), calls=int(c.calls.max()) + 1,
            judge_ahead=float(c.judge_won.mean()), person_ahead=float(c.person_won.mean()),
            p=clustered[i], p_published=published[i], rejected=rejected[i],
            rejected_published=rejected_published[i],
        )
        for i, c in enumerate(compared)
    )  # fmt: skip
    return AltTest(
        epsilon=epsilon,
        people=people,
        winning_rate=_mean([float(p.rejected) for p in people]),
        winning_rate_published=_mean([float(p.rejected_published) for p in people]),
        advantage=_mean([p.judge_ahead for p in people]),
    )


def _p_value(gap: Floats, groups: Ints) -> float | None:
    """One-sided: that the mean gap is below 0, its variance from the sums of groups."""
    from scipy.special import stdtr

    n, k = len(gap), int(groups.max()) + 1
    if k < 2:
        return None
    mean = float(gap.mean())
    sums = np.bincount(groups, gap - mean)
    error = math.sqrt(k / (k - 1) * float((sums**2).sum())) / n
    if error < 1e-12:
        return 0.0 if mean < 0 else 1.0
    return float(stdtr(k - 1, mean / error))


def _yekutieli(values: list[float | None]) -> list[bool]:
    """Which hypotheses are rejected (Benjamini and Yekutieli 2001); a missing p never is."""
    known = sorted((v, at) for at, v in enumerate(values) if v is not None)
    m = len(values)
    last = 0
    for rank, (value, _) in enumerate(known, start=1):
        if value <= _yekutieli_bound(rank, m):
            last = rank
    kept = {at for _, at in known[:last]}
    return [at in kept for at in range(m)]


def _yekutieli_bound(rank: int, of: int) -> float:
    """What the p of that rank, from the smallest, may be."""
    return rank / (of * sum(1 / i for i in range(1, of + 1))) * FALSE_DISCOVERY


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
