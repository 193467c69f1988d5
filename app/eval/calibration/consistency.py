"""A judge against itself, and pairwise verdicts with their ties."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from app.eval.agreement.alpha import Metric, alpha, coincidences
from app.eval.agreement.ratings import Floats, Ints, Ratings, renumbered
from app.eval.agreement.resampling import Estimate, Statistic, estimates
from app.eval.agreement.tables import percent_agreement, ratio


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
    levels = table.levels
    wanted = {
        "share": Statistic(percent_agreement, 0.0, 1.0),
        "alpha": Statistic(lambda t: alpha(t, levels, metric), -1.0, 1.0),
    }
    several = int(((~np.isnan(runs)).sum(1) >= 2).sum())
    return estimates(coincidences(table), wanted, n=several, raters=1)


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
