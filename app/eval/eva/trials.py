"""Several trials of a scenario: names of records and trials, pass@k and both pass^k.

pass@k: at least one of k draws passes. pass^k: all k do; *observed* draws without returning from
the trials there were, *theoretical* raises their rate to the k-th power. EVA-Bench's published
tables show the theoretical one. (Chen et al. 2021, arXiv 2107.03374; Yao et al. 2024, 2406.12045.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

_ARCHIVED = re.compile(r"_(?:failed_attempt|extra|unvalidated|attempt)_\d+$")
_TRIAL = (re.compile(r"/trial_(\d+)$"), re.compile(r"_trial_(\d+)$"))


def is_archived(output_id: str) -> bool:
    """Whether a record's folder was set aside by the runner; such are never scored."""
    return _ARCHIVED.search(output_id) is not None


def record_and_trial(output_id: str) -> tuple[str, int | None]:
    """`1.2.1` and 0 of `1.2.1/trial_0`, of its older flat name, and of its set-aside copies."""
    name = _ARCHIVED.sub("", output_id)
    for pattern in _TRIAL:
        found = pattern.search(name)
        if found:
            return name[: found.start()], int(found[1])
    return name, None


def pass_at_k(n: int, passes: int, k: int) -> float:
    """Chance that of k of n trials, `passes` of which passed, at least one did.

    Raises:
        ValueError: negative numbers, or more draws or passes than trials.
    """
    _check(n, passes, k)
    return 1.0 - comb(n - passes, k) / comb(n, k)


def pass_power_k(n: int, passes: int, k: int) -> float:
    """Chance that all of k of n trials passed: the observed pass^k.

    Raises:
        ValueError: as `pass_at_k`.
    """
    _check(n, passes, k)
    return comb(passes, k) / comb(n, k)


def pass_power_k_theoretical(n: int, passes: int, k: int) -> float:
    """The pass rate to the k-th power.

    Raises:
        ValueError: as `pass_at_k`, or no trials.
    """
    _check(n, passes, k)
    if n == 0:
        raise ValueError("no trials, no rate")
    return float((passes / n) ** k)


def _check(n: int, passes: int, k: int) -> None:
    if min(n, passes, k) < 0 or k > n or passes > n:
        raise ValueError(f"of {n} trials, {passes} passed, {k} drawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioPass:
    """One scenario's chances over k draws."""

    scenario: str
    n: int
    passes: int
    at_1: float
    at_k: float
    power_k_observed: float
    power_k_theoretical: float


def scenario_passes(
    trials: Mapping[str, Sequence[float | None]], k: int
) -> tuple[ScenarioPass, ...]:
    """Each scenario's chances, by scenario in the order given.

    A scenario with fewer than k trials, or with one whose outcome is not known, is left out: the
    passes and the means of a run may rest on different scenarios.

    Args:
        trials: scenario to its trials' passes (1.0 or 0.0, or None where undefined).
        k: draws, at least 1.
    """
    found: list[ScenarioPass] = []
    for scenario, outcomes in trials.items():
        known = [v for v in outcomes if v is not None]
        if len(known) < len(outcomes) or len(known) < k:
            continue
        n, passes = len(known), sum(v > 0.5 for v in known)
        found.append(
            ScenarioPass(
                scenario=scenario,
                n=n,
                passes=passes,
                at_1=pass_at_k(n, passes, 1),
                at_k=pass_at_k(n, passes, k),
                power_k_observed=pass_power_k(n, passes, k),
                power_k_theoretical=pass_power_k_theoretical(n, passes, k),
            )
        )
    return tuple(found)


def by_scenario(
    values: Iterable[tuple[str, float | None]],
) -> dict[str, list[float | None]]:
    """Values of output ids gathered by scenario, trials in their order."""
    numbered: dict[str, list[tuple[int, float | None]]] = {}
    for output_id, value in values:
        scenario, trial = record_and_trial(output_id)
        numbered.setdefault(scenario, []).append((trial or 0, value))
    return {
        scenario: [v for _, v in sorted(trials, key=lambda t: t[0])]
        for scenario, trials in numbered.items()
    }
