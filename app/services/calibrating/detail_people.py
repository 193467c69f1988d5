"""The judge beside people: forest of agreements, ceiling, and the alternative annotator test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement import moments
from app.eval.agreement.alt_test import PASS, Person
from app.eval.agreement.figures import MOST_LEVELS, pooled
from app.eval.agreement.pair_statistics import PRIMARY, pair_statistics
from app.eval.agreement.ratings import Floats, Ratings
from app.eval.agreement.resampling import Estimate, draws, estimate
from app.services.calibrating.detail_source import NO_PEOPLE, Source

Group = Literal["judge", "people", "pooled"]
MOST_PAIRS = 6
"""With more pairs of people, each person is held against all others instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One agreement with its interval."""

    group: Group
    name: str
    figure: Estimate
    rater: str = ""
    """Whose votes it is about; empty for several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestView:
    """The judge against each person, people against each other, and both pooled."""

    measure: str
    rows: tuple[ForestRow, ...]
    reason: str = ""


def forest_of(source: Source) -> ForestView:
    """Agreements in the cell's primary measure, all from the same draws."""
    cell, people = source.cell, source.people
    measure = cell.found.evidence.agreement.measure
    if not source.shared.any():
        return ForestView(measure=measure, rows=(), reason=NO_PEOPLE)
    kind = cell.criterion.scale
    rows = [
        ForestRow(
            group="judge", name=f"Judge, {_name(source, rater)}", rater=rater,
            figure=agreement(people, [at], source.judge, kind, measure),
        )
        for at, rater in enumerate(people.raters)
    ]  # fmt: skip
    rows += _among(source, measure)
    for name, figures in (("Judge, all people", cell.found.judge),
                          ("People among themselves", cell.found.people)):  # fmt: skip
        pooled = figures.get(measure) or figures.get(PRIMARY[kind])
        if pooled is not None:
            rows.append(ForestRow(group="pooled", name=name, figure=pooled))
    if all(row.figure.value is None for row in rows):
        why = f"Undefined. {rows[0].figure.undefined}" if rows else NO_PEOPLE
        return ForestView(measure=measure, rows=(), reason=why)
    return ForestView(measure=measure, rows=tuple(rows))


def _among(source: Source, measure: str) -> list[ForestRow]:
    people, kind = source.people, source.cell.criterion.scale
    size = len(people.raters)
    pairs = list(combinations(range(size), 2))
    if len(pairs) <= MOST_PAIRS:
        return [
            ForestRow(
                group="people", name=f"{_name(source, people.raters[a])}, "
                f"{_name(source, people.raters[b])}",
                figure=agreement(people, [a], people.values[:, b], kind, measure),
            )
            for a, b in pairs
        ]  # fmt: skip
    return [
        ForestRow(
            group="people", name=f"{_name(source, people.raters[a])}, the others",
            figure=with_others(people, a, kind, measure), rater=people.raters[a],
        )
        for a in range(size)
    ]  # fmt: skip


def with_others(people: Ratings, at: int, kind: ScaleKind, measure: str) -> Estimate:
    """One person against all others."""
    others = [n for n in range(len(people.raters)) if n != at]
    return agreement(people, others, people.values[:, at], kind, measure)


def agreement(
    people: Ratings, rows: Sequence[int], other: Floats, kind: ScaleKind, measure: str
) -> Estimate:
    """Some people's votes against one rater's, in that measure alone: of many pairs it tells."""
    votes, drawn = people.values[:, list(rows)], draws(max(1, people.call_count))
    there = ~np.isnan(other) & (~np.isnan(votes)).any(1)
    levels = np.unique(np.concatenate([people.levels, other[~np.isnan(other)]]))
    known = moments.STATISTICS if kind == "interval" else pair_statistics(levels, kind)
    if kind == "interval" or len(levels) > MOST_LEVELS or measure not in known:
        table = moments.pooled(votes, other, people.calls, people.call_count)
        wanted = moments.STATISTICS["pearson"]
    else:
        table = pooled(votes, other, levels, people.calls, people.call_count)
        wanted = known[measure]
    return estimate(
        table, wanted.of, n=int(there.sum()), raters=1 + len(rows), drawn=drawn, low=wanted.low,
        high=wanted.high,
    )  # fmt: skip


def _name(source: Source, rater: str) -> str:
    return source.found.names.get(rater, ("", rater, ""))[1] or rater


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingRow:
    """A person left out: their agreement with the rest, and the judge's with the same rest."""

    rater: str
    name: str
    person: float
    judge: float
    n: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The alternative annotator test at one epsilon: shares of people that the judge beats."""

    epsilon: float
    clustered: float | None
    """The verdict: turns of one call are not independent."""
    published: float | None
    advantage: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingView:
    """Where the judge lies among people, and whether it may stand in for one."""

    measure: str
    judge: Estimate
    human: Estimate
    rows: tuple[CeilingRow, ...]
    z: float | None
    super_consistent: bool
    rates: tuple[Rate, ...]
    epsilon: float | None
    """Of the rule."""
    tested: tuple[tuple[str, Person], ...]
    """Name and result of each person at the rule's epsilon."""
    passes_at: float
    reason: str = ""


def ceiling_of(source: Source) -> CeilingView:
    """The ceiling of a cell with both forms of the test."""
    found = source.cell.found
    held = found.evidence.agreement
    epsilon = source.rule.thresholds.epsilon
    rates = tuple(
        Rate(epsilon=t.epsilon, clustered=t.winning_rate, published=t.winning_rate_published,
             advantage=t.advantage)
        for t in found.alt_tests
    )  # fmt: skip
    at = next((t for t in found.alt_tests if t.epsilon == epsilon), None)
    return CeilingView(
        measure=held.measure, judge=held.judge, human=held.human,
        rows=tuple(
            CeilingRow(rater=p.rater, name=_name(source, p.rater), person=p.person, judge=p.judge,
                       n=p.n, calls=p.calls)
            for p in held.people
        ),
        z=held.z, super_consistent=held.super_consistent, rates=rates, epsilon=epsilon,
        tested=tuple((_name(source, p.rater), p) for p in (at.people if at is not None else ())),
        passes_at=PASS, reason=held.reason,
    )  # fmt: skip


def spread_of(view: CeilingView) -> tuple[float, float] | None:
    """Mean and standard deviation of people's places; None below two."""
    if len(view.rows) < 2:
        return None
    values = np.array([r.person for r in view.rows])
    return float(values.mean()), float(values.std(ddof=1))
