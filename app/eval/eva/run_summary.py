"""A run's composites: means, pass@k and pass^k over scenarios, with EVA's bootstrap intervals.

EVA-Bench 2.1 (arXiv 2605.13841): trials are averaged first, then scenarios drawn anew 2000 times;
percentiles 2.5 and 97.5. The seed follows from the run's name, so the interval is always the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from app.eval.eva.composites import MEANS, PASSES
from app.eval.eva.trials import by_scenario, scenario_passes

DRAWS = 2000
DECIMALS = 4
GOOD_MEAN = 0.5
"""A record whose mean is at least this counts as a success of a mean composite."""


def run_seed(run_id: str) -> int:
    """Seed of a run's intervals, from its name."""
    return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:4], "big") % 2**31


@dataclass(frozen=True, slots=True)
class Interval:
    """95 % interval of a mean; None where there is nothing to draw from."""

    low: float | None
    high: float | None


def mean_interval(values: Sequence[float], seed: int, draws: int = DRAWS) -> Interval:
    """Percentile bootstrap of the mean.

    Args:
        values: one a scenario.
        seed: of the draws.
        draws: how many; EVA takes 1000 for its perturbations.
    """
    if not values:
        return Interval(None, None)
    table = np.asarray(values, np.float64)
    picks = np.random.default_rng(seed).integers(0, len(table), size=(draws, len(table)))
    low, high = np.percentile(table[picks].mean(axis=1), [2.5, 97.5])
    return Interval(round(float(low), DECIMALS), round(float(high), DECIMALS))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeSummary:
    """One composite over a run; means to 4 decimals.

    Attributes:
        mean: over all records that have it, trials not averaged first; None if none has.
        count: records that have it.
        undefined: records that do not.
        success_rate: the mean of a pass; of a mean, the share that is at least 0.5.
        interval: of the mean over scenarios.
        scenarios: how many scenarios that rests on.
    """

    mean: float | None
    count: int
    undefined: int
    success_rate: float | None
    interval: Interval
    scenarios: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassSummary:
    """pass@1, pass@k and both pass^k over the scenarios that have k defined trials."""

    k: int
    scenarios: int
    at_1: float
    at_k: float
    power_k_observed: float
    power_k_theoretical: float
    at_1_interval: Interval
    at_k_interval: Interval
    power_k_observed_interval: Interval


def summarise(
    records: Mapping[str, Mapping[str, float | None]], seed: int
) -> dict[str, CompositeSummary]:
    """Every composite over a run.

    Args:
        records: output id (`1.1.2/trial_0`) to its composites.
        seed: see `run_seed`.
    """
    return {
        name: _summary(name, {i: r[name] for i, r in records.items() if name in r}, seed)
        for name in (*PASSES, *MEANS)
        if any(name in r for r in records.values())
    }


def _summary(name: str, values: Mapping[str, float | None], seed: int) -> CompositeSummary:
    known = [v for v in values.values() if v is not None]
    mean = round(fmean(known), DECIMALS) if known else None
    success = mean
    if known and name in MEANS:
        success = round(sum(v >= GOOD_MEAN for v in known) / len(known), DECIMALS)
    scenarios = _scenario_means(values)
    return CompositeSummary(
        mean=mean,
        count=len(known),
        undefined=len(values) - len(known),
        success_rate=success,
        interval=mean_interval(scenarios, seed),
        scenarios=len(scenarios),
    )


def _scenario_means(values: Mapping[str, float | None]) -> list[float]:
    known = [
        [v for v in trials if v is not None] for trials in by_scenario(values.items()).values()
    ]
    return [sum(trials) / len(trials) for trials in known if trials]


def passes(
    records: Mapping[str, Mapping[str, float | None]], k: int, seed: int
) -> dict[str, PassSummary]:
    """pass@k of the three pass composites; those that no scenario defines are absent.

    Args:
        records: output id to its composites.
        k: draws: the run's number of trials, or fewer.
        seed: see `run_seed`.
    """
    found: dict[str, PassSummary] = {}
    for name in PASSES:
        trials = by_scenario((i, r[name]) for i, r in records.items() if name in r)
        each = scenario_passes(trials, k)
        if each:
            at_1 = [s.at_1 for s in each]
            at_k = [s.at_k for s in each]
            observed = [s.power_k_observed for s in each]
            found[name] = PassSummary(
                k=k,
                scenarios=len(each),
                at_1=round(fmean(at_1), DECIMALS),
                at_k=round(fmean(at_k), DECIMALS),
                power_k_observed=round(fmean(observed), DECIMALS),
                power_k_theoretical=round(fmean(s.power_k_theoretical for s in each), DECIMALS),
                at_1_interval=mean_interval(at_1, seed),
                at_k_interval=mean_interval(at_k, seed),
                power_k_observed_interval=mean_interval(observed, seed),
            )
    return found


def pooled_over_domains(points: Mapping[str, float]) -> float:
    """A figure over EVA's domains: the plain mean of theirs, whatever their number of records.

    Raises:
        ValueError: there is no domain.
    """
    if not points:
        raise ValueError("no domain, no figure")
    return fmean(points.values())
