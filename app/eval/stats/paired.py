"""Paired differences: is B another than A on the same items?

The test is the two-sided sign-flip permutation of the mean difference, as in EVA-Bench's study of
perturbations (arXiv 2605.13841): exact where all sign patterns can be counted, 10,000 drawn ones
otherwise. Intervals are percentile bootstraps over the pairs. Holm's step-down keeps the chance of
any false alarm over several metrics at the level of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 10_000
RESAMPLES = 2_000
EXACT_UP_TO = 13
"""Pairs for which all 2^n sign patterns are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Mean of B − A over pairs, its 95 % interval, and how likely so much is by chance.

    `p` is None below two pairs; `low` and `high` are None below two as well.
    """

    n: int
    mean: float
    low: float | None
    high: float | None
    p: float | None


def difference(
    a: Sequence[float] | NDArray[np.float64],
    b: Sequence[float] | NDArray[np.float64],
    *,
    seed: int = 0,
) -> Difference:
    """The difference between paired values.

    Args:
        a: one value a pair, shape (n,).
        b: its partner, shape (n,).
        seed: of the resamples.

    Raises:
        ValueError: no pairs, or lengths that differ.
    """
    deltas = np.asarray(b, np.float64) - np.asarray(a, np.float64)
    if not len(deltas):
        raise ValueError("no pairs")
    if len(deltas) < 2:
        return Difference(n=1, mean=float(deltas[0]), low=None, high=None, p=None)
    rng = np.random.default_rng(seed)
    means = _resampled(deltas, rng)
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(
        n=len(deltas),
        mean=float(deltas.mean()),
        low=float(low),
        high=float(high),
        p=sign_flip(deltas, rng),
    )


def unpaired(
    a: Sequence[float] | NDArray[np.float64],
    b: Sequence[float] | NDArray[np.float64],
    *,
    seed: int = 0,
) -> Difference:
    """The difference of two means whose items have no partners.

    The interval is a bootstrap within each set; `p` is that of exchanging the sets' labels.

    Raises:
        ValueError: one set is empty.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if not len(first) or not len(second):
        raise ValueError("an empty set has no mean")
    mean = float(second.mean() - first.mean())
    n = len(first) + len(second)
    if min(len(first), len(second)) < 2:
        return Difference(n=n, mean=mean, low=None, high=None, p=None)
    rng = np.random.default_rng(seed)
    means = _resampled(second, rng) - _resampled(first, rng)
    low, high = np.percentile(means, [2.5, 97.5])
    both = np.concatenate([first, second])
    drawn = np.empty(PERMUTATIONS)
    for i in range(PERMUTATIONS):
        mixed = rng.permutation(both)
        drawn[i] = mixed[len(first) :].mean() - mixed[: len(first)].mean()
    return Difference(n=n, mean=mean, low=float(low), high=float(high), p=_share(drawn, mean))


def sign_flip(deltas: NDArray[np.float64], rng: np.random.Generator) -> float:
    """Two-sided p of the mean difference when each pair's sign might as well be the other."""
    n, observed = len(deltas), float(deltas.mean())
    if n <= EXACT_UP_TO:
        patterns = np.arange(2**n)[:, None] >> np.arange(n) & 1
        means = ((1 - 2 * patterns) * deltas).mean(axis=1)
        return float((np.abs(means) >= abs(observed) - _slack(deltas)).mean())
    signs = rng.choice(np.array([-1.0, 1.0]), size=(PERMUTATIONS, n))
    return _share(signs @ deltas / n, observed, _slack(deltas))


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p values in the given order (Holm 1979); None stays None and does not count."""
    known = sorted((p, i) for i, p in enumerate(values) if p is not None)
    out: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, (p, i) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        out[i] = highest
    return out


def _resampled(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Means of resamples, by one matrix product of counts."""
    n = len(values)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    means: NDArray[np.float64] = counts @ values / n
    return means


def _share(drawn: NDArray[np.float64], observed: float, slack: float = 1e-12) -> float:
    """The observed arrangement counts as one of the drawn: p is never zero."""
    return float((1 + (np.abs(drawn) >= abs(observed) - slack).sum()) / (1 + len(drawn)))


def _slack(deltas: NDArray[np.float64]) -> float:
    """Sums in another order differ in the last digits; they still count as equal."""
    return 1e-12 * max(1.0, float(np.abs(deltas).max()))
