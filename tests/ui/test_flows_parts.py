"""The parts of the flow editor: the draft with its undo, places in text, layout, words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.flows import FlowNode, FlowVersion
from app.eval.judging.flow_acceptance import diff
from app.eval.judging.flow_checks import check_flow
from app.ui.flows.draft import FlowDraft
from app.ui.flows.graph_layout import placed
from app.ui.flows.offsets import Offsets
from app.ui.flows.words import diff_head, diff_lines, findings_of

SOP = "1. Greet the caller.\n2. If they refuse, offer a letter.\n3. Say the new day, and close.\n"


def node(name: str, *prereq: str, **more: Any) -> FlowNode:
    body = {"text": f"Do {name}", "kind": "key", "spans": ()}
    return FlowNode(id=name, prereq=prereq, **(body | more))


NODES = (node("a"), node("b", "a"), node("c", "b"))


def version(nodes: tuple[FlowNode, ...] = NODES, sop: str = SOP) -> FlowVersion:
    return FlowVersion(id="v", key="k", version=1, title="T", sop=sop, nodes=nodes, stage="parse")


@pytest.fixture
def draft(qapp: Any) -> FlowDraft:
    made = FlowDraft()
    made.open(version())
    return made


def ids(draft: FlowDraft) -> list[str]:
    return [n.id for n in draft.nodes]


def test_every_step_can_be_taken_back_and_made_again(draft: FlowDraft) -> None:
    draft.select("b")
    draft.cycle_kind()
    draft.remove()
    assert (ids(draft), draft.selected, draft.is_changed) == (["a", "c"], "c", True)
    draft.undo()
    assert (ids(draft), draft.selected) == (["a", "b", "c"], "b")
    assert draft.can_redo == "Delete b"
    draft.undo()
    assert not draft.is_changed
    assert draft.can_undo == ""
    draft.redo()
    draft.redo()
    assert ids(draft) == ["a", "c"]
    draft.undo()
    draft.move(-1)
    assert draft.can_redo == ""


def test_a_circle_is_refused_in_words_and_nothing_changes(draft: FlowDraft) -> None:
    said: list[str] = []
    draft.refused.connect(said.append)
    assert draft.link("c", "a") is False
    assert "circle" in said[0]
    assert not draft.is_changed
    assert draft.link("a", "c") is True
    assert draft.nodes[2].prereq == ("b", "a")
    draft.unlink("b", "c")
    assert draft.nodes[2].prereq == ("a",)


def test_a_node_of_selected_text_knows_a_branch(draft: FlowDraft) -> None:
    start = SOP.index("If they")
    made = draft.add((start, SOP.index("\n3.")))
    found = next(n for n in draft.nodes if n.id == made)
    assert (found.kind, found.trigger, found.text) == ("branch", "they refuse", "Offer a letter.")
    assert draft.selected == made


def test_text_is_given_and_taken(draft: FlowDraft) -> None:
    draft.select("a")
    draft.give((0, 20))
    draft.give((10, 30))
    assert draft.nodes[0].spans == ((0, 30),)
    draft.take((5, 8))
    assert draft.nodes[0].spans == ((0, 5), (8, 30))


def test_merging_the_last_node_is_refused(draft: FlowDraft) -> None:
    said: list[str] = []
    draft.refused.connect(said.append)
    draft.select("c")
    draft.merge()
    assert "no node after" in said[0]
    draft.select("a")
    draft.merge()
    assert ids(draft) == ["a", "c"]


def test_a_new_id_is_followed_by_what_needs_it(draft: FlowDraft) -> None:
    draft.change("a", id="greet")
    assert draft.nodes[1].prereq == ("greet",)
    assert draft.selected in ("a", "greet")
    assert draft.change("greet", id="b") is False


@pytest.mark.parametrize("text", ["plain", "a😀b😀c", "核实身份😀"])
def test_places_agree_with_qt(qapp: Any, text: str) -> None:
    from PySide6.QtGui import QTextDocument

    offsets = Offsets(text)
    document = QTextDocument(text)
    assert offsets.to_qt(len(text)) == document.characterCount() - 1
    for at in range(len(text) + 1):
        assert offsets.to_python(offsets.to_qt(at)) == at
        assert offsets.to_qt(at) == len(text[:at].encode("utf-16-le")) // 2


def test_a_node_stands_right_of_all_that_it_needs() -> None:
    nodes = (node("a"), node("b", "a"), node("c", "b", "a"), node("d"), node("e"))
    found = placed(nodes, columns=1)
    columns = {i: p.column for i, p in found.nodes.items()}
    assert (columns["a"], columns["b"], columns["c"]) == (0, 1, 2)
    assert {i for i, p in found.nodes.items() if p.is_loose} == {"d", "e"}
    assert found.nodes["d"].row < found.nodes["e"].row
    # The edge over two layers passes the one between where no node stands.
    (bend,) = found.bends["a", "c"]
    assert bend.column == 1
    assert abs(bend.row - found.nodes["b"].row) >= 1


def test_no_two_things_stand_in_one_place() -> None:
    wide = tuple(
        node(f"n{i}", *(f"n{j}" for j in range(i) if (i * 7 + j * 3) % 5 == 0)) for i in range(40)
    )
    found = placed(wide)
    spots = [*found.nodes.values(), *(p for bends in found.bends.values() for p in bends)]
    assert len({(p.column, p.row) for p in spots}) == len(spots)
    for n in wide:
        assert all(found.nodes[p].column < found.nodes[n.id].column for p in n.prereq)


def test_a_difference_in_lines_with_signs() -> None:
    before = (node("a"), node("b", "a"))
    after = (replace(node("a"), text="Greet"), node("c", "a"))
    found = diff(before, after)
    assert diff_lines(found) == [
        ("+", "c  Do c"), ("−", "b  Do b"), ("~", "a  text: Do a → Greet"),
        ("+", "c needs a"), ("−", "b needed a"),
    ]  # fmt: skip
    assert diff_head(found) == "Nodes: 1 added, 1 removed, 1 changed. Edges: 2 changed."


def test_findings_are_told_at_their_nodes() -> None:
    pair = (node("a", text="Say the day"), node("b", text="Say the day", kind="branch"))
    found = findings_of(check_flow(SOP, pair))
    assert set(found) == {"a", "b"}
    assert "same" in found["a"]
