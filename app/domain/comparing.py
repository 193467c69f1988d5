"""Two sets of calls held against each other, metric by metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.domain.calls import Speaker
from app.domain.metrics import Direction

Pairing = Literal["original", "scenario", "none"]
"""By the call that a perturbed copy was made of; by scenario and persona; or not at all."""

PAIRING_WORDS: dict[Pairing, str] = {
    "original": "each copy or replay with its original",
    "scenario": "by scenario and persona",
    "none": "not paired: the sets have no calls in common",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One item on both sides: its value in A and in B, and the calls behind them."""

    label: str
    a: float
    b: float
    a_ids: tuple[str, ...]
    b_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedMetric:
    """One metric over both sets.

    `difference` is the mean of B − A with its own 95 % interval; `p` of the sign-flip permutation
    and `p_holm` adjusted over the `adjusted_over` figures of its kind: headline figures among
    themselves, the others among all. `a` and `b` are the values that were not
    paired, for the plot of unpaired sets.
    """

    metric_id: str
    title: str
    unit: str
    direction: Direction
    decimals: int
    speaker: Speaker | None
    profile: str
    n: int
    n_a: int
    n_b: int
    mean_a: float
    mean_b: float
    difference: float
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    adjusted_over: int = 0
    pairs: tuple[Pair, ...]
    a: tuple[float, ...] = ()
    b: tuple[float, ...] = ()

    @property
    def verdict(self) -> Literal["better", "worse", "other", "unclear"]:
        """Which way B differs, at 5 % over all metrics; `other` where neither is better."""
        if self.p_holm is None or self.p_holm >= 0.05:
            return "unclear"
        if self.direction == "none":
            return "other"
        return "better" if (self.difference > 0) == (self.direction == "up") else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is compared, how it was paired, and every metric that both sides have."""

    a_calls: int
    b_calls: int
    pairing: Pairing
    metrics: tuple[ComparedMetric, ...]
    missing: tuple[str, ...] = ()
    """Metrics that one side lacks, in words."""
