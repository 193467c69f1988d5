"""Which calls a pairwise judge compares: those of one scenario by different agents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from app.domain.calls import Call
from app.domain.errors import BadInput
from app.services.judging.run_notes import Pair
from app.services.workspace import Workspace


def pair(one: str, two: str) -> Pair:
    """Two calls in the order in which a pair is kept.

    Raises:
        BadInput: it is one call twice.
    """
    if one == two:
        raise BadInput("A call cannot be compared with itself.", "Choose two calls.")
    return (one, two) if one < two else (two, one)


def pairs_by_scenario(ws: Workspace, call_ids: Sequence[str]) -> tuple[Pair, ...]:
    """Every two of the calls that are of one scenario and of different agents.

    Where a scenario has calls of one agent alone, its calls are compared with each other.
    """
    with ws.db.read() as uow:
        calls = [call for i in dict.fromkeys(call_ids) if (call := uow.calls.get(i)) is not None]
    by_scenario: dict[str, list[Call]] = {}
    for call in calls:
        if call.scenario_key:
            by_scenario.setdefault(call.scenario_key, []).append(call)
    return tuple(found for group in by_scenario.values() for found in _of(group))


def _of(group: Iterable[Call]) -> list[Pair]:
    every = list(combinations(group, 2))
    apart = [(a, b) for a, b in every if (a.agent, a.agent_version) != (b.agent, b.agent_version)]
    return [pair(a.id, b.id) for a, b in apart or every]
