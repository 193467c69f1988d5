"""Task flows in the workspace: which one judges a call, editing, approving, acceptance."""

from __future__ import annotations

from app.domain.calls import Call
from app.domain.flows import FlowVersion, flow_problems
from app.domain.scenarios import steps
from app.eval.judging.flow_scenario import scenario_flow
from app.services.workspace import Workspace
from db.unit_of_work import Reader


def flow_for(ws: Workspace, call: Call) -> FlowVersion | None:
    """What a call is judged by; None where its scenario is unknown or has no steps.

    The newest approved flow of the scenario's key; else the scenario's own steps, stored at
    first use; else the newest flow that can be judged by. The last two are not `approved`.
    """
    return flow_of_key(ws, call.scenario_key)


def flow_of_key(ws: Workspace, key: str) -> FlowVersion | None:
    """What calls of a scenario are judged by; see `flow_for`."""
    if not key:
        return None
    with ws.db.read() as uow:
        found = uow.flows.newest(key, approved=True)
        if found is not None:
            return found
        made = _from_scenario(uow, key)
        versions = uow.flows.versions(key)
    if made is None:
        return next((v for v in reversed(versions) if not flow_problems(v.nodes)), None)
    known = next((v for v in versions if v.sha256 == made.sha256), None)
    return known or _stored_once(ws, made)


def _from_scenario(uow: Reader, key: str) -> FlowVersion | None:
    scenario = uow.scenarios.get(key)
    if scenario is None:
        return None
    made = scenario_flow(key, scenario.title, steps(scenario.body))
    return None if flow_problems(made.nodes) else made


def _stored_once(ws: Workspace, made: FlowVersion) -> FlowVersion:
    """Several workers may ask for the same flow at once: whoever comes second finds it."""
    with ws.db.machine() as uow:
        for version in uow.flows.versions(made.key):
            if version.sha256 == made.sha256:
                return version
        return uow.flows.add(made)
