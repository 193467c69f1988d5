"""The bootstrap interval of means over calls that come in clusters: attempts of one scenario.

Clusters are drawn anew, with all their calls: percentiles 2.5 and 97.5 of the mean over the drawn
calls. One set of draws serves every figure of a group, so that figures of one group stay
comparable and a table of many columns costs one product of matrices. (OutboundEval C6 asks for a
bootstrap clustered by item; EVA-Bench 2.1 draws scenarios.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from app.eval.stats.proportion import CONFIDENCE, Interval

DRAWS = 2000
_AT_ONCE = 250
"""Draws whose counts are held in memory together."""


def cluster_intervals(
    clusters: Sequence[str],
    columns: Mapping[str, Sequence[float | None]],
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> dict[str, Interval | None]:
    """Intervals of several columns' means over the same calls.

    Args:
        clusters: the cluster of each call.
        columns: name → one value a call, None where the call has none.
        seed: of the draws; the same seed gives the same intervals.
        draws: how often.

    Returns:
        None for columns whose values lie in fewer than two clusters.
    """
    names = list(dict.fromkeys(clusters))
    place = {name: at for at, name in enumerate(names)}
    rows = np.array([place[c] for c in clusters], np.intp)
    sums, counts = (np.zeros((len(names), len(columns))) for _ in range(2))
    for at, values in enumerate(columns.values()):
        known = np.array([v is not None for v in values], bool)
        found = np.array([v for v in values if v is not None], np.float64)
        np.add.at(sums[:, at], rows[known], found)
        np.add.at(counts[:, at], rows[known], 1.0)
    enough = (counts > 0).sum(axis=0) >= 2
    means = _drawn(sums, counts, np.random.default_rng(seed), draws) if enough.any() else sums
    edge = 100 * (1 - CONFIDENCE) / 2
    return {
        name: _interval(means[:, at], edge) if enough[at] else None
        for at, name in enumerate(columns)
    }


def _drawn(
    sums: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    counts: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    rng: np.random.Generator,
    draws: int,
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Means of each draw and column; NaN where a draw has no call with a value."""
    m = len(sums)
    parts = []
    for start in range(0, draws, _AT_ONCE):
        n = min(_AT_ONCE, draws - start)
        picks = rng.integers(0, m, size=(n, m))
        flat = np.bincount((picks + m * np.arange(n)[:, None]).ravel(), minlength=n * m)
        times = flat.reshape(n, m).astype(np.float64)
        with np.errstate(invalid="ignore"):
            parts.append((times @ sums) / (times @ counts))
    return np.concatenate(parts)


def _interval(means: np.ndarray[tuple[int], np.dtype[np.float64]], edge: float) -> Interval:
    low, high = np.nanpercentile(means, [edge, 100 - edge])
    return Interval(float(low), float(high))
