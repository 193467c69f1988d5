"""The weights of OutboundEval's formulas: the paper's, and what-if weights under another name.

Source: arXiv 2510.21244, sections on TFC, GIC and the final score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from app.domain.errors import BadInput

GIC_DIMENSIONS: Mapping[str, float] = MappingProxyType(
    {
        "naturalness": 0.20, "coherence": 0.20, "hallucination": 0.20, "redundancy": 0.10,
        "emotion": 0.10, "intent": 0.10, "noise": 0.06, "safety": 0.04,
    }
)  # fmt: skip
_SHARES = ("key_rate", "cov", "tfc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One set of weights. Of each pair the first part's share is given; the other has the rest."""

    name: str
    key_rate: float = 0.7
    """KeyRate's share of Cov; the rest is OverallRate's."""
    cov: float = 0.7
    """Cov's share of TFC; the rest is Proc's."""
    tfc: float = 0.55
    """TFC's share of Final; the rest is GIC's."""
    dimensions: Mapping[str, float] = field(default_factory=lambda: GIC_DIMENSIONS)
    """GIC's, relative to each other."""
    locked: bool = False
    """A published preset: others are made beside it, it is never changed."""

    def __post_init__(self) -> None:
        for name in _SHARES:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise BadInput(f"The share of {name} is not between 0 and 1.", "Choose another.")
        if any(w < 0.0 for w in self.dimensions.values()) or not sum(self.dimensions.values()):
            raise BadInput("GIC's weights are negative, or all zero.", "Give one a weight.")

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        shares = {name: getattr(self, name) for name in _SHARES}
        return {"name": self.name, **shares, "dimensions": dict(self.dimensions)}

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> Weights:
        """From the stored form; a preset's name always means the preset."""
        name = str(body["name"])
        if name in PRESETS:
            return PRESETS[name]
        given = body.get("dimensions", GIC_DIMENSIONS)
        return Weights(
            name=name,
            key_rate=float(body.get("key_rate", PAPER.key_rate)),
            cov=float(body.get("cov", PAPER.cov)),
            tfc=float(body.get("tfc", PAPER.tfc)),
            dimensions={str(k): float(v) for k, v in given.items()},
        )


PAPER = Weights(name="OutboundEval", locked=True)
"""The published weights; every figure is by these unless it says otherwise."""
EQUAL = Weights(
    name="Equal parts", key_rate=0.5, cov=0.5, tfc=0.5,
    dimensions=MappingProxyType(dict.fromkeys(GIC_DIMENSIONS, 0.125)), locked=True,
)  # fmt: skip
PRESETS: Mapping[str, Weights] = MappingProxyType({w.name: w for w in (PAPER, EQUAL)})


def what_if(name: str, base: Weights = PAPER, **changes: Any) -> Weights:
    """Another set of weights beside `base`.

    Raises:
        BadInput: the name is empty or a preset's, or a weight is out of range.
    """
    if not name.strip() or name in PRESETS:
        raise BadInput(f"“{name}” cannot name what-if weights.", "Choose a name of your own.")
    return replace(base, name=name.strip(), locked=False, **changes)
