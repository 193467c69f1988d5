"""Editing and repairing nodes, the baseline, acceptance and what differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import BadInput
from app.domain.flows import FlowApproval, FlowNode, cycle, flow_problems
from app.eval.judging import flow_edits
from app.eval.judging.flow_acceptance import acceptance, diff, total
from app.eval.judging.flow_baseline import baseline_nodes, baseline_prerequisites
from app.eval.judging.flow_checks import check_flow
from app.eval.judging.flow_repair import repair_rounds
from tests.unit.flows.sops import BILL_ZH, PARCEL

A = FlowNode(id="a", text="Greet the customer", kind="normal", spans=((0, 10),))
B = FlowNode(id="b", text="Verify the number", kind="key", prereq=("a",), spans=((10, 20),))
C = FlowNode(id="c", text="Explain the delay", kind="key", prereq=("b",), spans=((20, 30),))
NODES = (A, B, C)


def test_a_node_is_added_where_its_text_stands() -> None:
    new = FlowNode(id="d", text="x", kind="normal", spans=((12, 15),))
    assert [n.id for n in flow_edits.added(NODES, new)] == ["a", "b", "d", "c"]
    early = replace(new, spans=((0, 2),))
    assert [n.id for n in flow_edits.added((B, C), early)] == ["d", "b", "c"]


def test_removing_takes_the_edges_along() -> None:
    assert [n.prereq for n in flow_edits.removed(NODES, "b")] == [(), ()]


def test_a_renamed_node_is_still_needed() -> None:
    made = flow_edits.changed(NODES, replace(B, id="verify"), was="b")
    assert made[2].prereq == ("verify",)
    with pytest.raises(BadInput, match="free"):
        flow_edits.changed(NODES, replace(B, id="a"), was="b")


def test_a_circle_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="circle"):
        flow_edits.linked(NODES, "c", "a")
    with pytest.raises(BadInput, match="itself"):
        flow_edits.linked(NODES, "a", "a")
    assert flow_edits.linked(NODES, "a", "c")[2].prereq == ("b", "a")
    assert flow_edits.unlinked(NODES, "b", "c")[2].prereq == ()


def test_merging_keeps_the_first_id_and_both_texts() -> None:
    made = flow_edits.merged(NODES, "b", "a")
    assert [(n.id, n.kind, n.prereq) for n in made] == [("a", "key", ()), ("c", "key", ("a",))]
    assert made[0].text == "Greet the customer; Verify the number"
    assert made[0].spans == ((0, 20),)


def test_merging_the_ends_of_a_chain_leaves_no_circle() -> None:
    made = flow_edits.merged(NODES, "a", "c")
    assert cycle(made) == ()
    assert [n.id for n in made] == ["a", "b"]


def test_splitting_and_moving() -> None:
    made = flow_edits.split(NODES, "b", 7)
    assert [(n.id, n.text) for n in made[1:3]] == [("b", "Verify"), ("n1", "The number")]
    assert made[2].prereq == ("a",)
    with pytest.raises(BadInput):
        flow_edits.split(NODES, "b", 0)
    assert [n.id for n in flow_edits.moved(NODES, "c", -2)] == ["c", "a", "b"]
    assert [n.id for n in flow_edits.moved(NODES, "a", 99)] == ["b", "c", "a"]


def test_repair_adds_what_is_missing_and_merges_what_is_double() -> None:
    nodes = baseline_nodes(PARCEL)
    twin = replace(nodes[1], id="twin", text="Check the order number first")
    broken = (*nodes[:2], twin, *nodes[3:])
    assert not check_flow(PARCEL, broken).passed
    (only,) = repair_rounds(PARCEL, broken)
    assert only.checks.passed
    assert len(only.reasons) == 2
    assert [n.id for n in only.nodes][:3] == ["n1", "n2", "n3"]
    assert list(repair_rounds(PARCEL, nodes)) == []


def test_repair_stops_after_three_rounds_and_says_what_is_left() -> None:
    # Two steps of one text: each repair merges them, or finds one of them without a node.
    sop = "1. Read the number out.\n2. Read out the number.\n"
    rounds = list(repair_rounds(sop, baseline_nodes(sop)))
    assert 1 <= len(rounds) <= 3
    assert rounds[-1].checks.passed
    # Nothing can be added for a node that cites everything and says what another says.
    whole = tuple(
        FlowNode(id=i, text=t, kind="key", spans=((0, len(PARCEL)),))
        for i, t in (("x", "All of it"), ("y", "Everything"))
    )
    assert [len(r.nodes) for r in repair_rounds(PARCEL, whole)] == [1]


@pytest.mark.parametrize("sop", [PARCEL, BILL_ZH, "Say hello.\n\nSay goodbye."])
def test_the_baseline_gives_a_flow_that_can_be_judged(sop: str) -> None:
    nodes = baseline_prerequisites(baseline_nodes(sop))
    assert flow_problems(nodes) == ()
    assert check_flow(sop, nodes).coverage == 1.0


def test_what_the_baseline_takes_for_key() -> None:
    nodes = baseline_prerequisites(baseline_nodes(PARCEL))
    assert [n.kind for n in nodes] == [
        "normal", "key", "branch", "key", "branch", "branch", "normal",
    ]  # fmt: skip
    assert [n.prereq for n in nodes] == [(), (), (), ("n2",), (), (), ("n4",)]
    chinese = baseline_prerequisites(baseline_nodes(BILL_ZH))
    assert [n.id for n in chinese if n.kind == "key"] == ["n2", "n5"]


def test_acceptance_counts_what_stood_of_what_was_proposed() -> None:
    accepted = (A, replace(B, text="Verify two items"), replace(C, prereq=()))
    extra = FlowNode(id="d", text="Close", kind="normal", prereq=("c",))
    found = acceptance(NODES, (*accepted, extra))
    assert (found.nodes_kept, found.nodes_proposed) == (2, 3)
    assert (found.edges_kept, found.edges_proposed) == (1, 2)
    assert (found.node_rate, found.edge_rate) == (2 / 3, 0.5)
    assert acceptance((A,), (A,)).edge_rate is None


def approval(version: str, proposed: str, kept: int) -> FlowApproval:
    return FlowApproval(
        flow_version_id=version, proposed_id=proposed, rater="x", nodes_kept=kept,
        nodes_proposed=10, edges_kept=0, edges_proposed=0, note="", created_at="",
    )  # fmt: skip


def test_over_all_flows_the_newest_word_on_a_proposal_counts() -> None:
    found = total([approval("v3", "p1", 8), approval("v2", "p1", 10), approval("w", "p2", 10)])
    assert (found.nodes_kept, found.nodes_proposed) == (18, 20)


def test_the_difference_of_two_versions() -> None:
    new = FlowNode(id="d", text="Close", kind="normal")
    found = diff(NODES, (replace(A, weight=2.0), replace(C, prereq=("a",)), new))
    assert [n.id for n in found.added] == ["d"]
    assert [n.id for n in found.removed] == ["b"]
    assert [b.id for _, b in found.changed] == ["a"]
    assert found.same == 1
    assert found.edges_added == (("a", "c"),)
    assert found.edges_removed == (("a", "b"), ("b", "c"))
