"""Every figure of a judge against people, and of people among themselves, on one dimension.

Each comes with its interval; all are computed from the same tables and the same resamples, so that
two figures of one call can be compared. Of `against`: "each" pools the judge's pairs with every
person, which is what people's pairs among themselves are the yardstick of; "consensus" holds it
against one gold value an item (for sensitivity, F1, confusion); on interval scales that is the
panel's mean.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement import moments, several
from app.eval.agreement.alpha import Metric, alpha, coincidences, interval_alpha, interval_sums
from app.eval.agreement.consensus import consensus
from app.eval.agreement.icc import iccs, mean_squares, squares, unpacked
from app.eval.agreement.pair_statistics import pair_statistics
from app.eval.agreement.ratings import Floats, Ints, Ratings
from app.eval.agreement.resampling import Estimate, Statistic, draws, estimates
from app.eval.agreement.wilson_by_call import proportion

Against = Literal["each", "consensus"]
MOST_LEVELS = 64
"""Above this a pair table would be large and empty: figures then come from sums of values.

Those of interval scales always do: between levels there are others, which no kappa knows of."""


def judge_figures(
    people: Ratings,
    judge: Floats,
    kind: ScaleKind,
    *,
    against: Against = "each",
    drawn: Floats | None = None,
) -> dict[str, Estimate]:
    """Figures of a judge against people.

    Args:
        people: their ratings, with the scale's levels.
        judge: its value of each of their items, NaN where it gave none.
        kind: of the scale.
        against: each person, or their common value.
        drawn: resamples over the calls of `people`; the default ones where None.
    """
    judge = np.asarray(judge, np.float64)
    gold = consensus(people, kind) if against == "consensus" else None
    rows = gold[:, None] if gold is not None else people.values
    paired = ~np.isnan(rows) & ~np.isnan(judge)[:, None]
    used = paired.any(1)
    n, raters = int(used.sum()), 1 + int((~np.isnan(people.values[used])).any(0).sum())
    counts = _draws(people) if drawn is None else drawn
    levels = np.unique(np.concatenate([people.levels, judge[~np.isnan(judge)]]))
    if kind == "interval" or len(levels) > MOST_LEVELS:
        found = moments.pooled(rows, judge, people.calls, people.call_count)
        return estimates(found, moments.STATISTICS, n=n, raters=raters, drawn=counts)
    table = pooled(rows, judge, levels, people.calls, people.call_count)
    out = estimates(table, pair_statistics(levels, kind), n=n, raters=raters, drawn=counts)
    if kind == "binary" and len(levels) == 2:
        out |= _error_rates(table, raters)
    return out


def human_figures(
    people: Ratings, kind: ScaleKind, *, drawn: Floats | None = None
) -> dict[str, Estimate]:
    """Figures of people among themselves: the yardstick.

    Pairwise figures pool every pair of persons, both ways round; alphas, Gwet's coefficients and
    intraclass correlations are those of the whole panel.
    """
    counts = _draws(people) if drawn is None else drawn
    size = (~np.isnan(people.values)).sum(1)
    n = int((size >= 2).sum())
    raters = int((~np.isnan(people.values[size >= 2])).any(0).sum())
    levels = people.levels
    if kind == "interval" or len(levels) > MOST_LEVELS:
        out = _without_levels(people, n, raters, counts)
    else:
        out = _with_levels(people, kind, n, raters, counts)
    if kind in ("ordinal", "interval", "binary") and len(people.raters) >= 2:
        out |= _intraclass(people, raters, counts)
    return out


def _without_levels(people: Ratings, n: int, raters: int, drawn: Floats) -> dict[str, Estimate]:
    """Of values that are too many to count: from sums."""
    pairs, panel = moments.among(people), interval_sums(people)
    out = estimates(pairs, moments.BOTH_WAYS, n=n, raters=raters, drawn=drawn)
    wanted = {"alpha_interval": Statistic(interval_alpha, -1.0, 1.0)}
    return out | estimates(panel, wanted, n=n, raters=raters, drawn=drawn)


def _with_levels(
    people: Ratings, kind: ScaleKind, n: int, raters: int, drawn: Floats
) -> dict[str, Estimate]:
    levels = people.levels
    table = np.zeros((people.call_count, len(levels), len(levels)))
    for at in range(1, len(people.raters)):
        before, own = people.coded[:, :at], people.coded[:, at]
        table += pooled_codes(before, own, len(levels), people.calls, people.call_count)
    table += np.swapaxes(table, -1, -2).copy()
    shared = pair_statistics(levels, kind)
    one_way = ("bias", "baseline_exact", "icc_2_1", "icc_3_1")
    wanted = {k: v for k, v in shared.items() if k not in one_way}
    out = estimates(table, wanted, n=n, raters=raters, drawn=drawn)
    return out | _panel(people, kind, n, raters, drawn)


def pooled(rows: Floats, value: Floats, levels: Floats, calls: Ints, call_count: int) -> Floats:
    """Pair tables of one rater with each of others, added up; (calls, levels, levels).

    Args:
        rows: the others', (items, others): the level down.
        value: the one's, (items,): the level across.
        levels: all values that occur, ascending.
        calls: of each item.
        call_count: how many calls.
    """
    down, across = coded(rows, levels), coded(value, levels)
    return pooled_codes(down, across, len(levels), calls, call_count)


def coded(values: Floats, levels: Floats) -> Ints:
    """Index of each value among the levels, −1 for gaps."""
    return np.where(np.isnan(values), -1, np.searchsorted(levels, values)).astype(np.int64)


def pooled_codes(rows: Ints, value: Ints, size: int, calls: Ints, call_count: int) -> Floats:
    """As `pooled`, of values that are already coded as one of `size` levels."""
    base = np.where(value >= 0, (calls * size * size) + value, -size * size)
    cell = base[:, None] + rows * size
    flat = np.bincount(cell[(rows >= 0) & (base >= 0)[:, None]], minlength=call_count * size**2)
    return flat.astype(np.float64).reshape(call_count, size, size)


def _panel(
    people: Ratings, kind: ScaleKind, n: int, raters: int, drawn: Floats
) -> dict[str, Estimate]:
    """Alphas and Gwet's coefficients of the whole panel."""
    levels = people.levels
    metrics: tuple[Metric, ...] = ("nominal",)
    weights = {"ac1": "nominal"}
    if kind != "nominal":
        metrics, weights = ("nominal", "ordinal", "interval"), weights | {"ac2": "quadratic"}
    wanted = {f"alpha_{m}": _alpha(levels, m) for m in metrics}
    out = estimates(coincidences(people), wanted, n=n, raters=raters, drawn=drawn)
    for name, weight in weights.items():
        w = several.agreement_weights(levels, weight)
        found = several.shares(people, w)
        out |= estimates(found.packed, {name: _gwet(w)}, n=n, raters=raters, drawn=drawn)
    return out


def _intraclass(people: Ratings, raters: int, drawn: Floats) -> dict[str, Estimate]:
    """All six, over the items that every person rated."""
    found = squares(people)
    names = ("icc_1_1", "icc_2_1", "icc_3_1", "icc_1_k", "icc_2_k", "icc_3_k")
    wanted = {name: _icc(name) for name in names}
    why = "Fewer than two items were rated by every rater, or all ratings are the same."
    n = int(people.complete.sum())
    return estimates(found.packed, wanted, n=n, raters=raters, drawn=drawn, undefined=why)


def _alpha(levels: Floats, metric: Metric) -> Statistic:
    return Statistic(lambda table: alpha(table, levels, metric), -1.0, 1.0)


def _gwet(weights: Floats) -> Statistic:
    return Statistic(lambda flat: several.gwet(several.unpacked(flat), weights), -1.0, 1.0)


def _icc(name: str) -> Statistic:
    return Statistic(lambda flat: iccs(mean_squares(unpacked(flat)))[name], -1.0, 1.0)


def _error_rates(table: Floats, raters: int) -> dict[str, Estimate]:
    """Shares whose limit is near: Wilson's interval with the calls' design effect."""
    cells = {
        "sensitivity": (table[:, 1, 1], table[:, 1, :].sum(-1)),
        "specificity": (table[:, 0, 0], table[:, 0, :].sum(-1)),
        "precision": (table[:, 1, 1], table[:, :, 1].sum(-1)),
        "prevalence": (table[:, 1, :].sum(-1), table.sum((-2, -1))),
    }
    return {name: proportion(hits, trials, raters=raters) for name, (hits, trials) in cells.items()}


def _draws(people: Ratings) -> Floats:
    return draws(max(1, people.call_count))
