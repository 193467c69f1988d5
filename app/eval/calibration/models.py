"""The ladder of corrections, simplest first: from a judge's scores to people's.

A fit gives the plain parameters that `app.eval.calibration.apply` needs and nothing else. Quantile
mapping is left out on purpose: of all maps it had the largest error per item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement.ratings import Floats

PSEUDO_COUNT = 10.0
"""Items that the straight line weighs in each level of the table; also the ridge's penalty."""
TINY = 1e-12

Params = dict[str, Any]
Fit = Callable[[Floats, Floats, Floats], Params]
"""(scores (items, inputs), gold (items,), levels of the scale) → parameters."""


@dataclass(frozen=True, slots=True)
class Model:
    """One step of the ladder; `form` is how it is applied."""

    name: str
    form: str
    fit: Fit
    every_input: bool = False
    """Takes all of the judge's dimensions, not the first alone."""


def identity(_x: Floats, _y: Floats, _levels: Floats) -> Params:
    """The judge as it is."""
    return {"intercept": 0.0, "slopes": [1.0]}


def shift(x: Floats, y: Floats, _levels: Floats) -> Params:
    """The mean difference taken off."""
    return {"intercept": float((y - x[:, 0]).mean()), "slopes": [1.0]}


def linear(x: Floats, y: Floats, levels: Floats) -> Params:
    """Least squares; the shift where the judge always says the same."""
    centred = x[:, 0] - x[:, 0].mean()
    spread = float((centred**2).sum())
    if spread < TINY:
        return shift(x, y, levels)
    slope = float((centred * y).sum()) / spread
    return {"intercept": float(y.mean() - slope * x[:, 0].mean()), "slopes": [slope]}


def table(x: Floats, y: Floats, levels: Floats) -> Params:
    """Means per level of the judge, shrunk to the straight line and made monotone."""
    at, size, means = _per_level(x[:, 0], y)
    line = linear(x, y, levels)
    drawn = line["intercept"] + line["slopes"][0] * at
    shrunk = (size * means + PSEUDO_COUNT * drawn) / (size + PSEUDO_COUNT)
    return _rising(at, shrunk, size)


def isotonic(x: Floats, y: Floats, _levels: Floats) -> Params:
    """The least-squares rising function of the judge's level."""
    at, size, means = _per_level(x[:, 0], y)
    return _rising(at, means, size)


def two_cells(x: Floats, y: Floats, _levels: Floats) -> Params:
    """The chance of a positive given what a binary judge said, one item of each kind added."""
    at, size, means = _per_level(x[:, 0], y)
    chance = (size * means + 1.0) / (size + 2.0)
    return {"x": at.tolist(), "y": chance.tolist()}


def ridge(x: Floats, y: Floats, _levels: Floats) -> Params:
    """All dimensions of the judge, standardised, slopes held back by ten items' worth."""
    means, filled = _filled(x)
    scale = filled.std(0)
    usable = scale > TINY
    z = (filled - means) / np.where(usable, scale, 1.0) * usable
    centre = float(y.mean())
    offset = z.mean(0)
    gram = (z - offset).T @ (z - offset) + PSEUDO_COUNT * np.eye(z.shape[1])
    slopes = np.linalg.solve(gram, (z - offset).T @ (y - centre)) / np.where(usable, scale, 1.0)
    slopes = slopes * usable
    intercept = centre - float((filled.mean(0) * slopes).sum())
    return {"intercept": intercept, "slopes": slopes.tolist(), "means": means.tolist()}


def logit(x: Floats, y: Floats, levels: Floats) -> Params:
    """Ordered logistic regression: cumulative odds of the scale's levels.

    With two levels it is Platt's scaling; with position and length among the inputs it takes their
    part in a pairwise verdict off. A slight ridge keeps separable data finite.
    """
    from scipy.optimize import minimize

    means, filled = _filled(x)
    scale = np.where(filled.std(0) > TINY, filled.std(0), 1.0)
    z = (filled - means) / scale
    rank = np.abs(y[:, None] - levels[None, :]).argmin(1)
    cuts = len(levels) - 1
    shares = (np.bincount(rank, minlength=len(levels)).cumsum()[:-1] + 0.5) / (len(y) + 1)
    odds = np.log(shares / (1 - shares))
    start = np.concatenate(
        [odds[:1], np.log(np.maximum(np.diff(odds), 1e-2)), np.zeros(z.shape[1])]
    )
    found = minimize(_likelihood, start, args=(z, rank, cuts), jac=True, method="L-BFGS-B")
    slopes = found.x[cuts:] / scale
    edges = np.cumsum(np.concatenate([found.x[:1], np.exp(found.x[1:cuts])]))
    return {
        "slopes": slopes.tolist(),
        "cuts": (edges + float(slopes @ means)).tolist(),
        "levels": levels.tolist(),
        "means": means.tolist(),
    }


LADDERS: Mapping[ScaleKind, tuple[Model, ...]] = {
    "ordinal": (
        Model("identity", "linear", identity),
        Model("shift", "linear", shift),
        Model("linear", "linear", linear),
        Model("table", "steps", table),
        Model("isotonic", "steps", isotonic),
        Model("ordinal logit", "logit", logit),
        Model("all dimensions, ridge", "linear", ridge, every_input=True),
    ),
    "binary": (
        Model("identity", "linear", identity),
        Model("two cells", "steps", two_cells),
        Model("platt", "logit", logit),
        Model("all inputs, logit", "logit", logit, every_input=True),
    ),
}  # fmt: skip


def ladder_of(kind: ScaleKind, inputs: int) -> tuple[Model, ...]:
    """The models to choose from, simplest first.

    A pair's preference is ordinal: −1 the second, 0 a tie, 1 the first. Its position and
    difference in length are further inputs.
    """
    steps = LADDERS["binary" if kind == "binary" else "ordinal"]
    usable = tuple(m for m in steps if not m.every_input or inputs > 1)
    if kind == "interval":
        return tuple(m for m in usable if m.form != "logit")
    return usable


def _filled(x: Floats) -> tuple[Floats, Floats]:
    """Means of what is there, and the scores with them where something is missing."""
    means = np.array([float(c[~np.isnan(c)].mean()) if (~np.isnan(c)).any() else 0.0 for c in x.T])
    return means, np.where(np.isnan(x), means, x)


def _per_level(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """The judge's values, how many items have each, and their mean gold."""
    at, inverse = np.unique(x, return_inverse=True)
    size = np.bincount(inverse).astype(np.float64)
    return at, size, np.bincount(inverse, y) / size


def _rising(at: Floats, means: Floats, size: Floats) -> Params:
    from scipy.optimize import isotonic_regression

    fitted = isotonic_regression(means, weights=size).x
    return {"x": at.tolist(), "y": np.asarray(fitted, np.float64).tolist()}


def _likelihood(
    theta: Floats, z: Floats, rank: np.ndarray[Any, np.dtype[np.int64]], cuts: int
) -> tuple[float, Floats]:
    """Negative log likelihood and its gradient; a ridge of half an item on the slopes."""
    steps = np.exp(theta[1:cuts])
    edges = np.cumsum(np.concatenate([theta[:1], steps]))
    slopes = theta[cuts:]
    shifted = np.concatenate([[-np.inf], edges, [np.inf]])
    score = z @ slopes
    upper, lower = (_expit(shifted[rank + k] - score) for k in (1, 0))
    chance = np.maximum(upper - lower, 1e-300)
    value = -float(np.log(chance).sum()) + 0.25 * float((slopes**2).sum())
    du, dl = upper * (1 - upper) / chance, lower * (1 - lower) / chance
    at_edges = np.zeros(cuts)
    np.add.at(at_edges, np.minimum(rank, cuts - 1), np.where(rank < cuts, -du, 0.0))
    np.add.at(at_edges, np.maximum(rank - 1, 0), np.where(rank > 0, dl, 0.0))
    tails = np.cumsum(at_edges[::-1])[::-1]
    gradient = np.concatenate([tails[:1], tails[1:] * steps, z.T @ (du - dl) + 0.5 * slopes])
    return value, gradient


def _expit(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x), np.float64)
