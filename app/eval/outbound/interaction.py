"""GIC, General Interaction Capability: eight dimensions of each agent reply, weighted.

Source: OutboundEval (arXiv 2510.21244). m_d is the mean over a dimension's applicable turns of
score/2; GIC is the weighted mean of m_d over the dimensions that apply to any turn. The paper does
not say what "not applicable" counts: both readings are here, and a figure always names its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.eval.outbound.weights import PAPER, Weights

NaMode = Literal["exclude", "full"]
"""`exclude`: a turn where a dimension does not arise is left out. `full`: it has full marks, as
the paper's anchors and its high figures suggest."""
NA_MODE_WORDS: Mapping[NaMode, str] = {
    "exclude": "not applicable left out",
    "full": "not applicable counts as full marks",
}
MOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """GIC with every part of it. None is unscored, never zero."""

    na_mode: NaMode
    gic: float | None = None
    means: Mapping[str, float] = field(default_factory=dict)
    """m_d, 0 to 1, of the dimensions that count."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """How many turns each of them is a mean of."""
    weight: float = 0.0
    """Share of all weight that the dimensions which count have."""
    unscored: int = 0
    """Verdicts that are missing, over all dimensions; the rest is averaged without them."""

    @property
    def least(self) -> float | None:
        """What GIC would be if a dimension that does not count had nothing: a lower bound."""
        return None if self.gic is None else self.gic * self.weight


def interaction(
    scores: Mapping[str, Sequence[float | None]],
    *,
    na_mode: NaMode = "exclude",
    weights: Weights = PAPER,
    unscored: int = 0,
) -> Interaction:
    """GIC of a call.

    Args:
        scores: by dimension, one value 0 to 2 for each judged turn, None where not applicable; a
            consensus of people may lie between the steps. A turn that could not be judged is left
            out by the caller and counted in `unscored`.
        na_mode: what "not applicable" counts.
        weights: by dimension; a dimension without one does not count.
        unscored: how many verdicts are missing.
    """
    counted = {d: _values(v, na_mode) for d, v in scores.items() if weights.dimensions.get(d)}
    means = {d: sum(v) / (MOST * len(v)) for d, v in counted.items() if v}
    weight = sum(weights.dimensions[d] for d in means)
    if not means:
        return Interaction(na_mode=na_mode, unscored=unscored)
    return Interaction(
        na_mode=na_mode,
        gic=sum(weights.dimensions[d] * m for d, m in means.items()) / weight,
        means=means,
        turns={d: len(counted[d]) for d in means},
        weight=weight / sum(weights.dimensions.values()),
        unscored=unscored,
    )


def _values(given: Sequence[float | None], na_mode: NaMode) -> list[float]:
    if na_mode == "full":
        return [MOST if v is None else v for v in given]
    return [v for v in given if v is not None]
