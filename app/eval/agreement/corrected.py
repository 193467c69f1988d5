"""Averages of a judge over many items, corrected by the few that people rated too.

Two estimators, chosen by how the labelled items were drawn: prediction-powered inference (PPI++,
Angelopoulos et al., arXiv 2311.01453) needs them to be a random sample, weighted by their inclusion
probabilities where these differ; Rogan and Gladen's (1978) needs only that the judge errs alike
on labelled and unlabelled items of one true class, so that labels may be balanced on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, renumbered

LEAST_YOUDEN = 1.05
"""Sensitivity and specificity together must exceed this: the correction divides by their excess."""
LEAST_PROBABILITY = 0.05
Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A corrected mean with its 95 % interval; without a value, why."""

    value: float | None
    low: float | None
    high: float | None
    method: str
    labelled: int
    judged: int
    tuning: float | None = None
    """Lambda of PPI++: 0 leaves the judge aside, 1 trusts it fully."""
    reason: str = ""


def ppi(
    human: Sequence[float],
    judge: Sequence[float],
    unlabelled: Sequence[float],
    *,
    tuning: float | None = None,
    weights: Sequence[float] | None = None,
    calls: tuple[Sequence[int], Sequence[int]] | None = None,
) -> Corrected:
    """Prediction-powered mean; variances divide by n, as in the authors' code.

    With calls, the variance is that of call sums, over both parts together: a call may have
    labelled and unlabelled items. Student's t with one degree of freedom fewer than calls then.

    Args:
        human: gold of the labelled items.
        judge: the judge's values of the same items.
        unlabelled: the judge's values of the others.
        tuning: lambda, 0 to 1; the one of least variance where None (covariances with 1/(n−1)).
        weights: 1 / inclusion probability of each labelled item; equal where None.
        calls: of the labelled and of the unlabelled items; all independent where None.

    Raises:
        ValueError: lengths that differ.
    """
    y, f, more = (np.asarray(v, np.float64) for v in (human, judge, unlabelled))
    if len(y) != len(f):
        raise ValueError("as many judge's values as labels are needed")
    n, m = len(y), len(more)
    if n < 2 or m < 2:
        return Corrected(
            value=None, low=None, high=None, method="ppi++", labelled=n, judged=m,
            reason="At least two labelled and two unlabelled items are needed.",
        )  # fmt: skip
    w = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    w = np.minimum(w, 1 / LEAST_PROBABILITY) if weights is not None else w
    w = w * n / w.sum()
    share = _tuned(y, f, more, w) if tuning is None else tuning
    rest = y - share * f
    value = share * float(more.mean()) + float((w * rest).mean())
    own = w * (rest - np.average(rest, weights=w)) / n
    others = share * (more - more.mean()) / m
    if calls is None:
        reach = Z * math.sqrt(float((own**2).sum()) + float((others**2).sum()))
    else:
        reach = _clustered_reach(np.concatenate([own, others]), [*calls[0], *calls[1]])
    return Corrected(
        value=value, low=value - reach, high=value + reach, method="ppi++",
        labelled=n, judged=m, tuning=share,
    )  # fmt: skip


def _clustered_reach(parts: Floats, calls: Sequence[int]) -> float:
    """Half of the interval of a sum whose parts come in calls."""
    from scipy.special import stdtrit

    sums = np.bincount(renumbered(np.asarray(calls, np.int64)), parts)
    k = len(sums)
    if k < 2:
        return math.inf
    error = math.sqrt(k / (k - 1) * float((sums**2).sum()))
    return float(stdtrit(k - 1, 0.975)) * error


def _tuned(y: Floats, f: Floats, more: Floats, w: Floats) -> float:
    """Lambda of least variance, kept within 0..1; 0 for a judge that always says the same."""
    n, m = len(y), len(more)
    middle_y, middle_f = np.average(y, weights=w), np.average(f, weights=w)
    covariance = float((w * (y - middle_y) * (f - middle_f)).sum()) / (n - 1)
    everything = np.concatenate([f, more])
    variance = float(everything.var(ddof=1))
    if variance < 1e-12:
        return 0.0
    return float(np.clip(covariance / ((1 + n / m) * variance), 0.0, 1.0))


def rogan_gladen(
    said: float, judged: float, found: float, positives: float, left: float, negatives: float
) -> Corrected:
    """The true share of positives behind a judge's share, with the add-two interval.

    Lang and Reiczigel's (2014) interval carries the noise of all three proportions. Counts need
    not be whole: those of items in calls are divided by the calls' design effect.

    Args:
        said: judged items that the judge called positive.
        judged: all judged items.
        found: labelled positives that it called positive.
        positives: labelled positives.
        left: labelled negatives that it called negative.
        negatives: labelled negatives.
    """
    labelled = round(positives + negatives)
    if not (judged and positives and negatives):
        reason = "Both labelled classes and some judged items are needed."
        return _none(labelled, round(judged), reason)
    raw, sens, spec = said / judged, found / positives, left / negatives
    if sens + spec <= LEAST_YOUDEN:
        reason = "The judge hardly tells the classes apart: its share cannot be corrected."
        return _none(labelled, round(judged), reason)
    value = (raw + spec - 1) / (sens + spec - 1)
    around = _add_two(said, judged, found, positives, left, negatives)
    if around is None:
        return _none(labelled, round(judged), "Too few labels to tell the classes apart.")
    return Corrected(
        value=min(1.0, max(0.0, value)), low=max(0.0, around[0]), high=min(1.0, around[1]),
        method="rogan-gladen", labelled=labelled, judged=round(judged),
    )  # fmt: skip


def _add_two(
    said: float, judged: float, found: float, positives: float, left: float, negatives: float
) -> tuple[float, float] | None:
    """Lang and Reiczigel's interval: two more in each cell of the labels, z² more judged items.

    Its middle is shifted. None where the labels do not tell the classes apart.
    """
    z = Z
    p = (said + z * z / 2) / (judged + z * z)
    se, sp = (found + 1) / (positives + 2), (left + 1) / (negatives + 2)
    youden = se + sp - 1
    if youden <= 0:
        return None
    middle = (p + sp - 1) / youden
    noise = middle * se * (1 - se) / (positives + 2) - (1 - middle) * sp * (1 - sp) / (
        negatives + 2
    )
    shift = 2 * z * z * noise
    spread = (
        p * (1 - p) / (judged + z * z)
        + middle**2 * se * (1 - se) / (positives + 2)
        + (1 - middle) ** 2 * sp * (1 - sp) / (negatives + 2)
    )
    reach = z * math.sqrt(spread) / youden
    return middle + shift - reach, middle + shift + reach


def _none(labelled: int, judged: int, reason: str) -> Corrected:
    return Corrected(
        value=None, low=None, high=None, method="rogan-gladen", labelled=labelled, judged=judged,
        reason=reason,
    )  # fmt: skip
