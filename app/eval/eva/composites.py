"""EVA-A and EVA-X of a record: whether it passed, and its mean. Pure functions.

EVA-Bench 2.1 (arXiv 2605.13841), aggregate metrics. A missing or failed component leaves a pass
undefined; a skipped one (nothing to score) is left out; means take what there is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One metric's outcome on a record.

    Attributes:
        value: 0..1; None where there is none.
        failed: it could not be computed; `value` is then of no account.
        skipped: there was nothing to score.
    """

    value: float | None = None
    failed: bool = False
    skipped: bool = False

    @property
    def usable(self) -> float | None:
        """The value, unless failed or skipped."""
        return None if self.failed or self.skipped else self.value


@dataclass(frozen=True, slots=True)
class Gate:
    """What a component must reach; `exact` asks for the value itself."""

    metric: str
    at_least: float
    exact: bool = False

    def passed_by(self, value: float) -> bool:
        """Whether a value passes, to 1e-9."""
        near = math.isclose(value, self.at_least, abs_tol=TOLERANCE)
        return near or (not self.exact and value >= self.at_least)


EVA_A: tuple[Gate, ...] = (
    Gate("task_completion", 1.0, exact=True),
    Gate("faithfulness", 0.5),
    Gate("agent_speech_fidelity", 0.95),
)
EVA_X: tuple[Gate, ...] = (
    Gate("conversation_progression", 0.5),
    Gate("turn_taking", 0.8),
    Gate("conciseness", 0.5),
)

THRESHOLDS: Mapping[str, float] = {
    "task_completion": 1.0,
    "agent_speech_fidelity": 0.95,
    "turn_taking": 0.8,
}
OTHERWISE = 0.5
"""What a single metric must reach in pass@k of its own, compared without tolerance."""

A_PASS, X_PASS, OVERALL_PASS = "EVA-A_pass", "EVA-X_pass", "EVA-overall_pass"
A_MEAN, X_MEAN, OVERALL_MEAN = "EVA-A_mean", "EVA-X_mean", "EVA-overall_mean"
PASSES = (A_PASS, X_PASS, OVERALL_PASS)
MEANS = (A_MEAN, X_MEAN, OVERALL_MEAN)
COMPOSITES = (*PASSES, *MEANS)


def composites(
    components: Mapping[str, Component],
    accuracy: Sequence[Gate] = EVA_A,
    experience: Sequence[Gate] = EVA_X,
) -> dict[str, float | None]:
    """The six composites of a record: 1.0, 0.0 or None for passes, 0..1 or None for means.

    Args:
        components: metric to outcome; absent metrics are missing.
        accuracy: gates of EVA-A.
        experience: gates of EVA-X; other gates answer "what if".
    """
    a, x = passed(components, accuracy), passed(components, experience)
    both = None if a is None or x is None else float(a == 1.0 and x == 1.0)
    return {
        A_PASS: a,
        X_PASS: x,
        OVERALL_PASS: both,
        A_MEAN: mean(components, accuracy),
        X_MEAN: mean(components, experience),
        OVERALL_MEAN: mean(components, (*accuracy, *experience)),
    }


def metric_passes(metric: str, trials: Sequence[Component]) -> list[float]:
    """1.0 or 0.0 of each trial for pass@k of one metric; failed and skipped trials are left out."""
    threshold = THRESHOLDS.get(metric, OTHERWISE)
    values = [t.usable for t in trials]
    return [float(v >= threshold) for v in values if v is not None]


def passed(components: Mapping[str, Component], gates: Sequence[Gate]) -> float | None:
    """1.0 if every component passes its gate, 0.0 if one does not, None if that is not known."""
    scored: list[bool] = []
    for gate in gates:
        found = components.get(gate.metric, Component())
        if found.skipped and not found.failed:
            continue
        if found.usable is None:
            return None
        scored.append(gate.passed_by(found.usable))
    return float(all(scored)) if scored else None


def mean(components: Mapping[str, Component], gates: Sequence[Gate]) -> float | None:
    """Plain mean of the components that have a value; None if none has."""
    found = [components[g.metric].usable for g in gates if g.metric in components]
    values = [v for v in found if v is not None]
    return sum(values) / len(values) if values else None
