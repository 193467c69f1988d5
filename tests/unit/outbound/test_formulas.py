"""OutboundEval's arithmetic against the published table and vectors worked out by hand."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import BadInput
from app.domain.flows import FlowNode
from app.domain.scenarios import StepKind
from app.eval.outbound.compliance import NodeVerdict, compliance
from app.eval.outbound.final import effective_weights, final
from app.eval.outbound.interaction import interaction
from app.eval.outbound.macro import mean_of_means
from app.eval.outbound.weights import EQUAL, PAPER, Weights, what_if

EXACT = 1e-12


def node(name: str, kind: StepKind = "key", *prereq: str, weight: float = 1.0) -> FlowNode:
    trigger = "It happens" if kind == "branch" else ""
    return FlowNode(id=name, text=name, kind=kind, trigger=trigger, prereq=prereq, weight=weight)


WORKED = (
    node("n1"), node("n2", "key", "n1"), node("n3", "key", "n2"), node("n4", "key", "n3"),
    node("n5", "normal", "n2"), node("n6", "branch"),
)  # fmt: skip


def done(**turns: int | None) -> dict[str, NodeVerdict]:
    """Nodes of the worked vector: the named ones are done at that turn, the branch is untouched."""
    found = {n.id: NodeVerdict(value=0) for n in WORKED} | {"n6": NodeVerdict(value=None)}
    return found | {i: NodeVerdict(value=2, first_turn=t) for i, t in turns.items()}


MEANS: Mapping[str, list[int | None]] = {
    "naturalness": [2, 2], "coherence": [1, 2], "hallucination": [2, 2], "redundancy": [1, 1],
    "intent": [2, 2], "emotion": [None, None], "noise": [None, None], "safety": [None, None],
}  # fmt: skip


def test_the_worked_vector_is_met_exactly() -> None:
    found = compliance(WORKED, done(n1=1, n2=2, n5=3, n4=4))
    assert found.key_rate == 0.75
    assert found.overall_rate == pytest.approx(0.8, abs=EXACT)
    assert found.cov == pytest.approx(0.765, abs=EXACT)
    assert found.proc is not None
    assert found.proc.value == pytest.approx(2 / 3, abs=EXACT)
    assert (found.proc.eligible, found.proc.in_order) == (("n2", "n4", "n5"), ("n2", "n5"))
    assert found.tfc == pytest.approx(0.7355, abs=EXACT)
    left_out, full = interaction(MEANS), interaction(MEANS, na_mode="full")
    assert left_out.gic == pytest.approx(0.875, abs=EXACT)
    assert full.gic == pytest.approx(0.90, abs=EXACT)
    assert left_out.least == pytest.approx(0.70, abs=EXACT)
    assert final(found.tfc, left_out.gic) == pytest.approx(0.798275, abs=EXACT)
    assert final(found.tfc, full.gic) == pytest.approx(0.809525, abs=EXACT)


def test_the_published_table_is_reproduced(shared_data: Path) -> None:
    with (shared_data / "outbound_eval" / "leaderboard.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    for row in rows:
        made = final(float(row["tfc"]), float(row["gic"]))
        assert made == pytest.approx(float(row["final"]), abs=1e-4), row["model"]


def test_partial_is_nothing_when_strict_and_half_when_lenient() -> None:
    verdicts = done(n1=1, n2=2, n3=3, n4=4, n5=5) | {"n5": NodeVerdict(value=1, first_turn=5)}
    strict, lenient = (compliance(WORKED, verdicts, mode=m) for m in ("strict", "lenient"))
    assert (strict.key_rate, strict.overall_rate) == (1.0, pytest.approx(0.8))
    assert lenient.overall_rate == pytest.approx(0.9)


def test_without_a_key_node_there_is_no_figure_rather_than_zero() -> None:
    found = compliance((node("n1", "normal"),), {"n1": NodeVerdict(value=2, first_turn=1)})
    assert (found.key_rate, found.cov, found.tfc) == (None, None, None)
    assert "no key node" in found.reason


def test_an_unscored_node_leaves_the_call_unscored() -> None:
    verdicts = done(n1=1)
    del verdicts["n3"]
    found = compliance(WORKED, verdicts)
    assert found.tfc is None
    assert found.reason == "1 of 6 nodes are unscored."


def test_only_a_branch_can_be_not_applicable() -> None:
    found = compliance(WORKED, done(n1=1) | {"n2": NodeVerdict(value=None)})
    assert found.tfc is None
    assert found.reason.startswith("n2 is no branch")


def test_a_branch_counts_once_its_trigger_occurred() -> None:
    everything = done(n1=1, n2=2, n3=3, n4=4, n5=5)
    assert compliance(WORKED, everything).overall_rate == 1.0
    missed = everything | {"n6": NodeVerdict(value=0)}
    assert compliance(WORKED, missed).overall_rate == pytest.approx(5 / 6)


def test_the_same_turn_is_in_order() -> None:
    found = compliance(WORKED, done(n1=1, n2=1, n3=1, n4=1, n5=1)).proc
    assert found is not None
    assert found.value == 1.0
    assert found.kendall_tau is None


def test_nothing_executed_has_no_order_to_be_good_at() -> None:
    found = compliance(WORKED, done())
    assert found.proc is not None
    assert (found.proc.value, found.proc.vacuous, found.tfc) == (0.0, False, 0.0)


def test_order_without_anything_to_order_is_full_and_says_so() -> None:
    found = compliance(WORKED, done(n1=3)).proc
    assert found is not None
    assert (found.value, found.vacuous) == (1.0, True)


def test_only_prerequisites_that_apply_are_asked_for() -> None:
    nodes = (node("a", "branch"), node("b", "key", "a"))
    quiet = {"a": NodeVerdict(value=None), "b": NodeVerdict(value=2, first_turn=4)}
    proc = compliance(nodes, quiet).proc
    assert proc is not None
    assert (proc.value, proc.vacuous) == (1.0, True)
    proc = compliance(nodes, quiet | {"a": NodeVerdict(value=0)}).proc
    assert proc is not None
    assert (proc.value, proc.vacuous) == (0.0, False)


def test_a_prerequisite_done_later_is_out_of_order() -> None:
    found = compliance(WORKED, done(n1=9, n2=2, n3=3, n4=4, n5=5)).proc
    assert found is not None
    assert found.in_order == ("n3", "n4", "n5")
    assert found.value == 0.75


def test_an_unknown_turn_is_left_out_and_named() -> None:
    found = compliance(WORKED, done(n1=1, n2=2, n3=None, n4=4, n5=5))
    assert found.proc is not None
    assert found.proc.unplaced == ("n3", "n4")
    assert found.proc.value == 1.0
    nothing = compliance(WORKED, done(n1=None, n2=None))
    assert nothing.tfc is None
    assert "turns" in nothing.reason


def test_tau_is_a_diagnostic_of_reordering_that_no_prerequisite_forbids() -> None:
    nodes = (node("a"), node("b"), node("c"))
    turns = {"a": 3, "b": 2, "c": 1}
    found = compliance(nodes, {i: NodeVerdict(value=2, first_turn=t) for i, t in turns.items()})
    assert found.proc is not None
    assert found.proc.kendall_tau == -1.0
    assert found.tfc == 1.0


def test_a_hang_up_is_not_done_and_can_be_filtered() -> None:
    verdicts = done(n1=1) | {"n4": NodeVerdict(value=0, blocked_by_hangup=True)}
    found = compliance(WORKED, verdicts)
    assert (found.blocked, found.key_rate) == (("n4",), 0.25)


def test_node_weights_weigh_in_both_rates() -> None:
    nodes = (node("a", weight=3.0), node("b"), node("c", "normal", weight=4.0))
    verdicts = {i: NodeVerdict(value=v, first_turn=1) for i, v in (("a", 2), ("b", 0), ("c", 0))}
    found = compliance(nodes, verdicts)
    assert (found.key_rate, found.overall_rate) == (0.75, 0.375)


def test_gic_says_how_much_weight_it_stands_on() -> None:
    found = interaction(MEANS, unscored=2)
    assert found.weight == pytest.approx(0.8)
    assert (found.means["coherence"], found.turns["coherence"]) == (0.75, 2)
    assert (found.na_mode, found.unscored) == ("exclude", 2)
    assert interaction({"emotion": [None]}).gic is None
    assert interaction({"emotion": [None]}, na_mode="full").gic == 1.0


def test_effective_weights_of_parts_and_nodes() -> None:
    found = effective_weights(WORKED[:5])
    assert found.parts == pytest.approx(
        {"key_rate": 0.2695, "overall_rate": 0.1155, "proc": 0.165, "gic": 0.45}
    )
    assert sum(found.parts.values()) == pytest.approx(1.0, abs=EXACT)
    assert found.nodes["n5"] == pytest.approx(0.1155 / 5)
    assert found.nodes["n1"] == pytest.approx(0.385 * (0.7 / 4 + 0.3 / 5))
    assert sum(found.nodes.values()) == pytest.approx(0.385, abs=EXACT)
    assert found.dimensions["naturalness"] == pytest.approx(0.09)
    some = effective_weights(dimensions=("naturalness", "safety")).dimensions
    assert some["safety"] == pytest.approx(0.45 * 0.04 / 0.24)


def test_a_node_moves_final_by_its_effective_weight() -> None:
    before = compliance(WORKED, done(n1=1, n2=2, n3=3, n4=4))
    after = compliance(WORKED, done(n1=1, n2=2, n3=3, n4=4, n5=5))
    moved = (final(after.tfc, 1.0) or 0.0) - (final(before.tfc, 1.0) or 0.0)
    assert moved == pytest.approx(effective_weights(WORKED[:5]).nodes["n5"])


def test_what_if_weights_stand_beside_the_papers() -> None:
    mine = what_if("Safety first", tfc=0.3, dimensions={**PAPER.dimensions, "safety": 1.0})
    assert (mine.locked, PAPER.locked) == (False, True)
    assert PAPER.tfc == 0.55
    assert Weights.from_json(mine.to_json()) == mine
    assert Weights.from_json(replace(mine, name=PAPER.name).to_json()) is PAPER
    assert final(1.0, 0.0, mine) == pytest.approx(0.3)
    assert final(None, 0.5, what_if("Talk only", tfc=0.0)) == 0.5
    assert final(None, 0.5) is None
    for name, changes in ((EQUAL.name, {}), (" ", {}), ("x", {"cov": 1.5})):
        with pytest.raises(BadInput):
            what_if(name, **changes)
    with pytest.raises(BadInput):
        what_if("x", dimensions={"naturalness": 0.0})


def test_a_crowded_level_does_not_outweigh_a_sparse_one() -> None:
    rows = [(("1", "1.1"), 1.0), (("1", "1.1"), 1.0), (("1", "1.2"), 0.0), (("2", "2.1"), 0.0)]
    found = mean_of_means(rows)
    assert found is not None
    assert (found.plain, found.macro, found.n) == (0.5, 0.25, 4)
    assert found.members["1"].macro == 0.5
    assert mean_of_means([]) is None
