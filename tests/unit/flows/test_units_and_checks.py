"""Splitting an SOP into units, and what is checked of a flow against it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.flows import FlowNode
from app.domain.scenarios import steps
from app.eval.judging.flow_checks import check_flow, overlaps_of, span_jaccard, tokens
from app.eval.judging.flow_scenario import scenario_flow
from app.eval.judging.flow_units import split_condition, units_of
from app.services.assets import asset
from app.services.scenarios import read_scenario
from tests.unit.flows.sops import BILL_ZH, DELIVERY_JA, PARCEL


def shown(sop: str) -> list[tuple[bool, str]]:
    return [(u.is_branch, u.text) for u in units_of(sop)]


def node(name: str, text: str, *spans: tuple[int, int], trigger: str = "") -> FlowNode:
    kind = "branch" if trigger else "key"
    return FlowNode(id=name, text=text, kind=kind, trigger=trigger, spans=spans)  # type: ignore[arg-type]


def test_steps_and_branches_of_an_english_sop() -> None:
    assert shown(PARCEL) == [
        (False, "Greet the customer and say who is calling."),
        (False, "Verify the order number before anything else."),
        (True, "If the customer refuses, offer an e-mail instead."),
        (False, "Explain the delay: name the depot, give the new day. Say sorry once."),
        (True, "If the customer asks for a refund, open a refund case and read out its number."),
        (True, "If nobody will be at home, arrange a neighbour."),
        (False, "Thank the customer and close."),
    ]


def test_a_step_goes_on_after_the_branch_inside_it() -> None:
    explain = units_of(PARCEL)[3]
    assert [PARCEL[a:b] for a, b in explain.spans] == [
        "3. Explain the delay:\n   - name the depot,\n   - give the new day.",
        "- Say sorry once.",
    ]


def test_steps_and_branches_of_a_chinese_sop() -> None:
    found = units_of(BILL_ZH)
    assert [u.is_branch for u in found] == [False, False, True, True, False, True, True, False]
    assert found[2].trigger == "客户拒绝"
    assert found[3].action == "礼貌结束通话。"
    assert found[4].text == "告知账单金额和到期日"
    assert found[7].text == "感谢客户，如实记录结果并结束通话。"


def test_a_japanese_branch() -> None:
    name, day, away = units_of(DELIVERY_JA)
    assert (name.is_branch, day.is_branch, away.is_branch) == (False, False, True)
    assert away.action == "再配達を提案する。"


@pytest.mark.parametrize(
    ("sop", "count"),
    [
        ("", 0),
        ("# Only a heading\n", 0),
        ("Greet the caller.\n\nClose the call.", 2),
        ("- Greet.\n  - warmly\n- Close.\n", 2),
        ("Step 1: Greet\nStep 2: Close", 2),
        ("(1) 问候\n（2）道别\n① 记录", 3),
        ("1.1 Greet\n1.2 Close", 2),
        ("1. Say the time.\n10:30 is never said as such.\n", 1),
        ("1.1. Greet\r\n1.2. Close\r\n", 2),
        ("1. Ring 0555 010 36 at 10.30 and wait.\n", 1),
    ],
)
def test_marks_of_steps(sop: str, count: int) -> None:
    assert len(units_of(sop)) == count


def test_units_never_share_text_and_never_leave_it() -> None:
    for sop in (PARCEL, BILL_ZH, DELIVERY_JA):
        spans = sorted(s for u in units_of(sop) for s in u.spans)
        assert all(0 <= a < b <= len(sop) for a, b in spans)
        assert all(one[1] <= two[0] for one, two in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "trigger", "action"),
    [
        ("If asked, say so.", "asked", "Say so."),
        ("When the line is bad: call back.", "the line is bad", "Call back."),
        ("若客户在忙则另约时间", "客户在忙", "另约时间"),
        ("If nobody answers", "nobody answers", "If nobody answers"),
        ("Nobody answers, or hangs up → call again.", "Nobody answers, or hangs up", "call again."),
        ("Si no contesta, llamar otra vez.", "no contesta", "Llamar otra vez."),
    ],
)
def test_trigger_and_action(text: str, trigger: str, action: str) -> None:
    assert split_condition(text) == (trigger, action)


def test_a_path_of_arrows_is_no_branch() -> None:
    assert [u.is_branch for u in units_of("1. Open Menu → Orders → Refund.")] == [False]


@pytest.mark.parametrize("path", sorted(asset("scenarios").glob("*.yaml")), ids=lambda p: p.stem)
def test_a_scenarios_text_splits_into_its_own_steps(path: Path) -> None:
    scenario = read_scenario(path)
    flow = scenario_flow(scenario.key, scenario.title, steps(scenario.body))
    found = check_flow(flow.sop, flow.nodes)
    assert found.coverage == 1.0
    branches = {n.spans[0] for n in flow.nodes if n.kind == "branch"}
    assert branches <= {u.spans[0] for u in found.units if u.is_branch}


def whole(sop: str) -> tuple[FlowNode, ...]:
    """A node for each unit, each saying something else."""
    return tuple(
        FlowNode(id=f"n{i}", text=u.text, kind="key", spans=u.spans)
        for i, u in enumerate(units_of(sop), start=1)
    )


def test_coverage_counts_units_that_a_node_cites() -> None:
    nodes = whole(PARCEL)
    assert check_flow(PARCEL, nodes).coverage == 1.0
    found = check_flow(PARCEL, nodes[:-1])
    assert found.coverage == pytest.approx(6 / 7)
    assert [u.text for u in found.uncovered] == ["Thank the customer and close."]
    assert not found.is_covered
    assert check_flow("", nodes).coverage is None


def test_a_grazed_unit_is_not_covered() -> None:
    first = units_of(PARCEL)[0].spans[0]
    assert len(check_flow(PARCEL, [node("n1", "x", (first[0], first[0] + 3))]).uncovered) == 7
    assert len(check_flow(PARCEL, [node("n1", "x", (first[0], first[0] + 20))]).uncovered) == 6


def test_nodes_over_the_same_text_overlap() -> None:
    pair = [node("a", "Greet", (0, 30)), node("b", "Say who calls", (0, 40))]
    (found,) = overlaps_of(pair)
    assert found.span_jaccard == 0.75
    assert "same text" in found.words
    assert not overlaps_of([node("a", "Greet", (0, 20)), node("b", "Say who calls", (0, 40))])


@pytest.mark.parametrize(
    ("one", "two", "flagged"),
    [
        ("Verify the customer's identity", "Verify the identity of the customer", True),
        ("Verify the identity", "Explain the delay", False),
        ("核实客户的身份信息", "核实客户身份信息", True),
        ("核实客户的身份信息", "告知账单的到期日", False),
        ("お客様の本人確認をする", "お客様の本人確認を行う", True),
        ("ＶＥＲＩＦＹ it", "verify IT", True),
    ],
)
def test_nodes_that_say_the_same_overlap_in_any_script(one: str, two: str, flagged: bool) -> None:
    assert bool(overlaps_of([node("a", one), node("b", two)])) is flagged


def test_the_same_action_under_another_trigger_is_another_node() -> None:
    pair = [
        node("a", "Offer a call back", trigger="The customer has no time at all right now"),
        node("b", "Offer a call back", trigger="Nobody at the desk knows the answer"),
    ]
    assert not overlaps_of(pair)


def test_span_jaccard_of_several_ranges() -> None:
    assert span_jaccard([(0, 10), (20, 30)], [(5, 25)]) == pytest.approx(10 / 30)
    assert span_jaccard([], []) == 0.0


def test_tokens_of_mixed_scripts() -> None:
    assert tokens("USB接口 2个") == {"usb", "接口", "2", "个"}
