"""A judge's correction: the simplest model that cross-validation by call cannot tell from the best.

Raw scores are never changed; corrected ones are another column, made by `apply` from the stored
form. A correction that does not beat the judge as it is beyond one standard error is not stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.errors import BadInput
from app.domain.rubrics import ScaleKind
from app.eval.agreement.figures import pooled
from app.eval.agreement.ratings import Floats, Ints, renumbered
from app.eval.agreement.resampling import Estimate, Statistic, estimate
from app.eval.agreement.tables import cohen_kappa, disagreement, ratio
from app.eval.calibration import conformal
from app.eval.calibration.crossval import FOLDS, Held, fold_of, held_out, paired, simplest_good
from app.eval.calibration.models import Params, ladder_of

SCHEMA = "callbench.calibration/1"
FEWEST_ITEMS = 20
FEWEST_CALLS = 5
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A model in cross-validation."""

    name: str
    rmse: float
    folds: tuple[float, ...]
    bias: Estimate
    """Predicted less people's, of held-out items."""
    gain: float
    """Mean squared error of the judge as it is, less this model's."""
    gain_error: float
    """Standard error of the gain, clustered by call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Before (the judge as it is) and after (held-out predictions)."""

    rmse: float
    bias: Estimate
    kappa_quadratic: float | None
    """After rounding to the scale; None on interval scales."""
    calibration_error: float
    """Mean distance of people's mean from the score, over the judge's levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The chosen model, fitted on everything, and what cross-validation said of all."""

    kind: ScaleKind
    model: str
    form: str
    inputs: tuple[str, ...]
    params: Params
    levels: tuple[float, ...]
    fitted_on: tuple[float, float]
    """Lowest and highest score of the judge in training; outside it extrapolates."""
    half_width: float | None
    """Of the interval of a single corrected score."""
    tried: tuple[Tried, ...]
    before: Quality
    after: Quality
    items: int
    calls: int

    @property
    def refused(self) -> str:
        """Why it must not be stored; empty where it may."""
        chosen = next(t for t in self.tried if t.name == self.model)
        if self.model == "identity":
            return "No correction beats the judge as it is by more than chance."
        if chosen.gain <= chosen.gain_error:
            return f"{self.model} beats the judge as it is by less than one standard error."
        return ""

    @property
    def bias(self) -> Estimate:
        """Of what is used, held out by call: of the model, or of the judge where it is refused."""
        if self.refused:
            return self.before.bias
        return next(t for t in self.tried if t.name == self.model).bias

    def to_json(self, code_version: str, snapshot: str) -> dict[str, Any]:
        """The form of `calibration.json`, which `apply` takes.

        Args:
            code_version: of this program.
            snapshot: which data it was fitted on.

        Raises:
            BadInput: it does not beat the judge as it is.
        """
        if self.refused:
            raise BadInput(self.refused, "Label more calls, or use the scores as they are.")
        interval = {"coverage": conformal.COVERAGE, "half_width": self.half_width}
        return {
            "schema": SCHEMA, "scale": self.kind, "model": self.model, "form": self.form,
            "inputs": list(self.inputs), "params": self.params, "levels": list(self.levels),
            "range": [self.levels[0], self.levels[-1]], "fitted_on": list(self.fitted_on),
            "interval": interval, "code_version": code_version,
            "training": {"snapshot": snapshot, "items": self.items, "calls": self.calls},
            "cross_validation": {
                "by": "call", "folds": len(self.tried[0].folds),
                "models": [
                    {"name": t.name, "rmse": t.rmse, "bias": t.bias.value, "folds": list(t.folds)}
                    for t in self.tried
                ],
                "before": _plain(self.before), "after": _plain(self.after),
            },
        }  # fmt: skip


def fit(
    scores: Mapping[str, Sequence[float] | Floats],
    gold: Sequence[float] | Floats,
    calls: Sequence[int] | Ints,
    *,
    kind: ScaleKind,
    levels: Sequence[float],
) -> Correction:
    """Choose and fit a correction.

    Args:
        scores: the judge's; first the dimension that is corrected, then others (or position and
            difference in length of a pair). NaN where it gave none.
        gold: people's consensus, NaN where there is none.
        calls: of each item.
        kind: of the scale.
        levels: of the scale, ascending; its ends where it has none.

    Raises:
        BadInput: a scale without order, or too few items or calls.
    """
    if kind == "nominal":
        raise BadInput("Names have no distance to correct.", "Correct shares of classes instead.")
    x, y, groups = _both(scores, gold, calls)
    scale = np.asarray(levels, np.float64)
    folds = fold_of(groups, FOLDS)
    held = [held_out(m, x, y, scale, folds) for m in ladder_of(kind, x.shape[1])]
    chosen = simplest_good(held, groups)
    used = x if chosen.model.every_input else x[:, :1]
    return Correction(
        kind=kind, model=chosen.model.name, form=chosen.model.form,
        inputs=tuple(scores)[: used.shape[1]], params=chosen.model.fit(used, y, scale),
        levels=tuple(scale.tolist()), fitted_on=(float(x[:, 0].min()), float(x[:, 0].max())),
        half_width=conformal.reach(np.abs(chosen.predicted - y), groups),
        tried=tuple(_tried(h, held[0], y, groups) for h in held),
        before=_quality(x[:, 0], x[:, 0], y, groups, scale, kind),
        after=_quality(chosen.predicted, x[:, 0], y, groups, scale, kind),
        items=len(y), calls=int(groups.max()) + 1,
    )  # fmt: skip


def _both(
    scores: Mapping[str, Sequence[float] | Floats],
    gold: Sequence[float] | Floats,
    calls: Sequence[int] | Ints,
) -> tuple[Floats, Floats, Ints]:
    """Judge's scores, consensus and calls of the items that have both, if there are enough."""
    x = np.stack([np.asarray(v, np.float64) for v in scores.values()], axis=1)
    y, groups = np.asarray(gold, np.float64), np.asarray(calls, np.int64)
    there = ~(np.isnan(x[:, 0]) | np.isnan(y))
    x, y, groups = x[there], y[there], renumbered(groups[there])
    n, k = len(y), int(groups.max()) + 1 if len(y) else 0
    if n < FEWEST_ITEMS or k < FEWEST_CALLS:
        raise BadInput(
            f"{n} items of {k} calls are too few for a correction.",
            f"At least {FEWEST_ITEMS} items of {FEWEST_CALLS} calls are needed.",
        )
    return x, y, groups


def _tried(held: Held, identity: Held, y: Floats, calls: Ints) -> Tried:
    gain, error = paired(identity.squared - held.squared, calls)
    return Tried(
        name=held.model.name, rmse=held.rmse, folds=held.folds,
        bias=_bias(held.predicted - y, calls), gain=gain, gain_error=error,
    )  # fmt: skip


def _quality(
    score: Floats, raw: Floats, y: Floats, calls: Ints, levels: Floats, kind: ScaleKind
) -> Quality:
    kappa = None
    if kind != "interval":
        near = levels[np.abs(score[:, None] - levels[None, :]).argmin(1)]
        seen = np.unique(np.concatenate([levels, y]))
        table = pooled(y[:, None], near, seen, np.zeros(len(y), np.int64), 1)[0]
        found = float(cohen_kappa(table, disagreement(seen, "quadratic")))
        kappa = None if np.isnan(found) else found
    return Quality(
        rmse=float(np.sqrt(((score - y) ** 2).mean())), bias=_bias(score - y, calls),
        kappa_quadratic=kappa, calibration_error=_calibration_error(score, raw, y),
    )  # fmt: skip


def _bias(residual: Floats, calls: Ints) -> Estimate:
    sums = np.stack([np.bincount(calls).astype(np.float64), np.bincount(calls, residual)], 1)
    mean = Statistic(lambda s: ratio(s[..., 1], s[..., 0]))
    return estimate(sums, mean.of, n=len(residual), raters=2)


def _calibration_error(score: Floats, raw: Floats, y: Floats) -> float:
    at = np.unique(raw, return_inverse=True)[1]
    if at.max() >= 2 * BINS:
        edges = np.quantile(raw, np.linspace(0, 1, BINS + 1)[1:-1])
        at = renumbered(np.searchsorted(edges, raw).astype(np.int64))
    return float(np.abs(np.bincount(at, score - y)).sum() / len(y))


def _plain(found: Quality) -> dict[str, float | None]:
    return {
        "rmse": found.rmse, "bias": found.bias.value, "kappa_quadratic": found.kappa_quadratic,
        "calibration_error": found.calibration_error,
    }  # fmt: skip
