"""What sways a judge beyond people's taste: position, length, its own family.

Zheng et al. (arXiv 2306.05685) name them; Shi et al. (arXiv 2406.07791) measure position by the
pairs whose verdict changes with the order. Of the rest, a regression of the judge's verdict on
people's label and on what should not matter gives each its own coefficient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ints
from app.eval.agreement.resampling import Estimate
from app.eval.agreement.wilson_by_call import proportion
from app.eval.calibration.drift import exact_sign
from app.eval.calibration.regression import Regression, least_squares, logistic


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """One pair judged in both orders: 1 the one shown first, −1 the second, 0 a tie."""

    call: int
    straight: int
    turned: int

    @property
    def consistent(self) -> bool:
        """The same system is preferred whichever is shown first."""
        return self.straight == -self.turned


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionBias:
    """Order consistency, and whether the inconsistent verdicts favour a place."""

    consistency: Estimate
    first: int
    """Inconsistent verdicts that picked what was shown first both times (a tie counts with the
    other verdict)."""
    second: int
    p: float | None
    """Exact binomial of first against second."""


def position(pairs: Sequence[Swapped]) -> PositionBias:
    """Consistency over pairs judged in both orders."""
    calls = np.array([p.call for p in pairs], np.int64)
    size = int(calls.max()) + 1 if len(calls) else 0
    good = np.array([p.consistent for p in pairs], np.float64)
    hits = np.bincount(calls, good, size).astype(np.float64)
    trials = np.bincount(calls, minlength=size).astype(np.float64)
    lean = [p.straight + p.turned for p in pairs if not p.consistent]
    first, second = sum(v > 0 for v in lean), sum(v < 0 for v in lean)
    return PositionBias(
        consistency=proportion(hits, trials, raters=1),
        first=first, second=second, p=exact_sign(first, second),
    )  # fmt: skip


def pair_biases(
    judge_first: Sequence[float] | Floats,
    human_first: Sequence[float] | Floats,
    swayed_by: Mapping[str, Sequence[float] | Floats],
    calls: Ints,
) -> Regression:
    """Log odds that the judge prefers A, given people's label and what should not matter.

    A coefficient other than that of `human` is a bias beyond people's taste; the intercept is A's
    by itself: bias of position, where A is what was shown first.

    Args:
        judge_first: 1 where the judge prefers A, 0 where B; ties are left out (NaN).
        human_first: people's label, 1, 0 or 0.5 for a tie.
        swayed_by: such as `log_duration`, `words`, `latency` (A less B), `own_family` (1 where A
            alone is of the judge's family, −1 where B alone is, 0 else).
        calls: both of each row's pair, (rows, 2); or one number for all that hangs together.
    """
    human = np.asarray(human_first, np.float64) * 2 - 1
    return logistic(judge_first, {"human": human, **swayed_by}, calls)


def score_biases(
    residual: Sequence[float] | Floats,
    swayed_by: Mapping[str, Sequence[float] | Floats],
    calls: Ints,
) -> Regression:
    """Points that the judge lies above people, per unit of what should not matter.

    Args:
        residual: the judge's score less people's.
        swayed_by: such as `log_duration`, `words`, `latency_s`, `own_family`.
        calls: of each item.
    """
    return least_squares(residual, swayed_by, calls)
