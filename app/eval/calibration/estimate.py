"""A population's mean behind a judge's scores: the estimator that the labels' drawing allows.

Labels drawn at random, or with known probabilities, allow prediction-powered inference, which is
the narrower. Labels balanced on purpose do not: prevalence among them says nothing of the
population's, and only how the judge errs carries over (Rogan and Gladen). Labels chosen because
they teach most, without known probabilities, allow neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import BadInput
from app.eval.agreement.corrected import LEAST_PROBABILITY, Corrected, ppi, rogan_gladen
from app.eval.agreement.ratings import Floats, Ints, renumbered
from app.eval.agreement.resampling import Estimate
from app.eval.agreement.wilson_by_call import design_effect
from app.eval.stats.clustered import clustered_mean

Drawing = Literal["random", "weighted", "balanced", "unknown"]
"""How labelled items were chosen: alike, with known probabilities that differ, by class, or in a
way that nobody recorded."""
FEWEST_LABELS = 30
HALF = 0.5
"""A judge's probability from here on is a yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Judged items, of which some are labelled."""

    judge: Floats
    """(items,)"""
    gold: Floats
    """People's consensus; NaN where unlabelled."""
    calls: Ints
    """Of each item."""
    probability: Floats
    """With which each item was drawn to be labelled; NaN where not known, or chosen to learn."""
    balanced: bool = False
    """Labels were balanced by class on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationMean:
    """The raw mean, the corrected one and why it was made that way."""

    raw: float
    """The judge's mean over all items."""
    corrected: Corrected
    drawing: Drawing
    reason: str
    """In words: which estimator, and why."""
    classical: tuple[float, float, float] | None
    """Mean and interval of the labels alone; None where they are no random sample."""
    gain: float | None
    """Effective sample size: variance of the labels alone over that of the corrected mean."""
    left_out: int
    """Labelled items without a known probability, which do not enter."""
    calls: int

    @property
    def estimate(self) -> Estimate:
        """The corrected mean as a figure."""
        c = self.corrected
        return Estimate(
            value=c.value, low=c.low, high=c.high, n=c.labelled + c.judged, calls=self.calls,
            raters=2, method=c.method, undefined=c.reason,
        )  # fmt: skip


def population_mean(population: Population, *, binary: bool = False) -> PopulationMean:
    """Correct the judge's mean by the people's labels.

    Args:
        population: all judged items; those the judge gave nothing are left out.
        binary: whether values are 0 and 1.

    Raises:
        BadInput: no judged item.
    """
    judged = ~np.isnan(population.judge)
    if not judged.any():
        raise BadInput("The judge has scored none of these items.", "Run it first.")
    f, y = population.judge[judged], population.gold[judged]
    calls, chance = renumbered(population.calls[judged]), population.probability[judged]
    labelled = ~np.isnan(y)
    drawing = _drawing(chance[labelled], balanced=population.balanced)
    calls_used = int(calls.max()) + 1
    left_out = 0
    if drawing == "balanced" and binary:
        corrected = _by_error_rates(f, y, calls)
    elif drawing in ("random", "weighted"):
        known = labelled & ~np.isnan(chance)
        left_out = int((labelled & ~known).sum())
        corrected = _by_prediction(f, y, calls, chance, known, ~labelled, drawing)
    else:
        corrected = Corrected(
            value=None, low=None, high=None, method="none", labelled=int(labelled.sum()),
            judged=len(f), reason=_WHY_NOT[drawing],
        )  # fmt: skip
    classical = _classical(y, calls, labelled & ~np.isnan(chance)) if drawing == "random" else None
    return PopulationMean(
        raw=float(f.mean()), corrected=corrected, drawing=drawing,
        reason=_reason(corrected, drawing, left_out), classical=classical,
        gain=_gain(classical, corrected), left_out=left_out, calls=calls_used,
    )  # fmt: skip


_WHY = {
    "random": "Labelled items are a random sample: prediction-powered inference (PPI++).",
    "weighted": "Labelled items were drawn with known probabilities: prediction-powered inference "
    "(PPI++), each weighted by the inverse of its own.",
    "balanced": "Labels were balanced by class, so that only the judge's error rates carry over: "
    "Rogan and Gladen's correction.",
}
_WHY_NOT = {
    "balanced": "Labels were balanced on purpose and the scale is not binary: draw some at random.",
    "unknown": "How the labelled items were chosen is not known: draw some at random.",
}


def _drawing(chance: Floats, *, balanced: bool) -> Drawing:
    if balanced:
        return "balanced"
    known = chance[~np.isnan(chance)]
    if not len(known):
        return "unknown"
    return "random" if float(np.ptp(known)) < 1e-9 else "weighted"


def _by_prediction(
    f: Floats,
    y: Floats,
    calls: Ints,
    chance: Floats,
    known: NDArray[np.bool_],
    rest: NDArray[np.bool_],
    drawing: Drawing,
) -> Corrected:
    if not rest.any():
        rest = known  # all are labelled: the judge adds nothing, and lambda falls out
    weights = None
    if drawing == "weighted":
        # With differing probabilities the unlabelled are no sample either: all judged items are.
        rest = np.ones(len(f), bool)
        weights = (1 / np.maximum(chance[known], LEAST_PROBABILITY)).tolist()
    return ppi(
        y[known].tolist(), f[known].tolist(), f[rest].tolist(), weights=weights,
        calls=(calls[known].tolist(), calls[rest].tolist()),
    )  # fmt: skip


def _by_error_rates(f: Floats, y: Floats, calls: Ints) -> Corrected:
    """Rogan and Gladen's, each share's counts divided by its design effect."""
    positive, negative = y == 1, y == 0

    def counts(hit: NDArray[np.bool_], among: NDArray[np.bool_]) -> tuple[float, float]:
        size = int(calls.max()) + 1
        hits = np.bincount(calls, hit & among, minlength=size).astype(np.float64)
        trials = np.bincount(calls, among, minlength=size).astype(np.float64)
        effect = design_effect(hits, trials) or 1.0
        return float(hits.sum()) / effect, float(trials.sum()) / effect

    said, judged = counts(f >= HALF, np.ones(len(f), bool))
    found, positives = counts(f >= HALF, positive)
    left, negatives = counts(f < HALF, negative)
    corrected = rogan_gladen(said, judged, found, positives, left, negatives)
    return replace(corrected, labelled=int((positive | negative).sum()), judged=len(f))


def _classical(
    y: Floats, calls: Ints, known: NDArray[np.bool_]
) -> tuple[float, float, float] | None:
    groups: dict[str, list[float]] = {}
    for call, value in zip(calls[known].tolist(), y[known].tolist()):
        groups.setdefault(str(call), []).append(value)
    if not groups:
        return None
    found = clustered_mean(groups)
    if found.interval is None:
        return None
    return found.mean, found.interval.low, found.interval.high


def _gain(classical: tuple[float, float, float] | None, corrected: Corrected) -> float | None:
    if classical is None or corrected.low is None or corrected.high is None:
        return None
    width = corrected.high - corrected.low
    return ((classical[2] - classical[1]) / width) ** 2 if width > 0 else None


def _reason(corrected: Corrected, drawing: Drawing, left_out: int) -> str:
    if corrected.value is None:
        return corrected.reason
    parts = [_WHY[drawing]]
    if corrected.labelled < FEWEST_LABELS:
        parts.append(f"Only {corrected.labelled} labels: a rough guide.")
    if left_out:
        parts.append(f"{left_out} labelled items that were chosen otherwise do not enter.")
    return " ".join(parts)
