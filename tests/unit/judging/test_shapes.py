"""Reading replies: each shape, its edges and its contradictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from app.domain.judging import Verdict
from app.eval.judging.asks import Ask, ReplyProblem
from app.eval.judging.call import JudgeCall
from app.eval.judging.judge import plan, read
from app.eval.judging.shapes.dimensions import lowest, severity
from app.eval.outbound.compliance import NodeVerdict, compliance
from tests.unit.judging.judge_calls import (
    FLOW,
    SPOKEN,
    call_of,
    flow_rubric,
    judge_named,
    other_call,
    rubric_named,
    said,
    text_of,
    turn,
    with_params,
)

GIC = rubric_named("gic")
EXCLUDED = {"na_mode": "exclude"}


def ask_of(name: str, call: JudgeCall, key: str, at: int) -> Ask:
    asks = plan(judge_named(name), GIC, call).asks
    return next(a for a in asks if key in a.criteria and a.item.turn_index == at + 1)


# ------------------------------------------------------------------ one criterion, all criteria


def test_gic_asks_each_dimension_of_each_reply_on_its_own() -> None:
    call = call_of()
    asks = plan(judge_named("gic"), GIC, call).asks
    assert [(a.item, a.criteria) for a in asks] == [
        (t.item, (c.key,)) for t in call.agent_turns for c in GIC.criteria
    ]
    assert all(len(a.requests) == 1 for a in asks)


def test_a_score_keeps_its_reason_and_evidence_as_indices() -> None:
    ask = ask_of("gic", call_of(), "intent", 4)
    (found,) = read(judge_named("gic"), GIC, ask, [said(1, 5, 2, 5, reason="  Half. ")])
    assert found == Verdict(
        criterion_key="intent", value=1, rationale="Half.", evidence=(4, 1), details=EXCLUDED
    )


def test_turns_that_were_not_shown_are_no_evidence_and_are_noted() -> None:
    ask = ask_of("gic", call_of(), "intent", 2)
    (found,) = read(judge_named("gic"), GIC, ask, [said(2, 3, 4, 0, -1, 99)])
    assert found.evidence == (2,)
    assert found.details == {**EXCLUDED, "unknown_turns": [4, 0, -1, 99]}
    assert not found.flagged


def test_not_applicable_is_no_value_and_names_its_mode() -> None:
    ask = ask_of("gic", call_of(), "noise", 0)
    for mode in ("exclude", "full"):
        (found,) = read(with_params("gic", na_mode=mode), GIC, ask, [said(None)])
        assert (found.value, found.details) == (None, {"na_mode": mode})


def test_what_always_applies_cannot_be_not_applicable() -> None:
    ask = ask_of("gic", call_of(), "coherence", 0)
    for bad in (None, 3, -1):
        with pytest.raises(ReplyProblem) as problem:
            read(judge_named("gic"), GIC, ask, [said(bad)])
        assert problem.value.kind == "off_scale"


def test_a_reason_without_end_is_cut() -> None:
    ask = ask_of("gic", call_of(), "intent", 0)
    (found,) = read(judge_named("gic"), GIC, ask, [said(2, reason="x" * 100_000)])
    assert len(found.rationale) == 4000


def test_all_dimensions_in_one_reply() -> None:
    ask = ask_of("gic_all", call_of(), "intent", 4)
    reply = {c.key: said(i % 3, 5) for i, c in enumerate(GIC.criteria)}
    found = read(judge_named("gic_all"), GIC, ask, [reply])
    assert [(v.criterion_key, v.value) for v in found] == [
        (c.key, i % 3) for i, c in enumerate(GIC.criteria)
    ]


@pytest.mark.parametrize("name", ["gic", "gic_all"])
@pytest.mark.parametrize("text", ["", " \n", "...", "—"])
def test_an_empty_reply_is_judged_without_a_model(name: str, text: str) -> None:
    call = call_of(("Hello.", "Hi?", text, "Are you there?"))
    asks = [a for a in plan(judge_named(name), GIC, call).asks if a.item.turn_index == 3]
    assert [a.requests for a in asks] == [()]
    found = read(judge_named(name), GIC, asks[0], [])
    values = {v.criterion_key: v.value for v in found}
    assert values == {c.key: None for c in GIC.criteria} | {"coherence": 0, "intent": 0}
    assert all(v.flagged and v.details == {**EXCLUDED, "empty_reply": True} for v in found)


@pytest.mark.parametrize("name", ["gic", "gic_all"])
def test_a_turn_that_is_heard_and_has_no_words_is_unscored_not_zero(name: str) -> None:
    heard = {**call_of().extra, "timing": {"origin": "detector"}}
    found = plan(judge_named(name), GIC, call_of(("Hello.", "Hi?", "", "Yes?"), extra=heard))
    assert {a.item.turn_index for a in found.asks} == {1}
    assert found.notes == ("Turn 3: speech was found, but no words are known.",)


def test_as_many_replies_as_requests() -> None:
    ask = ask_of("gic", call_of(), "intent", 0)
    for objects in ([], [said(1), said(1)]):
        with pytest.raises(ReplyProblem):
            read(judge_named("gic"), GIC, ask, objects)


def test_a_rubric_of_calls_is_asked_once() -> None:
    judge = replace(judge_named("gic_all"), unit="call", context="whole", rubric="call_handling")
    rubric = rubric_named("call_handling")
    (ask,) = plan(judge, rubric, call_of()).asks
    assert ask.item == call_of().item
    assert ask.criteria == tuple(c.key for c in rubric.criteria)


# ------------------------------------------------------------------ dimensions and overall


def rated(name: str, scores: Sequence[int], overall: int) -> tuple[Verdict, ...]:
    rubric = rubric_named(name)
    (ask,) = plan(judge_named(name), rubric, call_of()).asks
    keys = [c.key for c in rubric.criteria if c.key != name]
    parts = {k: said(s, 3) if s < 3 else said(s, 1) for k, s in zip(keys, scores, strict=True)}
    reply = {"dimensions": parts, "reason": "All in all.", "score": overall}
    return read(judge_named(name), rubric, ask, [reply])


def test_the_overall_score_follows_from_the_dimensions() -> None:
    whole, *dimensions = rated("faithfulness", (3, 2, 3, 3, 3), 2)
    assert (whole.criterion_key, whole.value, whole.flagged) == ("faithfulness", 2, False)
    assert whole.evidence == (2,), "where a dimension is not clean"
    assert [d.value for d in dimensions] == [3, 2, 3, 3, 3]


def test_an_overall_score_that_contradicts_its_dimensions_is_recomputed_and_flagged() -> None:
    whole, *_ = rated("faithfulness", (3, 1, 3, 3, 3), 3)
    assert (whole.value, whole.flagged) == (1, True)
    assert (whole.details["said"], whole.details["follows"]) == (3, 1)
    assert "3" in whole.details["contradiction"]
    whole, *_ = rated("conversation_progression", (3, 2, 2, 3), 1)
    assert (whole.value, whole.flagged) == (2, True)


def test_the_rules_of_eva() -> None:
    for scores in product((1, 2, 3), repeat=4):
        unclean = sum(s < 3 for s in scores)
        expected = 1 if 1 in scores or unclean >= 3 else 2 if unclean else 3
        assert severity(scores, (1, 2, 3)) == expected
        assert lowest(scores, (1, 2, 3)) == min(scores)
    assert severity((), (1, 2, 3)) is None
    assert lowest((), (1, 2, 3)) is None


# ------------------------------------------------------------------ a rating for each turn


def ratings(
    name: str, entries: Sequence[Mapping[str, Any]], call: JudgeCall | None = None
) -> dict[int, Verdict]:
    rubric = rubric_named(name)
    (ask,) = plan(judge_named(name), rubric, call or call_of()).asks
    found = read(judge_named(name), rubric, ask, [{"turns": entries}])
    assert all(v.item is not None for v in found)
    return {v.item.turn_index: v for v in found if v.item and v.item.turn_index}


def concise(turn_: int, rating: int | None, *modes: str) -> dict[str, Any]:
    return {"turn": turn_, "reason": "So.", "failure_modes": list(modes), "rating": rating}


def test_each_turn_has_its_rating_pinned_to_it() -> None:
    found = ratings(
        "conciseness",
        [concise(5, 3), concise(1, 1, "verbosity_or_filler"), concise(3, None), concise(7, 3)],
    )
    assert {n: v.value for n, v in found.items()} == {1: 1, 3: None, 5: 3, 7: 3}
    assert found[1].details == {**EXCLUDED, "failure_modes": ["verbosity_or_filler"]}
    assert found[5].item == call_of().turns[4].item
    assert found[5].evidence == (4,)


@pytest.mark.parametrize(
    ("rating", "modes", "contradicts"),
    [(3, (), False), (3, ("verbosity_or_filler",), True), (2, ("verbosity_or_filler",), False),
     (1, (), True), (None, (), False)],
)  # fmt: skip
def test_a_rating_against_its_own_faults_is_flagged(
    rating: int | None, modes: tuple[str, ...], contradicts: bool
) -> None:
    found = ratings(
        "conciseness",
        [concise(1, rating, *modes), *(concise(n, 3) for n in (3, 5, 7))],
    )
    assert found[1].flagged is contradicts
    assert ("contradiction" in found[1].details) is contradicts
    assert found[1].value == rating


@pytest.mark.parametrize(
    ("numbers", "why"),
    [((1, 3, 5), "turn 7"), ((), "turn 1, 3, 5, 7"), ((1, 1, 3, 5, 7), "twice")],
)
def test_a_reply_that_leaves_out_a_turn_or_has_it_twice_is_not_used(
    numbers: Sequence[int], why: str
) -> None:
    with pytest.raises(ReplyProblem, match=why) as problem:
        ratings("conciseness", [concise(n, 3) for n in numbers])
    assert problem.value.kind == "parse"


def test_turns_that_nobody_asked_about_are_passed_over() -> None:
    found = ratings("conciseness", [concise(n, 3) for n in (1, 2, 3, 5, 7, 99)])
    assert sorted(found) == [1, 3, 5, 7]
    assert found[1].details["unknown_turns"] == [2, 99]


def test_a_turn_without_anything_to_check_does_not_apply() -> None:
    entry = {"heard": "Hello.", "reason": "Nothing.", "rating": 1}
    found = ratings(
        "agent_speech_fidelity",
        [{**entry, "turn": n, "has_entities": n == 5} for n in (1, 3, 5, 7)],
    )
    assert {n: v.value for n, v in found.items()} == {1: None, 3: None, 5: 1, 7: None}
    assert found[5].details["heard"] == "Hello."
    assert not any(v.flagged for v in found.values())


def test_something_to_check_that_is_not_rated_is_flagged() -> None:
    entry = {"heard": "Hello.", "has_entities": True, "reason": "So.", "rating": None}
    found = ratings("agent_speech_fidelity", [{**entry, "turn": n} for n in (1, 3, 5, 7)])
    assert all(v.value is None and v.flagged for v in found.values())


def test_turns_of_which_nothing_is_known_are_not_rated() -> None:
    call = call_of(("Hello.", "Hi?", "...", "Well?", "Bye."))
    assert sorted(ratings("conciseness", [concise(1, 3), concise(5, 3)], call)) == [1, 5]
    found = plan(judge_named("conciseness"), rubric_named("conciseness"), call)
    assert found.notes == ("Turn 3: no words are known.",)


# ------------------------------------------------------------------ task flow


TFC = flow_rubric(FLOW)


def steps(call: JudgeCall | None = None, **given: tuple[str, Sequence[int]]) -> dict[str, Verdict]:
    (ask,) = plan(judge_named("tfc"), TFC, call or call_of()).asks
    reply = {
        n.id: {"reason": "r", "evidence_turns": list(turns), "status": status}
        for n in FLOW.nodes
        for status, turns in [given.get(n.id, ("not_done", ()))]
    }
    return {v.criterion_key: v for v in read(judge_named("tfc"), TFC, ask, [reply])}


def test_steps_have_a_status_and_the_turn_where_they_were_first_done() -> None:
    found = steps(
        s1=("done", [1]), s2=("done", [5, 3]), s4=("partial", [5]), s5=("not_applicable", []),
        s6=("done", [7]),
    )  # fmt: skip
    assert {k: v.value for k, v in found.items()} == {
        "s1": 2, "s2": 2, "s4": 1, "s5": None, "s6": 2,
    }  # fmt: skip
    assert found["s2"].evidence == (4, 2)
    assert found["s2"].details["first_turn"] == 2
    assert "first_turn" not in found["s5"].details


def test_verdicts_of_steps_give_tfc() -> None:
    found = steps(
        s1=("done", [1]), s2=("done", [3]), s4=("done", [5]), s5=("not_applicable", []),
        s6=("not_done", []),
    )  # fmt: skip
    made = compliance(
        FLOW.nodes,
        {
            k: NodeVerdict(value=v.value, first_turn=v.details.get("first_turn"))
            for k, v in found.items()
        },
    )
    assert made.key_rate == pytest.approx(2 / 3)
    assert made.tfc == pytest.approx(0.7 * (0.7 * 2 / 3 + 0.3 * 3 / 4) + 0.3)


def test_only_a_branch_may_not_apply() -> None:
    with pytest.raises(ReplyProblem) as problem:
        steps(s4=("not_applicable", []))
    assert problem.value.kind == "off_scale"


def test_done_without_a_turn_is_flagged_as_its_place_is_unknown() -> None:
    found = steps(s2=("done", [99]))
    assert (found["s2"].value, found["s2"].flagged) == (2, True)
    assert found["s2"].details["no_evidence"]
    assert found["s2"].details["unknown_turns"] == [99]
    assert "first_turn" not in found["s2"].details


@pytest.mark.parametrize(
    ("ended_by", "given", "blocked"),
    [
        ("caller", {"s1": ("done", [1]), "s2": ("done", [3])}, {"s4", "s6"}),
        ("caller", {"s1": ("done", [1]), "s4": ("done", [5])}, {"s6"}),
        ("caller", {"s6": ("done", [7])}, set()),
        ("caller", {}, {"s2", "s4", "s6"}),
        ("agent", {"s1": ("done", [1])}, set()),
        ("", {"s1": ("done", [1])}, set()),
    ],
)
def test_key_steps_after_a_hang_up_are_blocked_and_not_done(
    ended_by: str, given: dict[str, Any], blocked: set[str]
) -> None:
    found = steps(call_of(ended_by=ended_by), **given)
    assert {k for k, v in found.items() if v.details.get("blocked_by_hangup")} == blocked
    assert all(found[k].value == 0 for k in blocked)


# ------------------------------------------------------------------ key entities


def entity(value: str, heard: str, outcome: str) -> dict[str, Any]:
    return {"type": "code", "value": value, "heard": heard, "reason": "r", "outcome": outcome}


def heard_call() -> JudgeCall:
    texts = {
        "intended": {1: "It shows F 28.", 3: "Since Monday."},
        "heard": {1: "It shows S 28.", 3: "Since Monday."},
        "human": {3: "Since last Monday."},
    }
    return call_of(extra={"texts": texts})


def test_entities_are_counted_for_each_of_the_caller_s_turns() -> None:
    entries = [
        {"turn": 2, "entities": [entity("F 28", "S 28", "wrong"), entity("x", "x", "correct"),
                                 entity("y", "", "unclear")]},
        {"turn": 4, "entities": [entity("Monday", "Monday", "correct")]},
        {"turn": 6, "entities": []},
    ]  # fmt: skip
    found = ratings("key_entity_accuracy", entries, heard_call())
    assert {n: v.value for n, v in found.items()} == {2: 0, 4: 1, 6: None}
    counts = {n: (v.details["correct"], v.details["total"]) for n, v in found.items()}
    assert counts == {2: (1, 2), 4: (1, 1), 6: (0, 0)}
    assert "F 28 was heard as S 28" in found[2].rationale


def test_the_truth_is_the_best_transcript_that_is_not_the_recogniser_s() -> None:
    (ask,) = plan(
        judge_named("key_entity_accuracy"), rubric_named("key_entity_accuracy"), heard_call()
    ).asks
    assert '"said": "It shows F 28.", "agent_heard": "It shows S 28."' in text_of(ask)
    assert '"said": "Since last Monday."' in text_of(ask)
    assert f'"said": "{SPOKEN[5]}"' in text_of(ask), "the transcript that is shown"
    only_heard = {"texts": {"heard": {1: "Hi"}}, "text": {"role": "heard"}}
    found = plan(
        judge_named("key_entity_accuracy"),
        rubric_named("key_entity_accuracy"),
        call_of(extra=only_heard),
    )
    assert "only as the agent's recogniser heard it" in found.skipped


# ------------------------------------------------------------------ pairs


PAIRWISE = rubric_named("pairwise")


def preferred(first: str, second: str, *, turned: bool = False) -> Verdict:
    calls = (other_call(), call_of()) if turned else (call_of(), other_call())
    (ask,) = plan(judge_named("pairwise"), PAIRWISE, *calls).asks
    replies = [
        {"better": {"reason": f"r{n}", "evidence_a": [1], "evidence_b": [2, 99], "choice": choice}}
        for n, choice in enumerate((first, second))
    ]
    (found,) = read(judge_named("pairwise"), PAIRWISE, ask, replies)
    return found


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "value", "consistent"),
    [
        ("a", "b", 1, True), ("b", "a", -1, True), ("tie", "tie", 0, True),
        ("a", "a", 0, False), ("b", "b", 0, False), ("a", "tie", 0, False),
        ("tie", "a", 0, False),
    ],
)  # fmt: skip
def test_a_preference_holds_only_in_both_orders(
    first: str, second: str, value: int, consistent: bool, turned: bool
) -> None:
    found = preferred(first, second, turned=turned)
    assert found.value == value
    assert found.flagged is not consistent
    assert found.details.get("inconsistent", False) is not consistent
    assert len(found.details["order_values"]) == 2


def test_the_same_pair_is_asked_alike_whichever_call_is_named_first() -> None:
    one = plan(judge_named("pairwise"), PAIRWISE, call_of(), other_call()).asks
    assert plan(judge_named("pairwise"), PAIRWISE, other_call(), call_of()).asks == one
    (ask,) = one
    assert (ask.item.kind, ask.item.call_id, ask.context["other"].call_id) == ("pair", "c1", "c2")
    straight, turned = (text_of(ask, n) for n in (0, 1))
    assert straight != turned
    hello = straight.index("I'll send someone."), turned.index("I'll send someone.")
    halvard = straight.index(SPOKEN[4]), turned.index(SPOKEN[4])
    assert halvard[0] < hello[0]
    assert halvard[1] > hello[1]


def test_evidence_of_a_pair_is_of_its_first_call_and_the_other_s_is_beside_it() -> None:
    found = preferred("a", "b")
    assert found.evidence == (0, 1), "A of the straight order, B of the turned one"
    assert found.details["other_evidence"] == [0, 1]
    assert found.details["unknown_turns"] == [99]
    assert found.rationale == "r0"
    assert preferred("a", "a").rationale == "r0\nIn the other order: r1"


def test_a_call_is_not_compared_with_itself_or_with_one_without_words() -> None:
    silent = other_call(turns=(turn(0, ""),))
    assert "itself" in plan(judge_named("pairwise"), PAIRWISE, call_of(), call_of()).skipped
    assert "no transcript" in plan(judge_named("pairwise"), PAIRWISE, call_of(), silent).skipped
