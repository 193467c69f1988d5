"""Cross-validation by call: all items of a call are held out together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ints, renumbered
from app.eval.calibration.apply import apply
from app.eval.calibration.models import Model

FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A model's predictions of items that its fit had not seen."""

    model: Model
    predicted: Floats
    """(items,)"""
    squared: Floats
    """Squared errors; (items,)"""
    folds: tuple[float, ...]
    """Root mean squared error of each fold."""

    @property
    def rmse(self) -> float:
        """Over all items."""
        return float(np.sqrt(self.squared.mean()))


def fold_of(calls: Ints, folds: int = FOLDS) -> Ints:
    """The fold of each item: calls, largest first, go to the fold with the fewest items yet."""
    names, at, size = np.unique(calls, return_inverse=True, return_counts=True)
    filled = np.zeros(min(folds, len(names)), np.int64)
    chosen = np.zeros(len(names), np.int64)
    for call in np.argsort(-size, kind="stable"):
        chosen[call] = int(filled.argmin())
        filled[chosen[call]] += size[call]
    return np.asarray(chosen[at], np.int64)


def held_out(model: Model, x: Floats, y: Floats, levels: Floats, folds: Ints) -> Held:
    """Fit without each fold in turn and predict it."""
    used = x if model.every_input else x[:, :1]
    predicted = np.empty(len(y))
    errors = []
    for fold in np.unique(folds):
        out = folds == fold
        params = model.fit(used[~out], y[~out], levels)
        predicted[out] = predict(model, params, used[out], levels)
        errors.append(float(np.sqrt(((predicted[out] - y[out]) ** 2).mean())))
    squared = (predicted - y) ** 2
    return Held(model=model, predicted=predicted, squared=squared, folds=tuple(errors))


def predict(model: Model, params: dict[str, object], x: Floats, levels: Floats) -> Floats:
    """What the stored form of a model gives."""
    names = [str(at) for at in range(x.shape[1])]
    body = {
        "form": model.form, "params": params, "inputs": names,
        "range": [float(levels[0]), float(levels[-1])],
    }  # fmt: skip
    return apply(body, dict(zip(names, x.T)))


def simplest_good(held: Sequence[Held], calls: Ints) -> Held:
    """The simplest model within one standard error of the best one.

    The error is that of the paired difference of squared errors, clustered by call: the models are
    tried on the same items, so that their errors rise and fall together.
    """
    best = min(held, key=lambda h: float(h.squared.mean()))
    for one in held:
        gap, error = paired(one.squared - best.squared, calls)
        if one is best or gap <= error:
            return one
    return best


def paired(gap: Floats, calls: Ints) -> tuple[float, float]:
    """Mean of a difference over items, and its standard error clustered by call."""
    at = renumbered(calls)
    sums = np.bincount(at, gap - gap.mean())
    k = len(sums)
    if k < 2:
        return float(gap.mean()), float("inf")
    return float(gap.mean()), float(np.sqrt(k / (k - 1) * (sums**2).sum()) / len(gap))
