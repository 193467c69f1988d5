"""Final = 0.55 TFC + 0.45 GIC, and what each part and node weighs in it.

Source: OutboundEval (arXiv 2510.21244).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.flows import FlowNode
from app.eval.outbound.weights import PAPER, Weights


def final(tfc: float | None, gic: float | None, weights: Weights = PAPER) -> float | None:
    """The final score; None where a part that counts is unscored."""
    parts = ((weights.tfc, tfc), (1.0 - weights.tfc, gic))
    total = 0.0
    for weight, value in parts:
        if weight and value is None:
            return None
        total += weight * (value or 0.0)
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveWeights:
    """What everything weighs in Final; parts sum to one."""

    parts: Mapping[str, float]
    """`key_rate`, `overall_rate`, `proc`, `gic`."""
    nodes: Mapping[str, float]
    """Of each node in the two rates together; a key node counts in both."""
    dimensions: Mapping[str, float]
    """Of each GIC dimension."""


def effective_weights(
    nodes: Sequence[FlowNode] = (),
    weights: Weights = PAPER,
    *,
    dimensions: Sequence[str] | None = None,
) -> EffectiveWeights:
    """The weights in force.

    Args:
        nodes: those that apply.
        weights: a preset or what-if weights.
        dimensions: those that apply; all by default.
    """
    cov = weights.tfc * weights.cov
    parts = {
        "key_rate": cov * weights.key_rate,
        "overall_rate": cov * (1.0 - weights.key_rate),
        "proc": weights.tfc * (1.0 - weights.cov),
        "gic": 1.0 - weights.tfc,
    }
    key = sum(n.weight for n in nodes if n.kind == "key")
    every = sum(n.weight for n in nodes)
    counted = {d: w for d, w in weights.dimensions.items() if dimensions is None or d in dimensions}
    total = sum(counted.values())
    return EffectiveWeights(
        parts=parts,
        nodes={
            n.id: n.weight * (parts["overall_rate"] / every)
            + (n.weight * parts["key_rate"] / key if n.kind == "key" else 0.0)
            for n in nodes
        },
        dimensions={d: parts["gic"] * w / total for d, w in counted.items()} if total else {},
    )
