"""What to label next, and how much: two queues that must not be mixed.

*Measure* draws with known probabilities, so that the population's mean stays unbiased: in
proportion to the root of the expected squared error of the judge (Angelopoulos et al.,
arXiv 2506.07949). *Learn* takes what teaches most and never enters an estimate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.eval.agreement.ratings import Floats

LEAST, MOST = 0.05, 1.0
Z = 1.959963984540054


def measure_probabilities(
    squared_error: Sequence[float] | Floats,
    budget: float,
    minutes: Sequence[float] | Floats | None = None,
) -> Floats:
    """The probability of drawing each call.

    Args:
        squared_error: expected squared error of the judge in each; NaN where unknown, which takes
            the mean of the known.
        budget: calls, or minutes of audio where `minutes` are given, to be drawn on average.
        minutes: of audio; long calls are drawn less often, by the root of their cost.

    Returns:
        Within 0.05..1; their (cost-weighted) sum is the budget, as far as these bounds allow.
    """
    error = np.asarray(squared_error, np.float64)
    known = error[~np.isnan(error)]
    usual = float(known.mean()) if len(known) else 1.0
    weight = np.sqrt(np.maximum(0.0, np.where(np.isnan(error), usual, error)))
    cost = np.ones(len(error)) if minutes is None else np.asarray(minutes, np.float64)
    weight = weight / np.sqrt(np.maximum(cost, 1e-9))
    if not len(weight):
        return weight
    weight = weight / weight.max() if weight.max() > 0 else np.ones(len(weight))
    # The sum rises with the scale: halve the interval until it meets the budget.
    low, high = 0.0, MOST / max(float(weight[weight > 0].min()), 1e-9)
    for _ in range(100):
        middle = (low + high) / 2
        spent = float((np.clip(middle * weight, LEAST, MOST) * cost).sum())
        low, high = (middle, high) if spent < budget else (low, middle)
    return np.asarray(np.clip(high * weight, LEAST, MOST), np.float64)


def drawn(probabilities: Floats, seed: int) -> NDArray[np.bool_]:
    """Draw each call by itself with its own probability; the same seed draws the same calls."""
    return np.asarray(np.random.default_rng(seed).random(len(probabilities)) < probabilities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is known of a call before it is labelled."""

    call: str
    uncertainty: float = 0.0
    """Of the judge: entropy of its levels, or spread of its repeats; 0..1."""
    disagreement: float = 0.0
    """Between judges, as a share of the scale; 0..1."""
    cell_count: int = 0
    """Labels so far in the judge's level and stratum: few is worth more."""
    stratum_count: int = 0
    minutes: float = 1.0


def learn_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Most to be learnt per minute first; ties by name, so that the order is the same each time."""
    return sorted(candidates, key=lambda c: (-worth(c), c.call))


def worth(candidate: Candidate) -> float:
    """Per minute: uncertainty, disagreement, an under-filled cell and a rare stratum, alike."""
    c = candidate
    rare = 1 / math.sqrt(1 + c.cell_count) + 1 / math.sqrt(1 + c.stratum_count)
    return (c.uncertainty + c.disagreement + rare) / max(c.minutes, 0.1)


def items_for_kappa(
    half_width: float,
    *,
    agreement: float = 0.8,
    chance: float = 0.5,
    per_call: float = 1.0,
    within_call: float = 0.0,
) -> int:
    """Items for a kappa whose 95 % interval is so narrow.

    n = DEFF · z² · po (1 − po) / (w² (1 − pe)²), DEFF = 1 + (m − 1) ρ.

    Args:
        half_width: w.
        agreement: po, the expected share of agreement.
        chance: pe, the share expected by chance.
        per_call: m, items a call.
        within_call: ρ, the correlation of items of one call.

    Raises:
        ValueError: a width that is not above 0, or chance that leaves nothing.
    """
    if half_width <= 0 or not 0 <= chance < 1:
        raise ValueError("a half-width above 0 and a chance below 1 are needed")
    effect = 1 + max(0.0, per_call - 1) * within_call
    n = effect * Z**2 * agreement * (1 - agreement) / (half_width**2 * (1 - chance) ** 2)
    return math.ceil(n - 1e-9)


def half_width_of_kappa(
    items: int,
    *,
    agreement: float = 0.8,
    chance: float = 0.5,
    per_call: float = 1.0,
    within_call: float = 0.0,
) -> float:
    """The half-width that so many items give; the reverse of `items_for_kappa`."""
    effect = 1 + max(0.0, per_call - 1) * within_call
    return Z * math.sqrt(effect * agreement * (1 - agreement) / items) / (1 - chance)


def intraclass_of_calls(values: Sequence[float] | Floats, calls: Sequence[int]) -> float | None:
    """ρ: how alike items of one call are, by one-way analysis of variance; None where unknown."""
    y = np.asarray(values, np.float64)
    at = np.unique(np.asarray(calls), return_inverse=True)[1]
    size = np.bincount(at).astype(np.float64)
    n, k = len(y), len(size)
    if k < 2 or n <= k:
        return None
    means = np.bincount(at, y) / size
    between = float((size * (means - y.mean()) ** 2).sum()) / (k - 1)
    within = float(((y - means[at]) ** 2).sum()) / (n - k)
    usual = (n - float((size**2).sum()) / n) / (k - 1)
    under = between + (usual - 1) * within
    return max(0.0, (between - within) / under) if under > 1e-12 else None


def marginal_value(half_width: float, calls: int, minutes_per_call: float) -> float:
    """How much narrower the interval becomes per minute of an expert's time, at the next call."""
    after = half_width * math.sqrt(calls / (calls + 1))
    return (half_width - after) / max(minutes_per_call, 1e-9)


def split_of_labels(
    budget: int, *, prevalence: float, sensitivity: float, specificity: float
) -> tuple[int, int]:
    """Positives and negatives to label for the narrowest Rogan and Gladen interval.

    The labels' share of its variance, θ² q1 (1 − q1) / m1 + (1 − θ)² q0 (1 − q0) / m0, is smallest
    where m1 and m0 are as the roots of the numerators (Lee et al., arXiv 2511.21140; Neyman).
    """
    one = prevalence * math.sqrt(sensitivity * (1 - sensitivity))
    zero = (1 - prevalence) * math.sqrt(specificity * (1 - specificity))
    share = one / (one + zero) if one + zero > 0 else 0.5
    positives = min(budget - 1, max(1, round(budget * share))) if budget >= 2 else budget
    return positives, budget - positives
