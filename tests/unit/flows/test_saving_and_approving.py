"""Saving makes versions; approving needs a lead, a note and a flow that can be judged by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.flows import FlowNode, FlowVersion
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import scenarios
from app.services.assets import asset
from app.services.judging import flows
from app.services.judging.flow_deriving import Sop, derive
from app.services.judging.flow_makers import BaselineMaker
from app.services.raters import sign_in
from app.services.workspace import Workspace
from tests.unit.flows.sops import BILL_ZH, PARCEL


@pytest.fixture
def lead(workspace: Workspace) -> Viewer:
    return sign_in(workspace, "Lea", "lead")


def derived(ws: Workspace, viewer: Viewer, text: str = PARCEL, key: str = "6.2") -> FlowVersion:
    return derive(Quiet(), ws, viewer, Sop(key=key, title="T", text=text), BaselineMaker())


def test_saving_appends_and_keeps_what_was(workspace: Workspace, lead: Viewer) -> None:
    base = derived(workspace, lead)
    made = flows.save_flow(workspace, lead, base, base.nodes[:-1], "The thanks go without saying.")
    assert (made.version, made.stage, made.parent_id) == (3, "edit", base.id)
    assert made.report["coverage"] == pytest.approx(6 / 7)
    versions = flows.flow_history(workspace, "6.2").versions
    assert versions[1] == base
    assert versions[2] == made


def test_a_broken_flow_is_not_saved(workspace: Workspace, lead: Viewer) -> None:
    base = derived(workspace, lead)
    first, second, *rest = base.nodes
    around = (replace(first, prereq=(second.id,)), replace(second, prereq=(first.id,)), *rest)
    for nodes, said in (
        (around, "circle"),
        ((first, first), "same id"),
        ((replace(first, prereq=("x",)),), "no node"),
    ):
        with pytest.raises(BadInput, match=said):
            flows.save_flow(workspace, lead, base, nodes)
    assert len(flows.flow_history(workspace, "6.2").versions) == 2


def test_an_approval_counts_what_stood_of_the_machines_proposal(
    workspace: Workspace, lead: Viewer
) -> None:
    base = derived(workspace, lead)
    first = flows.save_flow(
        workspace, lead, base, [replace(base.nodes[0], text="Greet."), *base.nodes[1:]]
    )
    second = flows.save_flow(workspace, lead, first, [replace(n, prereq=()) for n in first.nodes])
    made = flows.approve_flow(workspace, lead, second.id, "Read against the SOP.")
    assert made.proposed_id == base.id
    assert (made.nodes_kept, made.nodes_proposed) == (6, 7)
    assert (made.edges_kept, made.edges_proposed) == (0, 2)
    other = derived(workspace, lead, BILL_ZH, "4.1")
    flows.approve_flow(workspace, lead, other.id, "Fits.")
    found = flows.flow_history(workspace, "6.2")
    assert found.of_flow.node_rate == pytest.approx(6 / 7)
    assert found.over_all.node_rate == pytest.approx(14 / 15)
    assert [v.approved for v in found.versions] == [False, False, False, True]
    assert found.approvals[0].note == "Read against the SOP."
    judged_by = flows.flow_of_key(workspace, "6.2")
    assert judged_by is not None
    assert judged_by.id == second.id


def test_an_older_version_becomes_the_newest_again(workspace: Workspace, lead: Viewer) -> None:
    base = derived(workspace, lead)
    later = flows.save_flow(workspace, lead, base, base.nodes[:-1])
    flows.approve_flow(workspace, lead, later.id, "Short.")
    made = flows.approve_flow(workspace, lead, base.id, "Rather the long one.")
    judged_by = flows.flow_of_key(workspace, "6.2")
    assert judged_by is not None
    assert (judged_by.version, judged_by.nodes) == (4, base.nodes)
    assert (made.flow_version_id, made.proposed_id) == (judged_by.id, base.id)
    assert made.nodes_kept == made.nodes_proposed


def test_who_and_what_cannot_be_approved(workspace: Workspace, lead: Viewer) -> None:
    base = derived(workspace, lead)
    reviewer = sign_in(workspace, "Rob", "reviewer")
    with pytest.raises(NotAllowed):
        flows.approve_flow(workspace, reviewer, base.id, "ok")
    with pytest.raises(BadInput, match="note"):
        flows.approve_flow(workspace, lead, base.id, "  ")
    with pytest.raises(NotFound):
        flows.approve_flow(workspace, lead, "nowhere", "ok")
    bare = flows.save_flow(workspace, lead, base, [FlowNode(id="a", text="x", kind="normal")])
    with pytest.raises(BadInput, match="no key node"):
        flows.approve_flow(workspace, lead, bare.id, "ok")
    assert flows.flow_history(workspace, "6.2").approvals == ()


def test_the_list_names_flows_and_scenarios_with_steps(workspace: Workspace, lead: Viewer) -> None:
    assert flows.flow_entries(workspace) == ()
    scenarios.load_scenarios(workspace, asset("scenarios"))
    derived(workspace, lead, key="my flow")
    found = {e.key: e for e in flows.flow_entries(workspace)}
    assert (found["1.1"].versions, found["1.1"].newest) == (0, None)
    assert found["my flow"].versions == 2
    assert found["my flow"].approved is None
    with pytest.raises(NotFound):
        flows.flow_history(workspace, "nowhere")
    steps = flows.scenario_sop(workspace, "1.1")
    assert steps is not None
    assert steps.sop.startswith("1. Greet")
    assert flows.scenario_sop(workspace, "9.9") is None
