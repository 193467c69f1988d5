"""The figures that follow from one table of pairs (…, levels, levels), by name.

The first rater (a person, or the gold) down, the second one (the judge) across.
"""

from __future__ import annotations

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement import tables
from app.eval.agreement.alpha import Metric, alpha
from app.eval.agreement.icc import MeanSquares, iccs
from app.eval.agreement.ratings import Floats
from app.eval.agreement.resampling import Statistic
from app.eval.agreement.several import agreement_weights
from app.eval.agreement.tables import columns, dot, ratio, rows, total, weighted

PRIMARY: dict[ScaleKind, str] = {
    "ordinal": "kappa_quadratic", "binary": "ac1", "interval": "pearson", "nominal": "kappa",
}  # fmt: skip
"""The figure that the verdict rests on."""


def pair_statistics(levels: Floats, kind: ScaleKind) -> dict[str, Statistic]:
    """What the scale allows: distances for ordinal and interval, error rates for binary."""
    out = {
        "exact": Statistic(tables.percent_agreement, 0.0, 1.0),
        "baseline_exact": Statistic(_baseline, 0.0, 1.0),
        "kappa": Statistic(tables.cohen_kappa, -1.0, 1.0),
        "scott_pi": Statistic(tables.scott_pi, -1.0, 1.0),
        "alpha_nominal": _alpha(levels, "nominal"),
        "ac1": _gwet(levels, "nominal"),
        "macro_f1": Statistic(tables.macro_f1, 0.0, 1.0),
    }
    if kind == "nominal":
        return out
    if kind == "binary":
        return out | _binary(levels)
    linear, quadratic = (tables.disagreement(levels, k) for k in ("linear", "quadratic"))
    return out | {
        "within_one": Statistic(tables.within_one, 0.0, 1.0),
        "kappa_linear": Statistic(lambda t: tables.cohen_kappa(t, linear), -1.0, 1.0),
        "kappa_quadratic": Statistic(lambda t: tables.cohen_kappa(t, quadratic), -1.0, 1.0),
        "alpha_ordinal": _alpha(levels, "ordinal"),
        "alpha_interval": _alpha(levels, "interval"),
        "ac2": _gwet(levels, "quadratic"),
        "pearson": Statistic(lambda t: tables.pearson(t, levels), -1.0, 1.0),
        "spearman": Statistic(tables.spearman, -1.0, 1.0),
        "kendall": Statistic(tables.kendall, -1.0, 1.0),
        "mae": Statistic(lambda t: tables.mean_absolute_error(t, levels), 0.0),
        "rmse": Statistic(lambda t: np.sqrt(ratio(weighted(t, quadratic), total(t))), 0.0),
        "bias": Statistic(lambda t: tables.bias(t, levels)),
        "icc_2_1": Statistic(lambda t: iccs(two_raters(t, levels))["icc_2_1"], -1.0, 1.0),
        "icc_3_1": Statistic(lambda t: iccs(two_raters(t, levels))["icc_3_1"], -1.0, 1.0),
    }


def two_raters(table: Floats, levels: Floats) -> MeanSquares:
    """The analysis of variance of items by the two raters of a table."""
    v = levels - levels.mean()
    n = total(table)
    first, second = rows(table) @ v, columns(table) @ v
    squares = (rows(table) + columns(table)) @ v**2
    middle = weighted(table, ((v[:, None] + v[None, :]) / 2) ** 2)
    grand = ratio(first + second, 2 * n)
    between = 2 * (middle - n * grand**2)
    within = squares - 2 * n * grand**2 - between
    raters = ratio((first - second) ** 2, 2 * n)
    return MeanSquares(
        between=ratio(between, n - 1),
        within=ratio(within, n),
        raters=raters,
        error=ratio(within - raters, n - 1),
        items=n,
        rater_count=2,
    )


def gwet(table: Floats, weights: Floats) -> Floats:
    """AC1 or AC2 of two raters. Undefined with a single level."""
    size = len(weights)
    if size < 2:
        return np.full(table.shape[:-2], np.nan)
    n = total(table)
    pi = ratio(rows(table) + columns(table), 2 * n[..., None])
    chance = weights.sum() / (size * (size - 1)) * dot(pi, 1 - pi)
    seen = ratio(weighted(table, weights), n)
    return ratio(seen - chance, 1.0 - chance)


def _binary(levels: Floats) -> dict[str, Statistic]:
    if len(levels) != 2:
        return {}
    return {
        "sensitivity": Statistic(tables.sensitivity, 0.0, 1.0),
        "specificity": Statistic(tables.specificity, 0.0, 1.0),
        "youden": Statistic(lambda t: tables.sensitivity(t) + tables.specificity(t) - 1, -1.0, 1.0),
        "bias": Statistic(lambda t: tables.bias(t, levels)),
    }


def _gwet(levels: Floats, kind: str) -> Statistic:
    weights = agreement_weights(levels, kind)
    return Statistic(lambda t: gwet(t, weights), -1.0, 1.0)


def _alpha(levels: Floats, metric: Metric) -> Statistic:
    """Of a pair's table: its coincidences are the table and its mirror image."""
    return Statistic(lambda t: alpha(t + np.swapaxes(t, -1, -2), levels, metric), -1.0, 1.0)


def _baseline(table: Floats) -> Floats:
    """Share right for one who always says what the first rater says most."""
    return ratio(rows(table).max(-1), total(table))
