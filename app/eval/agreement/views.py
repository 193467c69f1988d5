"""What the pictures of a judge show: confusion, calibration curve, the judge beside each person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement.consensus import consensus
from app.eval.agreement.figures import MOST_LEVELS, Against, judge_figures, pooled
from app.eval.agreement.pair_statistics import PRIMARY
from app.eval.agreement.ratings import Floats, Ratings
from app.eval.agreement.resampling import Estimate, draws, estimate
from app.eval.agreement.tables import ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Counts of (people's level down, judge's level across)."""

    levels: tuple[float, ...]
    counts: Floats


def confusion(
    people: Ratings, judge: Floats, kind: ScaleKind, *, against: Against = "consensus"
) -> Confusion:
    """The table behind the heat-map; of the consensus, or of every vote."""
    own = np.asarray(judge, np.float64)
    rows = consensus(people, kind)[:, None] if against == "consensus" else people.values
    seen = np.concatenate([people.levels, own[~np.isnan(own)], rows[~np.isnan(rows)]])
    levels = np.unique(seen)
    counts = pooled(rows, own, levels, np.zeros(len(own), np.int64), 1)[0]
    return Confusion(levels=tuple(levels.tolist()), counts=counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Items to which the judge gave about this value, and people's mean of them."""

    judge: float
    people: Estimate


def calibration_curve(
    people: Ratings, judge: Floats, kind: ScaleKind, *, bins: int = 10
) -> tuple[CurvePoint, ...]:
    """People's mean at each level of the judge, with its interval; bins where levels are many.

    On the diagonal the judge means what people mean.
    """
    own, gold = np.asarray(judge, np.float64), consensus(people, "interval")
    there = ~(np.isnan(own) | np.isnan(gold))
    if kind == "nominal" or not there.any():
        return ()
    values = np.unique(own[there])
    if len(values) <= MOST_LEVELS and kind != "interval":
        at = np.searchsorted(values, own)
    else:
        edges = np.unique(np.quantile(own[there], np.linspace(0, 1, bins + 1)[1:-1]))
        at = np.searchsorted(edges, own, side="right")
    drawn = draws(max(1, people.call_count))
    out = []
    for point in np.unique(at[there]):
        inside = there & (at == point)
        sums = np.stack([inside.astype(np.float64), np.where(inside, gold, 0.0)], 1)
        mean = estimate(
            people.by_call(sums), lambda s: ratio(s[..., 1], s[..., 0]), n=int(inside.sum()),
            raters=len(people.raters), drawn=drawn,
        )  # fmt: skip
        out.append(CurvePoint(judge=float(own[inside].mean()), people=mean))
    return tuple(out)


def forest(people: Ratings, judge: Floats, kind: ScaleKind) -> tuple[tuple[str, Estimate], ...]:
    """The primary figure of the judge against each person by themselves, from the same draws."""
    drawn = draws(max(1, people.call_count))
    out = []
    for at, name in enumerate(people.raters):
        alone = Ratings(
            people.values[:, [at]], people.calls, people.items, (name,), people.scale
        )  # fmt: skip
        found = judge_figures(alone, judge, kind, drawn=drawn)
        out.append((name, found.get(PRIMARY[kind]) or found["pearson"]))
    return tuple(out)
