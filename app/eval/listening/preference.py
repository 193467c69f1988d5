"""What pair votes say: who wins, whether being first helps, whether the answers go in circles.

A vote's value is of the first item less the second: positive prefers the first, 0 is a tie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.eval.agreement.paired_strength import Games, Strengths, strengths
from app.eval.stats.proportion import Interval, wilson

RESAMPLES = 500
SEED = 20261


@dataclass(frozen=True, slots=True, kw_only=True)
class PairVote:
    """One vote between two systems."""

    rater: str
    first: str
    second: str
    value: float
    swapped: bool
    """The second one was presented first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How often something came, of how many, with Wilson's interval and an exact test of half."""

    count: int
    n: int
    interval: Interval
    p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Systems in the order of names."""

    systems: tuple[str, ...]
    wins: Mapping[tuple[str, str], float]
    """(winner, loser) → votes; ties are in `ties`."""
    ties: Mapping[tuple[str, str], float]
    strengths: Strengths | None
    intervals: Mapping[str, tuple[float, float]]
    """System → 95 % interval of its log strength against the first system, drawn over raters."""
    picked_first: Share
    tie_rate: float | None
    circular: int
    triads: int


def preference(votes: Sequence[PairVote]) -> Preference:
    """All that follows from pair votes. Strengths are undefined where a system always wins."""
    systems = tuple(sorted({v.first for v in votes} | {v.second for v in votes}))
    wins, ties = _matrix(votes)
    found = strengths(_games(votes, systems), len(systems), position=True, ties=any(ties.values()))
    circular, triads = _triads(wins, systems)
    total = len(votes)
    return Preference(
        systems=systems,
        wins=wins,
        ties=ties,
        strengths=found,
        intervals={} if found is None else _intervals(votes, systems),
        picked_first=picked_first(votes),
        tie_rate=sum(v.value == 0 for v in votes) / total if total else None,
        circular=circular,
        triads=triads,
    )


def share_of(count: int, n: int) -> Share:
    """A share of votes with the exact two-sided sign test."""
    p = None
    if n:
        from scipy.stats import binomtest

        p = float(binomtest(count, n).pvalue)
    return Share(count=count, n=n, interval=wilson(count, n), p=p)


def picked_first(votes: Sequence[PairVote]) -> Share:
    """How often the one that was presented first was preferred; ties say nothing."""
    told = [v for v in votes if v.value]
    return share_of(sum((v.value > 0) != v.swapped for v in told), len(told))


def _matrix(
    votes: Sequence[PairVote],
) -> tuple[Mapping[tuple[str, str], float], Mapping[tuple[str, str], float]]:
    wins: Counter[tuple[str, str]] = Counter()
    ties: Counter[tuple[str, str]] = Counter()
    for vote in votes:
        if vote.first == vote.second:
            continue
        if vote.value == 0:
            ties[min(vote.first, vote.second), max(vote.first, vote.second)] += 1
        else:
            won = (vote.first, vote.second) if vote.value > 0 else (vote.second, vote.first)
            wins[won] += 1
    return wins, ties


def _games(votes: Sequence[PairVote], systems: Sequence[str]) -> list[Games]:
    at = {name: number for number, name in enumerate(systems)}
    counts: dict[tuple[int, int], list[float]] = {}
    for vote in votes:
        if vote.first == vote.second:
            continue
        value = -vote.value if vote.swapped else vote.value
        one, other = at[vote.first], at[vote.second]
        shown = (other, one) if vote.swapped else (one, other)
        row = counts.setdefault(shown, [0.0, 0.0, 0.0])
        row[0 if value > 0 else 1 if value < 0 else 2] += 1
    return [
        Games(first=a, second=b, wins=w, losses=x, ties=t) for (a, b), (w, x, t) in counts.items()
    ]


def _intervals(
    votes: Sequence[PairVote], systems: Sequence[str]
) -> Mapping[str, tuple[float, float]]:
    by_rater: dict[str, list[PairVote]] = {}
    for vote in votes:
        by_rater.setdefault(vote.rater, []).append(vote)
    names = sorted(by_rater)
    if len(names) < 2:
        return {}
    chance = np.random.default_rng(SEED)
    has_ties = any(v.value == 0 for v in votes)
    drawn = []
    for _ in range(RESAMPLES):
        raters = chance.integers(0, len(names), len(names))
        picked = [v for at in raters for v in by_rater[names[at]]]
        found = strengths(_games(picked, systems), len(systems), position=True, ties=has_ties)
        if found is not None:
            drawn.append(found.values)
    if len(drawn) < 0.9 * RESAMPLES:
        return {}
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    return {name: (float(a), float(b)) for name, a, b in zip(systems, low, high)}


def _triads(wins: Mapping[tuple[str, str], float], systems: Sequence[str]) -> tuple[int, int]:
    """Of three systems that were all compared: how often majorities go round in a circle."""
    circular = triads = 0
    for three in combinations(systems, 3):
        ahead = Counter[str]()
        for one, other in combinations(three, 2):
            gap = wins.get((one, other), 0) - wins.get((other, one), 0)
            if gap:
                ahead[one if gap > 0 else other] += 1
        if sum(ahead.values()) == 3:
            triads += 1
            circular += max(ahead.values()) == 1
    return circular, triads
