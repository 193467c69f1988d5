"""Control charts between reruns of the anchors: CUSUM of residuals, stability of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SLACK = 0.5
"""Standard deviations that a residual may lie off without adding to the sums."""
LIMIT = 5.0
"""Standard deviations at which a sum alarms: a false alarm in about 465 residuals each way."""
PSI_WATCH, PSI_SHIFTED = 0.1, 0.25
HALF_COUNT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cusum:
    """Two one-sided sums, in standard deviations."""

    up: tuple[float, ...]
    down: tuple[float, ...]
    alarm: int | None
    """Index of the first residual at which either passes the limit."""


def cusum(
    residuals: Sequence[float],
    *,
    target: float = 0.0,
    sd: float,
    slack: float = SLACK,
    limit: float = LIMIT,
) -> Cusum:
    """Tabular CUSUM of residuals in the order of time (Page 1954).

    Args:
        residuals: people's value less the corrected judge's.
        target: their mean in calibration.
        sd: their standard deviation in calibration; above 0.
        slack: in standard deviations.
        limit: in standard deviations.

    Raises:
        ValueError: a standard deviation that is not above 0.
    """
    if not sd > 0:
        raise ValueError("a control chart needs a standard deviation above 0")
    up, down = [0.0], [0.0]
    for residual in residuals:
        z = (residual - target) / sd
        up.append(max(0.0, up[-1] + z - slack))
        down.append(max(0.0, down[-1] - z - slack))
    over = [at for at, (u, d) in enumerate(zip(up[1:], down[1:])) if max(u, d) > limit]
    return Cusum(up=tuple(up[1:]), down=tuple(down[1:]), alarm=over[0] if over else None)


def stability_index(expected: Sequence[float], actual: Sequence[float]) -> float | None:
    """Population stability index of two rows of counts over the same classes.

    From 0.1 on worth a look, from 0.25 on another population. Half a count is added to each class,
    so that an empty one is finite.

    Raises:
        ValueError: rows of different lengths.
    """
    if len(expected) != len(actual):
        raise ValueError("both rows need the same classes")
    if not sum(expected) or not sum(actual):
        return None
    e, a = (np.asarray(v, np.float64) + HALF_COUNT for v in (expected, actual))
    p, q = e / e.sum(), a / a.sum()
    return float(((q - p) * np.log(q / p)).sum())
