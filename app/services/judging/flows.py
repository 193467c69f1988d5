"""Task flows in the workspace: which one judges a call, editing, approving, acceptance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.calls import Call
from app.domain.clock import utc_now
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.flows import FlowApproval, FlowNode, FlowVersion, cycle, flow_problems
from app.domain.ratings import Viewer
from app.domain.scenarios import steps
from app.eval.judging.flow_acceptance import Acceptance, acceptance, total
from app.eval.judging.flow_checks import check_flow
from app.eval.judging.flow_scenario import scenario_flow
from app.services.workspace import Workspace
from db.unit_of_work import Reader

EDIT = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEntry:
    """One flow of the workspace."""

    key: str
    title: str
    versions: int
    newest: FlowVersion | None
    """None for a scenario whose own steps nobody has turned into a flow yet."""
    approved: FlowVersion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowHistory:
    """A flow with everything that happened to it."""

    versions: tuple[FlowVersion, ...]
    """Oldest first."""
    approvals: tuple[FlowApproval, ...]
    """Of this flow, newest first."""
    of_flow: Acceptance
    """What experts let stand of its proposals."""
    over_all: Acceptance
    """The same over every flow of the workspace."""


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


def flow_entries(ws: Workspace) -> tuple[FlowEntry, ...]:
    """Every flow, and every scenario that has steps of its own, by key."""
    with ws.db.read() as uow:
        stored = set(uow.flows.keys())
        return tuple(
            entry
            for key in sorted(stored | set(uow.scenarios.keys()))
            if (entry := _entry(uow, key, stored)) is not None
        )


def flow_history(ws: Workspace, key: str) -> FlowHistory:
    """Versions and approvals of a flow.

    Raises:
        NotFound: there is none of that key.
    """
    with ws.db.read() as uow:
        versions = uow.flows.versions(key)
        approvals = uow.flows.approvals(key)
        every = uow.flows.approvals()
    if not versions:
        raise NotFound(f"There is no flow “{key}”.", "`callbench flow list` names all.")
    return FlowHistory(
        versions=tuple(versions),
        approvals=tuple(approvals),
        of_flow=total(approvals),
        over_all=total(every),
    )


def scenario_sop(ws: Workspace, key: str) -> FlowVersion | None:
    """The steps of a scenario as a flow, not stored; None where it has none."""
    with ws.db.read() as uow:
        scenario = uow.scenarios.get(key)
    if scenario is None:
        return None
    found = steps(scenario.body)
    return scenario_flow(key, scenario.title, found) if found else None


def save_flow(
    ws: Workspace, viewer: Viewer, base: FlowVersion, nodes: Sequence[FlowNode], reason: str = ""
) -> FlowVersion:
    """Store edited nodes as the next version; nothing is overwritten.

    Raises:
        BadInput: ids come twice, a prerequisite is no node, or prerequisites go round in a
            circle. What else is missing can be saved and completed later.
    """
    _refuse_broken(nodes)
    made = FlowVersion(
        id="",
        key=base.key,
        version=0,
        title=base.title,
        sop=base.sop,
        nodes=tuple(nodes),
        stage=EDIT,
        reason=reason.strip() or "Edited.",
        parent_id=base.id or None,
        report={**check_flow(base.sop, nodes).to_json(), "by": viewer.name},
    )
    with ws.db.human() as uow:
        return uow.flows.add(made, rater_id=viewer.rater_id)


def approve_flow(ws: Workspace, viewer: Viewer, version_id: str, note: str) -> FlowApproval:
    """Accept a version: calls of its scenario are judged by it from now on.

    One that is older than the approved one becomes the newest again, as a copy.

    Raises:
        NotAllowed: the viewer is no lead.
        NotFound: there is no such version.
        BadInput: there is no note, or nothing can be judged by the version.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead can approve a flow.", "Ask a lead.")
    if not note.strip():
        raise BadInput("An approval needs a note.", "Say what was checked.")
    with ws.db.human() as uow:
        version = uow.flows.get(version_id)
        if version is None:
            raise NotFound("This version of the flow is not stored.", "Save it first.")
        problems = flow_problems(version.nodes)
        if problems:
            raise BadInput(f"This flow cannot be approved: {problems[0]}", "Mend it and save.")
        approved = uow.flows.newest(version.key, approved=True)
        if approved is not None and approved.version > version.version:
            again = replace(
                version, stage=EDIT, reason=f"Version {version.version} again.",
                parent_id=version.id,
            )  # fmt: skip
            version = uow.flows.add(again, rater_id=viewer.rater_id)
        proposed = proposal_of(version, uow.flows.versions(version.key))
        made = _approval(version, proposed, viewer.name, note.strip())
        uow.flows.approve(made, viewer.rater_id)
    return made


def _approval(version: FlowVersion, proposed: FlowVersion, rater: str, note: str) -> FlowApproval:
    """With what stood of the proposal."""
    stood = acceptance(proposed.nodes, version.nodes)
    return FlowApproval(
        flow_version_id=version.id,
        proposed_id=proposed.id,
        rater=rater,
        nodes_kept=stood.nodes_kept,
        nodes_proposed=stood.nodes_proposed,
        edges_kept=stood.edges_kept,
        edges_proposed=stood.edges_proposed,
        note=note,
        created_at=utc_now(),
    )


def proposal_of(version: FlowVersion, versions: Iterable[FlowVersion]) -> FlowVersion:
    """What a version was edited from: the nearest one in its line that no person edited."""
    by_id = {v.id: v for v in versions}
    at = version
    while at.stage == EDIT and at.parent_id in by_id:
        at = by_id[at.parent_id]
    return at


def _entry(uow: Reader, key: str, stored: set[str]) -> FlowEntry | None:
    if key in stored:
        versions = uow.flows.versions(key)
        approved = uow.flows.newest(key, approved=True)
        newest = versions[-1]
        return FlowEntry(
            key=key, title=newest.title, versions=len(versions), newest=newest, approved=approved
        )
    made = _from_scenario(uow, key)
    if made is None:
        return None
    return FlowEntry(key=key, title=made.title, versions=0, newest=None, approved=None)


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


def _refuse_broken(nodes: Sequence[FlowNode]) -> None:
    ids = [n.id for n in nodes]
    if len(set(ids)) < len(ids):
        raise BadInput("Two nodes have the same id.", "Give one of them another.")
    for node in nodes:
        lost = [p for p in node.prereq if p not in ids]
        if lost:
            raise BadInput(f"{node.id} needs {lost[0]}, which is no node.", "Take it away.")
    circle = cycle(nodes)
    if circle:
        raise BadInput(
            f"The prerequisites of {', '.join(circle)} go round in a circle.", "Take one away."
        )
