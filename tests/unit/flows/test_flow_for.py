"""Which flow judges a call, and the rubric that is made of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.calls import Call
from app.domain.errors import BadInput
from app.domain.flows import FlowApproval, FlowNode, FlowVersion
from app.services import scenarios
from app.services.assets import asset
from app.services.judging.flow_rubrics import rubric_of_flow
from app.services.judging.flows import flow_for
from app.services.raters import sign_in
from app.services.workspace import Workspace


def call_of(key: str) -> Call:
    return Call(
        id="c", code="C-1", title="", rate_hz=8000, frame_count=1, channel_map="mono", tracks=(),
        source_path="", content_sha256="", imported_at="", scenario_key=key,
    )  # fmt: skip


def stored(ws: Workspace, flow: FlowVersion) -> FlowVersion:
    with ws.db.human() as uow:
        return uow.flows.add(flow)


def plain_flow(key: str = "1.1", *, stage: str = "edit") -> FlowVersion:
    return FlowVersion(
        id="", key=key, version=0, title="T", sop="1. Do it.",
        nodes=(FlowNode(id="n1", text="Do it.", kind="key", spans=((0, 9),)),), stage=stage,
    )  # fmt: skip


def approve(ws: Workspace, flow: FlowVersion) -> None:
    lead = sign_in(ws, "Lea", "lead")
    with ws.db.human() as uow:
        uow.flows.approve(
            FlowApproval(
                flow_version_id=flow.id, proposed_id=flow.id, rater="", nodes_kept=1,
                nodes_proposed=1, edges_kept=0, edges_proposed=0, note="", created_at="",
            ),
            lead.rater_id,
        )  # fmt: skip


def test_the_scenarios_own_steps_judge_until_a_flow_is_approved(workspace: Workspace) -> None:
    scenarios.load_scenarios(workspace, asset("scenarios"))
    first = flow_for(workspace, call_of("1.1"))
    assert first is not None
    assert (first.stage, first.version, first.approved) == ("scenario", 1, False)
    assert flow_for(workspace, call_of("1.1")) == first
    draft = stored(workspace, plain_flow())
    assert flow_for(workspace, call_of("1.1")) == first
    approve(workspace, draft)
    judged_by = flow_for(workspace, call_of("1.1"))
    assert judged_by is not None
    assert (judged_by.id, judged_by.approved) == (draft.id, True)


def test_each_step_covers_its_own_line(workspace: Workspace) -> None:
    scenarios.load_scenarios(workspace, asset("scenarios"))
    flow = flow_for(workspace, call_of("1.1"))
    assert flow is not None
    lines = [flow.sop[a:b] for node in flow.nodes for a, b in node.spans]
    assert lines == flow.sop.split("\n")
    assert all(node.text in line for node, line in zip(flow.nodes, lines, strict=True))


def test_without_a_scenario_the_newest_flow_that_can_judge_is_taken(workspace: Workspace) -> None:
    assert flow_for(workspace, call_of("")) is None
    assert flow_for(workspace, call_of("9.9")) is None
    good = stored(workspace, plain_flow("9.9"))
    stored(workspace, replace(plain_flow("9.9"), nodes=()))
    assert flow_for(workspace, call_of("9.9")) == good


def test_a_flow_has_one_rubric_with_a_criterion_for_each_node(workspace: Workspace) -> None:
    scenarios.load_scenarios(workspace, asset("scenarios"))
    flow = flow_for(workspace, call_of("1.1"))
    assert flow is not None
    rubric = rubric_of_flow(workspace, flow)
    assert rubric.key == "tfc.1.1"
    assert rubric.extra == {"for": "tfc", "flow_version_id": flow.id}
    assert [c.key for c in rubric.criteria] == [n.id for n in flow.nodes]
    assert {c.key for c in rubric.criteria if c.na_allowed} == {"s7"}
    assert {lv.value for c in rubric.criteria for lv in c.levels} == {0, 1, 2}
    assert rubric_of_flow(workspace, flow).id == rubric.id


def test_a_flow_without_a_key_node_judges_nothing(workspace: Workspace) -> None:
    node = FlowNode(id="n1", text="Greet.", kind="normal")
    flow = stored(workspace, replace(plain_flow(), nodes=(node,)))
    with pytest.raises(BadInput, match="no key node"):
        rubric_of_flow(workspace, flow)
