"""What people agree on item by item, and each judge's scores beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.eval.agreement.consensus import mean_of_rated
from app.services.calibrating import correcting
from app.services.calibrating.dimension import Dimension, Slice, dimension
from app.services.calibrating.export_ids import pseudonym
from app.services.calibrating.rating_set import RatingSet

METHODS = {"interval": "mean", "ordinal": "median", "nominal": "majority", "binary": "majority"}
Rows = list[dict[str, Any]]


def gold(found: RatingSet, ids: Sequence[str]) -> Rows:
    """What people agree on, item by item; blind scores alone. Final values stand beside it."""
    out: Rows = []
    for criterion in found.rubric.criteria:
        one = dimension(found, criterion.key)
        common = correcting.gold(one)
        # Final values are given after seeing what raters gave.
        final = _by_item(dimension(found, criterion.key, Slice(blind_only=False)))
        for at, number in enumerate(one.items.tolist()):
            votes = one.people.values[at]
            given = {
                pseudonym(found, r): float(v)
                for r, v in zip(one.people.raters, votes)
                if not np.isnan(v)
            }
            if not given:
                continue
            out.append(
                {
                    "item_id": ids[number], "dimension": criterion.key,
                    "consensus": _number(common[at]), "method": METHODS[criterion.scale],
                    "n_raters": len(given), "spread": max(given.values()) - min(given.values()),
                    "adjudicated": final.get(number), "votes": given,
                }
            )  # fmt: skip
    return sorted(out, key=lambda r: (r["item_id"], r["dimension"]))


def paired(found: RatingSet, ids: Sequence[str]) -> Rows:
    """One row an item, dimension and judge version."""
    out: Rows = []
    for criterion in found.rubric.criteria:
        one = dimension(found, criterion.key)
        for rater in one.judges:
            out += _paired(one, rater, ids)
    return sorted(out, key=lambda r: (r["item_id"], r["dimension"], r["judge_sha256"]))


def _paired(one: Dimension, rater: str, ids: Sequence[str]) -> Rows:
    found = one.set
    judge = found.judges[rater]
    made = correcting.fitted(found, one.criterion.key, judge)
    usable = made.correction is not None and not made.refused
    fixed = correcting.corrected(one, made) if usable else np.full(len(one.items), np.nan)
    reach = made.correction.half_width if usable and made.correction is not None else None
    raw, mean = one.judges[rater], mean_of_rated(one.people.values)
    counts = (~np.isnan(one.people.values)).sum(1)
    out: Rows = []
    for at, number in enumerate(one.items.tolist()):
        if np.isnan(raw[at]):
            continue
        votes = one.people.values[at]
        votes = votes[~np.isnan(votes)]
        value, chance = _number(fixed[at]), _number(found.probability[number])
        around = None if value is None or reach is None else (value - reach, value + reach)
        out.append(
            {
                "item_id": ids[number], "dimension": one.criterion.key,
                "judge_sha256": judge.sha256, "human_mean": _number(mean[at]),
                "human_median": float(np.median(votes)) if len(votes) else None,
                "n_humans": int(counts[at]), "judge_raw": _number(raw[at]),
                "judge_corrected": value, "ci_low": around[0] if around else None,
                "ci_high": around[1] if around else None, "residual": _number(raw[at] - mean[at]),
                "call_id": found.items[number].call_id, "split": found.roles[number],
                "weight": 1 / chance if chance else None,
            }
        )  # fmt: skip
    return out


def _by_item(one: Dimension) -> dict[int, float]:
    found = zip(one.items.tolist(), one.final.tolist())
    return {number: value for number, value in found if not np.isnan(value)}


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
