"""One row of a table of scores: an agent's figures with n, intervals and pass@k.

A cell is the plain mean over calls; its interval draws scenarios anew with all their attempts, so
that ten attempts at one scenario do not count as ten. pass@k and pass^k are over scenarios.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from app.eval.eva.run_summary import mean_interval, run_seed
from app.eval.eva.trials import ScenarioPass, scenario_passes
from app.eval.outbound.macro import mean_of_means
from app.eval.stats.proportion import Interval
from app.eval.stats.resampled import cluster_intervals
from app.services.judging.call_scoring import CallScores
from app.services.judging.score_columns import BY_ID, COLUMNS, Group
from db.repos.score_sets import CallHead

_BY_CALL = tuple(c for c in COLUMNS if not c.by_scenario)
_MACRO: frozenset[Group] = frozenset({"Final", "TFC", "GIC"})
"""OutboundEval's figures, whose scenarios are in domains and sub-scenarios."""
_ATTEMPTS = {"pass_1": "at_1", "pass_k": "at_k", "power_k": "power_k_observed",
             "power_k_theory": "power_k_theoretical"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure of one agent.

    Attributes:
        value: mean over calls (over scenarios, where the column says so); None where there is none.
        n: calls (or scenarios) that have it.
        total: calls (or scenarios) of the agent.
        verdicts: single verdicts that it rests on.
        interval: 95 %; None with fewer than two scenarios.
        macro: mean of means over domain, sub-scenario, archetype and item; None where the calls
            are of one kind, so that it would be the plain mean.
        call_ids: the calls that have it.
        missing: why the others have none, and how many.
    """

    value: float | None = None
    n: int = 0
    total: int = 0
    verdicts: int = 0
    interval: Interval | None = None
    macro: float | None = None
    call_ids: tuple[str, ...] = ()
    missing: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """An agent, or one of its versions."""

    agent: str
    version: str
    calls: int
    scenarios: int
    cells: Mapping[str, Cell]
    """By column id."""

    @property
    def name(self) -> str:
        """As shown; a call that names no agent has none."""
        return f"{self.agent or 'No agent named'} {self.version}".strip()


def scenario_of(call: CallHead) -> str:
    """What attempts have in common: scenario and persona; a call without a scenario is its own."""
    if not call.scenario_key:
        return call.id
    return f"{call.agent}\t{call.agent_version}\t{call.scenario_key}\t{call.persona}"


def agent_row(agent: str, version: str, calls: Sequence[CallScores], k: int) -> AgentRow:
    """The figures of calls together; `k` draws of pass@k."""
    scenarios = [scenario_of(c.call) for c in calls]
    values = {c.id: [one.values.get(c.id) for one in calls] for c in _BY_CALL}
    seed = run_seed(f"{agent} {version}")
    intervals = cluster_intervals(scenarios, values, seed=seed) if calls else {}
    cells = {
        column: _cell(column, given, calls, intervals.get(column))
        for column, given in values.items()
    }
    for part in ("eva_a", "eva_x"):
        cells |= _attempts(part, calls, scenarios, k, seed)
    return AgentRow(
        agent=agent,
        version=version,
        calls=len(calls),
        scenarios=len(set(scenarios)),
        cells=cells,
    )


def _cell(
    column: str,
    values: Sequence[float | None],
    calls: Sequence[CallScores],
    interval: Interval | None,
) -> Cell:
    having = [(one, v) for one, v in zip(calls, values, strict=True) if v is not None]
    lacking = Counter(one.why[column] for one in calls if column in one.why)
    return Cell(
        value=fmean(v for _, v in having) if having else None,
        n=len(having),
        total=len(calls),
        verdicts=sum(one.counts.get(column, 0) for one, _ in having),
        interval=interval,
        macro=_macro(having) if BY_ID[column].group in _MACRO else None,
        call_ids=tuple(one.call.id for one, _ in having),
        missing=tuple(lacking.most_common()),
    )


def _macro(having: Sequence[tuple[CallScores, float]]) -> float | None:
    """The mean of means that OutboundEval's unbalanced scenarios ask for."""
    paths = []
    for one, value in having:
        parts = one.call.scenario_key.split(".")
        if len(parts) < 2 or not parts[0].isdecimal():
            return None
        item = f"{one.call.scenario_key} {one.call.persona}"
        paths.append(((parts[0], ".".join(parts[:2]), one.call.persona, item), value))
    found = mean_of_means(paths)
    return found.macro if found is not None and len({p for p, _ in paths}) > 1 else None


def _attempts(
    part: str, calls: Sequence[CallScores], scenarios: Sequence[str], k: int, seed: int
) -> dict[str, Cell]:
    trials: dict[str, list[CallScores]] = {}
    for one, scenario in zip(calls, scenarios, strict=True):
        if one.call.scenario_key:
            trials.setdefault(scenario, []).append(one)
    ordered = {s: sorted(t, key=lambda one: one.call.attempt) for s, t in trials.items()}
    outcomes = {s: [one.values.get(part) for one in t] for s, t in ordered.items()}
    each = scenario_passes(outcomes, k)
    kept = {p.scenario for p in each}
    fewer = sum(len(t) < k for t in trials.values())
    missing = (
        (f"Fewer than {k} attempts.", fewer),
        ("An attempt without a value.", len(trials) - len(kept) - fewer),
    )
    ids = tuple(one.call.id for s in kept for one in ordered[s])
    return {
        f"{part}.{name}": _over_scenarios(each, field, ids, len(trials), missing, seed)
        for name, field in _ATTEMPTS.items()
    }


def _over_scenarios(
    each: Sequence[ScenarioPass],
    field: str,
    call_ids: tuple[str, ...],
    total: int,
    missing: Sequence[tuple[str, int]],
    seed: int,
) -> Cell:
    values = [float(getattr(p, field)) for p in each]
    found = mean_interval(values, seed) if len(values) > 1 else None
    has_interval = found is not None and found.low is not None and found.high is not None
    return Cell(
        value=fmean(values) if values else None,
        n=len(values),
        total=total,
        verdicts=len(call_ids) if values else 0,
        interval=Interval(found.low, found.high) if has_interval else None,  # type: ignore[union-attr,arg-type]
        call_ids=call_ids,
        missing=tuple((why, n) for why, n in missing if n > 0),
    )


def attempts_of_most(calls: Sequence[CallHead]) -> int:
    """How many attempts most scenarios have; of equals, the most."""
    attempts = Counter(scenario_of(c) for c in calls if c.scenario_key)
    sizes = Counter(attempts.values())
    return max(sizes, key=lambda k: (sizes[k], k), default=1)
