"""What a verdict rests on: figures of one judge version, dimension and slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.domain.rubrics import ScaleKind
from app.eval.agreement.ceiling import Ceiling
from app.eval.agreement.resampling import Estimate

State = Literal[0, 1, 2, 3, 4, 5]
AnchorState = Literal["unknown", "first_run", "held", "drifted"]
"""What is known of a version on the frozen anchors. `first_run`: its figures rest on that run, and
nobody has looked since, so that it is neither drifted nor checked."""
STATE_NAMES: Mapping[State, str] = {
    0: "Insufficient evidence", 1: "Do not use", 2: "Assist", 3: "Aggregate with correction",
    4: "Stand-in for one rater", 5: "Alone, with audit",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """The judge's bias in one stratum, after correction where there is one."""

    name: str
    bias: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumState:
    """What the judge reaches in one stratum by itself."""

    state: State
    more_calls: int | None = None
    """Of the whole slice, until the stratum has enough of them for what it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What cannot be read from the ratings; None where it was not measured."""

    order_consistency: float | None = None
    """Share of pairs judged alike in both orders; None where nothing is paired."""
    repeat_consistency: float | None = None
    paired: bool = False
    """Whether the judge compares pairs, so that order must be known."""
    single_expert: bool = False
    """The single-expert variant of the test was chosen."""
    anchors: AnchorState = "unknown"
    on_anchors: bool = False
    """The evidence is from frozen anchors that no prompt and no fit has seen."""
    catches: str = ""
    """Of a critical check, the figure that says how many failures the judge finds."""
    audit_rate: float | None = None
    judged_calls: int | None = None
    strata_states: Mapping[str, StratumState] = field(default_factory=dict)
    """What each stratum reaches by itself, for the top of the ladder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Circumstances):
    """All that a verdict rests on; None where it was not measured."""

    kind: ScaleKind
    items: int
    calls: int
    humans: int
    agreement: Ceiling
    """The judge, people, their gap and ratio."""
    human_alpha: Estimate | None
    """Ordinal alpha of people among themselves (nominal on nominal scales)."""
    rare_items: int | None = None
    """Items of the rarest class that people gave."""
    exact: Estimate | None = None
    youden: Estimate | None = None
    """Sensitivity + specificity − 1, of binary scales."""
    corrected_mean: Estimate | None = None
    cv_bias: Estimate | None = None
    strata: Sequence[Stratum] = ()
    winning_rates: Mapping[float, float | None] = field(default_factory=dict)
    """Of the clustered alternative test, by epsilon."""
    test_growth: Mapping[float, float | None] = field(default_factory=dict)
    """How many times as many calls would pass that test; None where no number would."""
    critical_sensitivity: Estimate | None = None
    """Share of the failures that people saw which the judge found."""
