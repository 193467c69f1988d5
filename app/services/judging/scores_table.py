"""Scores of a set: every call's figures, and a table of agents with n and 95 % intervals.

A cell is the plain mean over calls; its interval draws scenarios anew with all their attempts, so
that ten attempts at one scenario do not count as ten. pass@k and pass^k are over scenarios.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from app.domain.ratings import Viewer
from app.eval.eva.run_summary import mean_interval, run_seed
from app.eval.eva.trials import ScenarioPass, scenario_passes
from app.eval.outbound.interaction import NaMode
from app.eval.outbound.macro import mean_of_means
from app.eval.stats.proportion import Interval
from app.eval.stats.resampled import cluster_intervals
from app.services import browsing
from app.services.judging.call_scoring import CallScores, score_call
from app.services.judging.score_columns import BY_ID, COLUMNS, Column, Group
from app.services.judging.score_parts import OURS, PARTS, REPORTED, PartId, Source
from app.services.judging.score_settings import ScoreSettings, stored_settings
from app.services.judging.set_scores import ScoreSet, load
from app.services.workspace import Workspace
from db.repos.score_sets import CallHead

ALL = "All calls"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """Agents and their figures, and the calls behind them."""

    settings: ScoreSettings
    rows: tuple[AgentRow, ...]
    whole: AgentRow
    """All calls together."""
    calls: tuple[CallScores, ...]
    sources: Mapping[PartId, Source | None]
    na_mode: NaMode
    k: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns that any row has a value in, and the heads of their groups."""
        used = {c for row in (*self.rows, self.whole) for c, cell in row.cells.items() if cell.n}
        groups = {c.group for c in COLUMNS if c.id in used}
        return tuple(c for c in COLUMNS if c.id in used or (c.is_head and c.group in groups))

    def ranks(self, column: str) -> tuple[str, ...]:
        """Rank of each row by a column; `1–3` where neighbours' intervals overlap: a tie."""
        order = sorted(
            (at for at, row in enumerate(self.rows) if row.cells[column].value is not None),
            key=lambda at: -(self.rows[at].cells[column].value or 0.0),
        )
        groups: list[list[int]] = []
        for at in order:
            if groups and _overlap(
                self.rows[groups[-1][-1]].cells[column], self.rows[at].cells[column]
            ):
                groups[-1].append(at)
            else:
                groups.append([at])
        found = [""] * len(self.rows)
        first = 1
        for group in groups:
            last = first + len(group) - 1
            for at in group:
                found[at] = str(first) if first == last else f"{first}–{last}"
            first = last + 1
        return tuple(found)


def call_scores(
    ws: Workspace,
    viewer: Viewer,
    call_ids: Sequence[str],
    settings: ScoreSettings | None = None,
) -> tuple[CallScores, ...]:
    """TFC, GIC, Final, EVA-A and EVA-X of each call, with what is missing and why."""
    return _scored(load(ws, viewer, call_ids), settings or stored_settings(ws))[0]


def agent_table(
    ws: Workspace,
    viewer: Viewer,
    calls: str | Sequence[str],
    settings: ScoreSettings | None = None,
) -> ScoreTable:
    """The table of a set of calls.

    Args:
        ws: the workspace.
        viewer: only scores that they may see count.
        calls: a query as in the library, or ids.
        settings: weights, gates, sources; the stored ones by default.

    Raises:
        QueryError: the query cannot be read.
    """
    ids = _found(ws, viewer, calls) if isinstance(calls, str) else calls
    return table_of(load(ws, viewer, ids), settings or stored_settings(ws))


def _found(ws: Workspace, viewer: Viewer, query: str) -> list[str]:
    return browsing.uuids(ws, browsing.call_ids(ws, viewer, browsing.parse_query(query)))


def table_of(found: ScoreSet, settings: ScoreSettings) -> ScoreTable:
    """The table of what was read; other settings need no other reading."""
    scored, chosen, na_mode = _scored(found, settings)
    k = settings.k or _attempts_of_most(found.calls)
    groups: dict[tuple[str, str], list[CallScores]] = {}
    for one in scored:
        version = one.call.agent_version if settings.group_by == "version" else ""
        groups.setdefault((one.call.agent, version), []).append(one)
    rows = (_row(agent, version, calls, k) for (agent, version), calls in groups.items())
    return ScoreTable(
        settings=settings,
        rows=tuple(sorted(rows, key=_by_final)),
        whole=_row(ALL, "", scored, k),
        calls=scored,
        sources=chosen,
        na_mode=na_mode,
        k=k,
    )


def _by_final(row: AgentRow) -> tuple[bool, float, str]:
    value = row.cells["final"].value
    return (value is None, -(value or 0.0), row.name.casefold())


def _scored(
    found: ScoreSet, settings: ScoreSettings
) -> tuple[tuple[CallScores, ...], dict[PartId, Source | None], NaMode]:
    chosen = {part: found.source(part, settings.sources) for part in PARTS}
    marks = {part: found.marks(part, source) for part, source in chosen.items()}
    told = {
        part: found.reported if source.id == REPORTED else found.measured
        for part, source in chosen.items()
        if source is not None and source.id in (REPORTED, OURS)
    }
    judge = chosen["gic"]
    na_mode: NaMode = settings.na_mode or (
        "full" if judge is not None and judge.na_mode == "full" else "exclude"
    )
    scored = tuple(
        score_call(
            call,
            {part: given[call.id] for part, given in marks.items() if call.id in given},
            {
                part: component
                for part, of_calls in told.items()
                if (component := of_calls.get(call.id, {}).get(part)) is not None
            },
            settings,
            rubrics=found.rubrics,
            flows=found.flows,
            details=found.details,
            na_mode=na_mode,
        )
        for call in found.calls
    )
    return scored, chosen, na_mode


def scenario_of(call: CallHead) -> str:
    """What attempts have in common: scenario and persona; a call without a scenario is its own."""
    if not call.scenario_key:
        return call.id
    return f"{call.agent}\t{call.agent_version}\t{call.scenario_key}\t{call.persona}"


def _attempts_of_most(calls: Sequence[CallHead]) -> int:
    """How many attempts most scenarios have; of equals, the most."""
    attempts = Counter(scenario_of(c) for c in calls if c.scenario_key)
    sizes = Counter(attempts.values())
    return max(sizes, key=lambda k: (sizes[k], k), default=1)


def _row(agent: str, version: str, calls: Sequence[CallScores], k: int) -> AgentRow:
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


def _overlap(a: Cell, b: Cell) -> bool:
    if a.interval is None or b.interval is None:
        return a.value == b.value
    return a.interval.low <= b.interval.high and b.interval.low <= a.interval.high
