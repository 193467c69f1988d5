"""The JSON shape of `score`. Keys may be added; those here keep name and meaning."""

from __future__ import annotations

from typing import Any

from app.services.judging.call_scoring import CallScores
from app.services.judging.score_columns import COLUMNS
from app.services.judging.score_rows import AgentRow, Cell
from app.services.judging.scores_table import ScoreTable

MAIN = ("tfc", "gic", "final", "eva_a", "eva_x")


def scored(table: ScoreTable) -> dict[str, Any]:
    """The document: calls, agents, and everything that figures follow from."""
    settings = table.settings
    return {
        "calls": [_call(one) for one in table.calls],
        "agents": [_agent(row) for row in table.rows],
        "all": _agent(table.whole),
        "weights": settings.weights.to_json(),
        "gates": dict(settings.gates),
        "judges": {
            part: None
            if source is None
            else {
                "id": source.id,
                "ref": source.ref,
                "label": source.label,
                "calls": source.calls,
                "verdicts": source.verdicts,
            }
            for part, source in table.sources.items()
        },
        "na_mode": table.na_mode,
        "partial_mode": settings.partial_mode,
        "k": table.k,
    }


def _call(one: CallScores) -> dict[str, Any]:
    call = one.call
    return {
        "call": call.code,
        "call_id": call.id,
        "agent": call.agent,
        "agent_version": call.agent_version,
        "scenario": call.scenario_key,
        "attempt": call.attempt,
        **{name: one.values.get(name) for name in MAIN},
        "missing": list(one.missing),
        "figures": {
            column.id: {"value": one.values[column.id], "n": one.counts.get(column.id, 0)}
            | ({"why": one.why[column.id]} if column.id in one.why else {})
            for column in COLUMNS
            if column.id in one.values
        },
    }


def _agent(row: AgentRow) -> dict[str, Any]:
    return {
        "agent": row.agent,
        "agent_version": row.version,
        "n": row.calls,
        "scenarios": row.scenarios,
        **{name: row.cells[name].value for name in MAIN},
        "figures": {column.id: _cell(row.cells[column.id]) for column in COLUMNS},
    }


def _cell(cell: Cell) -> dict[str, Any]:
    interval = cell.interval
    return {
        "value": cell.value,
        "n": cell.n,
        "of": cell.total,
        "verdicts": cell.verdicts,
        "interval": None if interval is None else [interval.low, interval.high],
        "macro": cell.macro,
        "missing": dict(cell.missing),
    }
