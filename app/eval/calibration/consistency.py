"""A judge against itself, and pairwise verdicts with their ties."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement import moments
from app.eval.agreement.alpha import Metric, alpha, coincidences, interval_alpha, interval_sums
from app.eval.agreement.ratings import Floats, Ints, Ratings, renumbered
from app.eval.agreement.resampling import Estimate, Statistic, estimates
from app.eval.agreement.tables import ratio

METRIC: Mapping[ScaleKind, Metric] = {
    "nominal": "nominal", "binary": "nominal", "ordinal": "ordinal", "interval": "interval",
}  # fmt: skip
"""Of alpha, by the scale."""


def repeat_consistency(
    runs: Floats, calls: Ints, metric: Metric = "nominal"
) -> Mapping[str, Estimate]:
    """How alike a judge scores the same input again: `share` of equal pairs of runs, and `alpha`.

    Args:
        runs: shape (items, runs), NaN where a run gave none.
        calls: of each item.
        metric: of alpha.
    """
    table = Ratings(
        runs, renumbered(calls), tuple(range(len(runs))),
        tuple(f"run {at + 1}" for at in range(runs.shape[1])),
    )  # fmt: skip
    several = int(((~np.isnan(runs)).sum(1) >= 2).sum())
    share = {"share": Statistic(lambda s: ratio(s[..., 0], s[..., 1]), 0.0, 1.0)}
    if metric == "interval":  # too many values for a table of them
        sums = interval_sums(table)
        of: Callable[[Floats], Floats] = interval_alpha
    else:
        sums, of = coincidences(table), partial(alpha, levels=table.levels, metric=metric)
    steady = {"alpha": Statistic(of, -1.0, 1.0)}
    return estimates(_alike(table), share, n=several, raters=1) | estimates(
        sums, steady, n=several, raters=1
    )


def _alike(table: Ratings) -> Floats:
    """Equal pairs of each item's ratings, each by its partners, and ratings; (calls, 2)."""
    size = (~np.isnan(table.values)).sum(1).astype(np.float64)
    same = moments.equal_pairs(table.values) / np.maximum(size - 1, 1)
    return table.by_call(np.stack([same, np.where(size >= 2, size, 0.0)], 1))


def disattenuated(agreement: float, humans: float, judge: float) -> float | None:
    """A correlation freed of both sides' own noise (Spearman 1904); for information alone.

    Args:
        agreement: of judge and people.
        humans: reliability of people.
        judge: reliability of the judge.

    Returns:
        None where a reliability is not above 0; may exceed 1 by chance.
    """
    if humans <= 0 or judge <= 0:
        return None
    return agreement / math.sqrt(humans * judge)


def preference_agreement(people: Ratings, judge: Floats, *, ties: bool) -> Estimate:
    """Chance that the judge and a person drawn at random prefer the same (Zheng et al. 2023).

    Args:
        people: 1 the first, −1 the second, 0 a tie.
        judge: likewise; verdicts that change with the order count as ties.
        ties: whether ties count as a verdict of their own (S1) or are left out (S2).
    """
    given, own = people.values, np.asarray(judge, np.float64)
    there = ~np.isnan(given) & ~np.isnan(own)[:, None]
    if not ties:
        there &= (given != 0) & (own != 0)[:, None]
    same = (there & (given == own[:, None])).sum(1).astype(np.float64)
    sums = people.by_call(np.stack([same, there.sum(1).astype(np.float64)], 1))
    share = Statistic(lambda s: ratio(s[..., 0], s[..., 1]), 0.0, 1.0)
    raters = 1 + int(there.any(0).sum())
    found = estimates(sums, {"it": share}, n=int(there.any(1).sum()), raters=raters)
    return found["it"]
