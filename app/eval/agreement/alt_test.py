"""May a judge stand in for a rater? The alternative annotator test, clustered by call.

Calderon, Reichart and Dror (ACL 2025, arXiv 2501.10970): each person in turn is left out; item by
item, does the judge or that person fit the others better? A one-sided test of the difference less
a bonus epsilon for the judge's lower cost; Benjamini and Yekutieli over the people; the judge
passes with a winning rate of one half. As published, items count as independent. Turns of a call
are not: the verdict here uses the variance of call sums, and the published form stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ints, Ratings, renumbered

FALSE_DISCOVERY = 0.05
FEWEST_ITEMS = 30
PASS = 0.5

Fit = Callable[[float, Floats], float]
"""How well a value fits the others' values of an item; more is better."""


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


def share_that_agrees(value: float, others: Floats) -> float:
    """For nominal scales: how many of the others said the same."""
    return float((others == value).mean())


def closeness(value: float, others: Floats) -> float:
    """For ordinal and interval scales: less the root of the mean squared distance."""
    return -math.sqrt(float(((others - value) ** 2).mean()))


def alt_test(
    ratings: Ratings, judge: Floats, epsilon: float = 0.15, fit: Fit = share_that_agrees
) -> AltTest:
    """Test a judge against each person.

    Args:
        ratings: the people's.
        judge: the judge's value of each item, NaN where there is none.
        epsilon: 0.2 for experts, 0.15 for skilled raters, 0.1 for a crowd, as in the paper.
        fit: how well a value fits the others'.
    """
    tested = [_person(ratings, judge, at, epsilon, fit) for at in range(len(ratings.raters))]
    found = [p for p in tested if p is not None]
    clustered = _yekutieli([p.p for p in found])
    published = _yekutieli([p.p_published for p in found])
    people = tuple(
        Person(
            rater=p.rater, n=p.n, calls=p.calls, judge_ahead=p.judge_ahead,
            person_ahead=p.person_ahead, p=p.p, p_published=p.p_published,
            rejected=one, rejected_published=other,
        )
        for p, one, other in zip(found, clustered, published)
    )  # fmt: skip
    return AltTest(
        epsilon=epsilon,
        people=people,
        winning_rate=_mean([float(p.rejected) for p in people]),
        winning_rate_published=_mean([float(p.rejected_published) for p in people]),
        advantage=_mean([p.judge_ahead for p in people]),
    )


def _person(ratings: Ratings, judge: Floats, at: int, epsilon: float, fit: Fit) -> Person | None:
    ahead: list[tuple[bool, bool, int]] = []
    for item, row in enumerate(ratings.values):
        others = np.delete(row, at)
        others = others[~np.isnan(others)]
        if np.isnan(row[at]) or np.isnan(judge[item]) or not len(others):
            continue
        model, person = fit(float(judge[item]), others), fit(float(row[at]), others)
        ahead.append((model >= person, person >= model, int(ratings.calls[item])))
    if not ahead:
        return None
    judge_won, person_won, calls = (np.array(c) for c in zip(*ahead))
    gap = person_won.astype(np.float64) - judge_won.astype(np.float64) - epsilon
    groups = renumbered(calls.astype(np.int64))
    return Person(
        rater=ratings.raters[at],
        n=len(gap),
        calls=int(groups.max()) + 1,
        judge_ahead=float(judge_won.mean()),
        person_ahead=float(person_won.mean()),
        p=_p_value(gap, groups),
        p_published=_p_value(gap, np.arange(len(gap))),
        rejected=False,
        rejected_published=False,
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
    harmonic = sum(1 / i for i in range(1, m + 1)) if m else 1.0
    last = 0
    for rank, (value, _) in enumerate(known, start=1):
        if value <= rank / (m * harmonic) * FALSE_DISCOVERY:
            last = rank
    kept = {at for _, at in known[:last]}
    return [at in kept for at in range(m)]


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
