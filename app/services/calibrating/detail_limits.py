"""Bland and Altman's picture of a cell: differences of judge and people over their mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.eval.agreement import bland_altman
from app.eval.agreement.bland_altman import Limits
from app.eval.agreement.ratings import Floats, Ints
from app.eval.agreement.resampling import SEED, Estimate
from app.services.calibrating.detail_source import NO_PEOPLE, Source, mean_over

MOST_POINTS = 2000
"""Of more items a sample is drawn, and said so."""
JITTER = 0.08
"""Of the smallest step between levels, either way."""


@dataclass(frozen=True, kw_only=True)
class LimitsView:
    """Points and lines; differences are the judge less people's mean, in points of the scale.

    Attributes:
        x, y: of each point, jittered for display.
        at: each point's place in the source.
        limits: bias, limits of 1.96 standard deviations and slope, of all items.
        bias: with its interval over calls.
        of: items that the points were drawn from.
        jitter: points are moved by up to so much either way.
        reason: why there is nothing to draw.
    """

    x: Floats
    y: Floats
    at: Ints
    limits: Limits | None
    bias: Estimate | None
    of: int
    jitter: float
    ends: tuple[float, float]
    reason: str = ""


def limits_of(source: Source) -> LimitsView:
    """Differences on ordinal and interval scales; others have none."""
    kind = source.cell.criterion.scale
    if kind in ("nominal", "binary"):
        words = {"nominal": "Names have no differences.", "binary": "Two values have no limits of "
                 "agreement."}  # fmt: skip
        return _none(source, f"{words[kind]} The confusion table says it all.")
    there = np.flatnonzero(source.shared)
    if not len(there):
        return _none(source, NO_PEOPLE)
    gap = source.judge - source.mean
    chance = np.random.default_rng(SEED)
    chosen = there
    if len(there) > MOST_POINTS:
        chosen = np.sort(chance.choice(there, MOST_POINTS, replace=False))
    jitter = JITTER * _step(source)
    moved = chance.uniform(-jitter, jitter, (2, len(chosen)))
    middle = (source.judge + source.mean)[chosen] / 2
    return LimitsView(
        x=middle + moved[0], y=gap[chosen] + moved[1], at=chosen,
        limits=bland_altman.limits(source.mean, source.judge),
        bias=mean_over(gap, source.shared, source.people), of=len(there), jitter=jitter,
        ends=source.ends,
    )  # fmt: skip


def _step(source: Source) -> float:
    levels = np.unique([float(level.value) for level in source.cell.criterion.levels])
    if source.cell.criterion.scale == "interval" or len(levels) < 2:
        return 0.0
    return float(np.diff(levels).min())


def _none(source: Source, why: str) -> LimitsView:
    empty = np.empty(0)
    return LimitsView(
        x=empty, y=empty, at=np.empty(0, np.int64), limits=None, bias=None, of=0, jitter=0.0,
        ends=source.ends, reason=why,
    )  # fmt: skip
