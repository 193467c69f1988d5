"""What the flow editor asks of the services. Runs on lanes; no widgets here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.errors import NotFound
from app.domain.flows import FlowNode, FlowVersion
from app.eval.judging.flow_checks import Checks, check_flow

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.endpoints import EndpointProfile
    from app.domain.flows import FlowApproval
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.judging.flow_deriving import Sop
    from app.services.judging.flows import FlowEntry, FlowHistory
    from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Checks of the nodes as they were when these were asked for."""

    nodes: tuple[FlowNode, ...]
    checks: Checks


def entries(ws: Workspace) -> tuple[FlowEntry, ...]:
    """Every flow, and every scenario with steps of its own."""
    from app.services.judging.flows import flow_entries

    return flow_entries(ws)


def history(ws: Workspace, key: str) -> FlowHistory:
    """A flow's versions; a scenario's own steps become its first one where there is none."""
    from app.services.judging.flows import flow_history, flow_of_key

    try:
        return flow_history(ws, key)
    except NotFound:
        flow_of_key(ws, key)
    return flow_history(ws, key)


def check(sop: str, nodes: tuple[FlowNode, ...]) -> Checked:
    """Hold nodes against the text."""
    return Checked(nodes=nodes, checks=check_flow(sop, nodes))


def save(
    ws: Workspace, viewer: Viewer, base: FlowVersion, nodes: tuple[FlowNode, ...], reason: str
) -> FlowVersion:
    """Store the nodes as the next version."""
    from app.services.judging.flows import save_flow

    return save_flow(ws, viewer, base, nodes, reason)


def approve(
    ws: Workspace, viewer: Viewer, base: FlowVersion, nodes: tuple[FlowNode, ...], note: str
) -> FlowApproval:
    """Accept a version; what was edited is saved first."""
    from app.services.judging.flows import approve_flow, save_flow

    version = base if nodes == base.nodes else save_flow(ws, viewer, base, nodes, note)
    return approve_flow(ws, viewer, version.id, note)


def endpoints(ws: Workspace) -> tuple[EndpointProfile, ...]:
    """Saved endpoints."""
    from app.services.judging.endpoints import endpoints as saved

    return saved(ws)


def read_sop(path: Path) -> str:
    """The text of a file."""
    from app.services.judging.flow_deriving import read_sop as read

    return read(path)


def scenario_text(ws: Workspace, key: str) -> FlowVersion | None:
    """The steps of a scenario."""
    from app.services.judging.flows import scenario_sop

    return scenario_sop(ws, key)


def derive(
    ctx: Work, ws: Workspace, viewer: Viewer, sop: Sop, endpoint: str, model: str
) -> FlowVersion:
    """Derive a flow: by rules where no endpoint is named."""
    from app.services.judging import flow_deriving, flow_makers

    if not endpoint:
        return flow_deriving.derive(ctx, ws, viewer, sop, flow_makers.BaselineMaker())
    with flow_deriving.model_maker(ws, ctx, endpoint, model) as maker:
        return flow_deriving.derive(ctx, ws, viewer, sop, maker)


def steps_in(text: str) -> str:
    """How many steps and branches a text has, in words."""
    from app.eval.judging.flow_units import units_of

    units = units_of(text)
    branches = sum(u.is_branch for u in units)
    if not units:
        return "No steps found. Write each on a line, best with a number." if text.strip() else ""
    steps = len(units) - branches
    return (
        f"{steps} step{'' if steps == 1 else 's'}, {branches} branch{'' if branches == 1 else 'es'}"
    )
