"""The gate light: whether a judge may be relied on at all, in one line beside the figures.

Its thresholds are those of the preset `dashboard gate`, whichever rule verdicts are made by.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.eval.calibration.clauses import Clause
from app.eval.calibration.evidence import Evidence
from app.eval.calibration.ladder import verdict
from app.eval.calibration.rules import PRESETS

PRESET = "dashboard gate"
COUNTED = ("calls", "items", "humans", "rare")
"""Clauses that say whether there is enough to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Open where every clause holds."""

    clauses: tuple[Clause, ...]

    @property
    def is_open(self) -> bool:
        """Whether nothing is missing."""
        return all(c.holds for c in self.clauses)

    @property
    def failing(self) -> tuple[Clause, ...]:
        """What keeps it shut."""
        return tuple(c for c in self.clauses if not c.holds)


def gate(evidence: Evidence) -> Gate:
    """Look at the evidence of one judge on one dimension."""
    asked = verdict(evidence, PRESETS[PRESET]).clauses
    counted = [c for c in asked[0] if c.name in COUNTED]
    if evidence.kind == "interval":  # without levels there is no rarest one
        counted = [c for c in counted if c.name != "rare"]
    return Gate(clauses=(*counted, *(c for c in asked[4] if c.name == "gate")))
