"""A model's predictions against mean opinion scores (ITU-T P.1401, 01/2020).

Predictions are mapped to the subjective scale by a polynomial that is monotone over the observed
range, fitted per experiment, before errors are counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats

FEWEST_FOR_CUBIC = 30
"""With fewer stimuli a third-order mapping makes the error larger."""
LEAST_SLOPE = 1e-4
"""Points over the observed range; above 0, so that a solver's tolerance does not fall below it."""
FEWEST_VOTES = 4
"""With fewer votes a stimulus, its interval is so wide that rmse* means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How predictions fit after a mapping of `order` (0: as they are)."""

    order: int
    coefficients: tuple[float, ...]
    """Of 1, x, x²…; empty where nothing is mapped."""
    monotone: bool
    """Whether it rises over the observed range, as the standard asks."""
    n: int
    pcc: float | None
    srcc: float | None
    rmse: float | None
    rmse_star: float | None
    """Errors count only as far as they exceed the interval of the stimulus."""
    outlier_ratio: float | None


def interval_of_mos(sd: float, votes: int) -> float:
    """Half of the 95 % t interval of a stimulus' mean opinion score."""
    from scipy.special import stdtrit

    return float(stdtrit(votes - 1, 0.975)) * sd / math.sqrt(votes)


def fit(
    mos: Sequence[float], predicted: Sequence[float], ci95: Sequence[float], order: int = 1
) -> Fit:
    """Map predictions and count their errors.

    Args:
        mos: mean opinion score of each stimulus.
        predicted: the model's value of each.
        ci95: half of each stimulus' interval, from `interval_of_mos`.
        order: 0, 1 or 3.

    Raises:
        ValueError: an order that the standard does not have, or lengths that differ.
    """
    if order not in (0, 1, 3):
        raise ValueError("mappings are of order 0, 1 or 3")
    y, x, reach = (np.asarray(v, np.float64) for v in (mos, predicted, ci95))
    if not len(y) == len(x) == len(reach):
        raise ValueError("as many predictions and intervals as scores are needed")
    coefficients: tuple[float, ...] = ()
    mapped, monotone, used = x, True, 0
    if order and len(np.unique(x)) > order:
        found = _rising_fit(x, y, order)
        coefficients = tuple(float(c) for c in found)
        mapped = np.asarray(np.polynomial.polynomial.polyval(x, found), np.float64)
        monotone, used = _rises(found, float(x.min()), float(x.max())), order + 1
    error = np.abs(y - mapped)
    return Fit(
        order=order,
        coefficients=coefficients,
        monotone=monotone,
        n=len(y),
        pcc=_pcc(y, mapped),
        srcc=_srcc(y, x),
        rmse=_rms(error, used),
        rmse_star=_rms(np.maximum(0.0, error - reach), used),
        outlier_ratio=float((error > reach).mean()) if len(y) else None,
    )


def _rising_fit(x: Floats, y: Floats, order: int) -> Floats:
    """The least-squares polynomial that rises over the observed range."""
    free = np.asarray(np.polynomial.polynomial.polyfit(x, y, order), np.float64)
    low, high = float(x.min()), float(x.max())
    if _rises(free, low, high):
        return free
    if order == 1:
        return np.array([float(y.mean()), 0.0])
    from scipy.optimize import LinearConstraint, minimize

    # On 0..1, where powers are of one size; the slope may not fall below 0 anywhere on a grid.
    u = (x - low) / (high - low)
    design = np.vander(u, order + 1, increasing=True)
    grid = np.linspace(0, 1, 201)
    slope = np.column_stack([np.zeros(201), np.ones(201), 2 * grid, 3 * grid**2])
    line = np.polynomial.polynomial.polyfit(u, y, 1)
    start = np.array([float(y.mean()), 0.0, 0.0, 0.0]) if line[1] < 0 else np.r_[line, 0.0, 0.0]
    found = minimize(
        lambda c: float(((design @ c - y) ** 2).sum()), start,
        jac=lambda c: 2 * design.T @ (design @ c - y), method="SLSQP",
        constraints=[LinearConstraint(slope, LEAST_SLOPE, np.inf)], options={"ftol": 1e-12},
    )  # fmt: skip
    inner = np.polynomial.Polynomial(found.x, domain=[low, high], window=[0, 1])
    return np.asarray(inner.convert().coef, np.float64)


def _rises(coefficients: Floats, low: float, high: float) -> bool:
    slope = np.polynomial.polynomial.polyder(coefficients)
    at = np.linspace(low, high, 201)
    return bool((np.polynomial.polynomial.polyval(at, slope) >= -1e-9).all())


def _rms(error: Floats, used: int) -> float | None:
    freedom = len(error) - used
    return math.sqrt(float((error**2).sum()) / freedom) if freedom > 0 else None


def _pcc(one: Floats, other: Floats) -> float | None:
    if len(one) < 2 or one.std() < 1e-12 or other.std() < 1e-12:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _srcc(one: Floats, other: Floats) -> float | None:
    from scipy.stats import rankdata

    return _pcc(rankdata(one), rankdata(other))
