"""Every coefficient that a table of ratings has, and why the others are undefined for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.eval.agreement import bland_altman, dawid_skene, several, tables
from app.eval.agreement.alpha import alpha, coincidences
from app.eval.agreement.icc import iccs, mean_squares, squares
from app.eval.agreement.ratings import Floats, Ratings

ALL_SAME = "All ratings are the same."
NO_PAIRS = "No item has two ratings."
NOT_TWO = "Defined for two raters; this table has {n}."
NO_NUMBERS = "The values are names, not numbers."
NEGATIVE = "The ratio metric needs values of 0 and above."
INCOMPLETE = "Fewer than two items were rated by every rater."


@dataclass(slots=True)
class Summary:
    """Coefficients by name; None where undefined, with the reason of the same name."""

    n_items: int
    n_raters: int
    values: dict[str, float | None] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    limits: bland_altman.Limits | None = None
    prevalence: Mapping[str, float] | None = None

    def put(self, name: str, value: float | Floats | None, reason: str) -> None:
        """Note a coefficient, or why there is none."""
        number = math.nan if value is None else float(value)
        self.values[name] = None if math.isnan(number) else number
        if math.isnan(number):
            self.reasons[name] = reason


def summarise(ratings: Ratings, names: tuple[str, ...] = ()) -> Summary:
    """All coefficients of a table.

    Args:
        ratings: the table.
        names: of the levels in their order, where the values are names instead of numbers; the
            table then holds their numbers, and only what needs no distances is computed.
    """
    found = Summary(n_items=len(ratings.items), n_raters=len(ratings.raters))
    _add_pair(found, ratings, named=bool(names))
    _add_several(found, ratings, named=bool(names))
    _add_alphas(found, ratings, named=bool(names))
    _add_iccs(found, ratings, named=bool(names))
    _add_truth(found, ratings, names)
    return found


def _add_pair(found: Summary, ratings: Ratings, *, named: bool) -> None:
    steps: dict[str, Callable[[Floats, Floats], Floats]] = {
        "cohen_kappa": lambda t, _: tables.cohen_kappa(t),
        "kappa_linear": lambda t, v: tables.cohen_kappa(t, tables.disagreement(v, "linear")),
        "kappa_quadratic": lambda t, v: tables.cohen_kappa(t, tables.disagreement(v, "quadratic")),
        "scott_pi": lambda t, _: tables.scott_pi(t),
    }
    two = len(ratings.raters) == 2
    table = tables.pair_tables(ratings).sum(0) if two else None
    for name, step in steps.items():
        if table is None:
            found.put(name, None, NOT_TWO.format(n=len(ratings.raters)))
        elif named and name in ("kappa_linear", "kappa_quadratic"):
            found.put(name, None, NO_NUMBERS)
        elif not table.sum():
            found.put(name, None, NO_PAIRS)
        else:
            found.put(name, step(table, ratings.levels), ALL_SAME)
    if two and not named:
        found.limits = bland_altman.limits(ratings.values[:, 0], ratings.values[:, 1])
    if found.limits is None:
        why = NO_NUMBERS if two and named else NO_PAIRS
        found.reasons["bland_altman"] = why if two else NOT_TWO.format(n=len(ratings.raters))


def _add_several(found: Summary, ratings: Ratings, *, named: bool) -> None:
    plain = several.agreement_weights(ratings.levels, "nominal")
    total = several.shares(ratings, plain).total()
    why = ALL_SAME if float(total.several) else NO_PAIRS
    found.put("percent_agreement", tables.ratio(total.agreed, total.several), NO_PAIRS)
    found.put("fleiss_kappa", several.fleiss_kappa(total), why)
    found.put("gwet_ac1", several.gwet(total, plain), why)
    if named:
        found.put("gwet_ac2_quadratic", None, NO_NUMBERS)
        return
    weights = several.agreement_weights(ratings.levels, "quadratic")
    weighted = several.shares(ratings, weights).total()
    found.put("gwet_ac2_quadratic", several.gwet(weighted, weights), why)


def _add_alphas(found: Summary, ratings: Ratings, *, named: bool) -> None:
    table = coincidences(ratings).sum(0)
    why = ALL_SAME if table.sum() else NO_PAIRS
    found.put("alpha_nominal", alpha(table, ratings.levels, "nominal"), why)
    for metric in ("ordinal", "interval", "ratio"):
        name = f"alpha_{metric}"
        if named:
            found.put(name, None, NO_NUMBERS)
        elif metric == "ratio" and len(ratings.levels) and ratings.levels[0] < 0:
            found.put(name, None, NEGATIVE)
        else:
            found.put(name, alpha(table, ratings.levels, metric), why)


def _add_iccs(found: Summary, ratings: Ratings, *, named: bool) -> None:
    usable = not named and int(ratings.complete.sum()) >= 2 and len(ratings.raters) >= 2
    values: Mapping[str, Any] = (
        iccs(mean_squares(squares(ratings).total()))
        if usable
        else dict.fromkeys(("icc_1_1", "icc_2_1", "icc_3_1", "icc_1_k", "icc_2_k", "icc_3_k"))
    )
    why = NO_NUMBERS if named else ALL_SAME if usable else INCOMPLETE
    for name, value in values.items():
        found.put(name, value, why)


def _add_truth(found: Summary, ratings: Ratings, names: tuple[str, ...]) -> None:
    estimated = dawid_skene.truth(ratings)
    if estimated is None or len(ratings.raters) < 2:
        found.reasons["dawid_skene"] = NO_PAIRS
        return
    labels = names or tuple(f"{v:g}" for v in ratings.levels)
    found.prevalence = dict(zip(labels, np.asarray(estimated.prevalence, float).tolist()))
