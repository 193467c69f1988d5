"""Least squares and logistic regression with errors clustered by call (Liang and Zeger 1986).

Of pairs, rows that share either call hang together (Aronow, Samii and Assenova 2015, section 2):
where no call is in two pairs, that is clustering by pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ints, renumbered

STEPS = 100
TINY = 1e-10
SEPARATED = "The columns separate the verdicts."


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """Its value, standard error, 95 % interval and two-sided p."""

    value: float
    error: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """Coefficients by name; none where they cannot be told, and why."""

    coefficients: Mapping[str, Coefficient]
    n: int
    calls: int
    reason: str = ""


def least_squares(
    y: Sequence[float] | Floats, columns: Mapping[str, Sequence[float] | Floats], calls: Ints
) -> Regression:
    """Linear regression with an intercept."""
    x, target, groups, names = _table(y, columns, calls)
    refused = _refused(x, groups)
    if refused:
        return _none(target, groups, refused)
    bread = np.asarray(np.linalg.inv(x.T @ x), np.float64)
    beta = bread @ (x.T @ target)
    return _summary(names, beta, bread, x * (target - x @ beta)[:, None], groups)


def logistic(
    y: Sequence[float] | Floats, columns: Mapping[str, Sequence[float] | Floats], calls: Ints
) -> Regression:
    """Logistic regression with an intercept, of 0 and 1.

    Args:
        y: NaN is left out.
        columns: by name; a row with a gap is left out.
        calls: of each row, or (rows, 2): both calls of its pair.
    """
    x, target, groups, names = _table(y, columns, calls)
    refused = _refused(x, groups)
    if refused or not 0 < target.mean() < 1:
        return _none(target, groups, refused or "All verdicts are the same.")
    # Newton's method on standardised columns: steps of one size suit them all.
    scale = np.where(x.std(0) > 0, x.std(0), 1.0)
    z = x / scale
    z[:, 1:] -= z[:, 1:].mean(0)
    gamma = np.zeros(x.shape[1])
    for _ in range(STEPS):
        chance = _chance(z @ gamma)
        information = (z * (chance * (1 - chance))[:, None]).T @ z
        if np.linalg.cond(information) > 1 / TINY:
            return _none(target, groups, SEPARATED)
        step = np.linalg.solve(information, z.T @ (target - chance))
        gamma = gamma + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < TINY:
            break
    else:
        return _none(target, groups, SEPARATED)
    beta = gamma / scale
    beta[0] -= float((x[:, 1:].mean(0) * beta[1:]).sum())
    chance = _chance(x @ beta)
    bread = np.asarray(np.linalg.inv((x * (chance * (1 - chance))[:, None]).T @ x), np.float64)
    return _summary(names, beta, bread, x * (target - chance)[:, None], groups)


def _chance(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), np.float64)


def _table(
    y: Sequence[float] | Floats, columns: Mapping[str, Sequence[float] | Floats], calls: Ints
) -> tuple[Floats, Floats, Ints, tuple[str, ...]]:
    """Rows without gaps; the intercept first."""
    target = np.asarray(y, np.float64)
    given = [np.asarray(c, np.float64) for c in columns.values()]
    x = np.column_stack([np.ones(len(target)), *given])
    there = ~(np.isnan(x).any(1) | np.isnan(target))
    kept = np.asarray(calls, np.int64)[there]
    groups = renumbered(kept.ravel()).reshape(kept.shape)
    return x[there], target[there], groups, ("intercept", *columns)


def _refused(x: Floats, groups: Ints) -> str:
    calls = int(groups.max()) + 1 if len(groups) else 0
    clusters = len(np.unique(np.sort(groups, -1), axis=0))
    if min(calls, clusters) < 2 or len(x) <= x.shape[1]:
        return "Too few items."
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return "A column is constant, or follows from the others."
    return ""


def _summary(
    names: tuple[str, ...], beta: Floats, bread: Floats, scores: Floats, groups: Ints
) -> Regression:
    """The sandwich over calls, with the usual correction of few clusters; t with clusters − 1."""
    from scipy.special import stdtr, stdtrit

    n, p = scores.shape
    meat, k = _squared(scores, groups)
    variance = np.diag(bread @ meat @ bread)
    if groups.ndim > 1:
        pairs = np.unique(np.sort(groups, 1), axis=0, return_inverse=True)[1].ravel()
        within, count = _squared(scores, pairs)
        by_pair = np.diag(bread @ within @ bread)
        # Rows of one pair share both calls: counted twice so far. With few pairs the difference
        # can fall below what single pairs vary by, which it cannot in truth.
        variance, k = np.maximum(variance - by_pair, by_pair), min(k, count)
    error = _exact(np.sqrt(variance * (k / (k - 1) * (n - 1) / (n - p))))
    reach = float(stdtrit(k - 1, 0.975))
    found = {
        name: Coefficient(
            value=float(b), error=float(e), low=float(b - reach * e), high=float(b + reach * e),
            p=2 * float(stdtr(k - 1, -abs(b) / e)) if e > 0 else 1.0,
        )
        for name, b, e in zip(names, _exact(beta), error)
    }  # fmt: skip
    return Regression(coefficients=found, n=n, calls=int(groups.max()) + 1)


def _exact(values: Floats) -> Floats:
    """What is nothing but for rounding is nothing: a judge whose orders cancel out has no error."""
    return np.where(np.abs(values) < TINY, 0.0, values)


def _squared(scores: Floats, groups: Ints) -> tuple[Floats, int]:
    """Products of the scores' sums over each group, added up; how many groups there are."""
    count = int(groups.max()) + 1
    sums = np.zeros((count, scores.shape[1]))
    for column in groups.reshape(len(scores), -1).T:
        np.add.at(sums, column, scores)
    return np.asarray(sums.T @ sums, np.float64), count


def _none(y: Floats, groups: Ints, why: str) -> Regression:
    calls = int(groups.max()) + 1 if len(groups) else 0
    return Regression(coefficients={}, n=len(y), calls=calls, reason=why)
