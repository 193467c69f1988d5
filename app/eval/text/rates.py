"""Error rates of many calls: over all words, the mean of calls, and how sure each is.

Calls, not words, are what was drawn: words of one call share speaker, line and recogniser, so the
95 % intervals come from a bootstrap that draws whole calls (Bisani and Ney 2004; percentile
intervals of Efron 1979).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.eval.text.counts import Counts

DRAWS = 2000
MAX_CELLS = 4_000_000
"""Draws times calls held at once: 32 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate with its 95 % interval; None where there is nothing, or only one call, to go by."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Error rates over calls.

    Attributes:
        counts: all calls' added up.
        micro: errors over reference words, of all calls together.
        macro: mean of the calls' own rates; calls without reference words have none.
        calls: how many had reference words.
    """

    counts: Counts
    micro: Rate
    macro: Rate
    calls: int


def over_calls(each: Sequence[Counts], *, draws: int = DRAWS, seed: int = 0) -> Rates:
    """Rates over calls with intervals.

    A call without reference words still brings its insertions into the micro rate.

    Args:
        each: one entry a call.
        draws: bootstrap samples.
        seed: of the random draws; the same seed gives the same interval.
    """
    total = sum(each, Counts())
    rates = [c.rate for c in each if c.rate is not None]
    errors = np.array([c.errors for c in each], np.float64)
    words = np.array([c.reference for c in each], np.float64)
    return Rates(
        counts=total,
        micro=_micro(total.rate, errors, words, draws, seed),
        macro=_macro(rates, draws, seed),
        calls=len(rates),
    )


def _micro(
    value: float | None,
    errors: NDArray[np.float64],
    words: NDArray[np.float64],
    draws: int,
    seed: int,
) -> Rate:
    if value is None or len(errors) < 2:
        return Rate(value=value)
    sums = _resampled(np.stack([errors, words], axis=1), draws, seed)
    filled = sums[sums[:, 1] > 0]  # a draw of calls without words has no rate
    return _rate(value, filled[:, 0] / filled[:, 1])


def _macro(rates: Sequence[float], draws: int, seed: int) -> Rate:
    if len(rates) < 2:
        return Rate(value=rates[0] if rates else None)
    means = _resampled(np.array(rates, np.float64)[:, None], draws, seed)[:, 0] / len(rates)
    return _rate(float(np.mean(rates)), means)


def _rate(value: float, drawn: NDArray[np.float64]) -> Rate:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Rate(value=value, low=float(low), high=float(high))


def _resampled(table: NDArray[np.float64], draws: int, seed: int) -> NDArray[np.float64]:
    """Column sums (draws, columns) of `table` (calls, columns) with its rows drawn anew.

    How often each call is drawn is a matrix (draws, calls): the sums are one product.
    """
    random = np.random.default_rng(seed)
    calls = len(table)
    block = max(1, MAX_CELLS // calls)
    out = np.empty((draws, table.shape[1]))
    for start in range(0, draws, block):
        rows = min(block, draws - start)
        times = np.zeros((rows, calls))
        for row in times:
            row += np.bincount(random.integers(calls, size=calls), minlength=calls)
        out[start : start + rows] = times @ table
    return out
