"""What the audit stream says between reruns of the anchors: who changed, judge, people or calls?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ints
from app.eval.calibration.control import PSI_SHIFTED, PSI_WATCH, Cusum, cusum

FEWEST_REFERENCE = 10
"""Calls that the chart's middle and spread are taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A control chart of calls in the order in which both people and the judge had scored them."""

    residuals: tuple[float, ...]
    """People less the corrected judge, a mean a call."""
    calls: tuple[int, ...]
    """Number of each."""
    target: float
    sd: float
    chart: Cusum


def by_call(residuals: Floats, calls: Ints, at: Floats) -> tuple[Floats, Ints, Floats]:
    """(mean residual, call, time of its last score) of each call, in the order of time.

    Args:
        residuals: of items, NaN where there is none.
        calls: of items.
        at: when each item had both scores, in any unit.
    """
    there = ~np.isnan(residuals)
    numbers, place = np.unique(calls[there], return_inverse=True)
    size = np.bincount(place, minlength=len(numbers))
    mean = np.bincount(place, residuals[there], minlength=len(numbers)) / np.maximum(size, 1)
    last = np.full(len(numbers), -np.inf)
    np.maximum.at(last, place, at[there])
    order = np.argsort(last, kind="stable")
    return mean[order], numbers[order], last[order]


def stream(reference: Floats, residuals: Floats, calls: Ints) -> Stream | None:
    """The chart of what came after a reference; None where the reference decides nothing.

    Args:
        reference: a residual a call, of the time when the judge was calibrated.
        residuals: of the calls since, in order.
        calls: their numbers.
    """
    if len(reference) < FEWEST_REFERENCE or not len(residuals):
        return None
    target, sd = float(reference.mean()), float(reference.std(ddof=1))
    if not sd > 0:
        return None
    return Stream(
        residuals=tuple(residuals.tolist()), calls=tuple(calls.tolist()), target=target, sd=sd,
        chart=cusum(residuals.tolist(), target=target, sd=sd),
    )  # fmt: skip


def told(
    chart: Stream | None, scores: float | None, strata: Mapping[str, float | None]
) -> tuple[str, ...]:
    """What the chart and the stability indices say together, in sentences.

    Args:
        chart: of residuals.
        scores: stability index of the judge's scores.
        strata: division → stability index of the calls.
    """
    moved = [name for name, v in strata.items() if v is not None and v >= PSI_SHIFTED]
    out = []
    if chart is None:
        out.append("Too few calls were labelled since to chart the judge against people.")
    alarm = chart is not None and chart.chart.alarm is not None
    if alarm:
        out.append("People and the corrected judge have come apart since.")
    elif chart is not None:
        out.append("People and the corrected judge differ as they did before.")
    if moved:
        out.append(f"Other calls come in than before ({', '.join(moved)}): that is no drift by "
                   "itself.")  # fmt: skip
    if alarm and not moved:
        out.append("The calls are alike: the judge or the people changed. Rerun the anchors, and "
                   "look at people's repeats.")  # fmt: skip
    if alarm and moved:
        out.append("It may err on the new calls alone: rerun the anchors to tell.")
    if scores is not None and scores >= PSI_WATCH and not moved and not alarm:
        out.append("The judge spreads its scores otherwise on calls that are alike: watch it.")
    return tuple(out)
