"""What a judge is shown: never what comes later, and the scale in the rubric's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.eval.judging.call import JudgeCall, ToolUse
from app.eval.judging.data_blocks import blocks_in
from app.eval.judging.judge import plan
from app.eval.judging.options import Options
from app.eval.judging.views import View
from tests.unit.judging.judge_calls import (
    MODEL_JUDGES,
    SPOKEN,
    call_of,
    judge_named,
    other_call,
    rubric_for,
    rubric_named,
    text_of,
    turn,
    with_params,
)


def asked(name: str, call: JudgeCall) -> list[tuple[int | None, str]]:
    """Turn and text of every request."""
    found = plan(judge_named(name), rubric_for(name), call)
    return [
        (ask.item.turn_index, text_of(ask, at))
        for ask in found.asks
        for at in range(len(ask.requests))
    ]


@pytest.mark.parametrize("name", ["gic", "gic_all"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_nothing_that_comes_later_changes_what_is_asked_of_a_reply(
    name: str, data: st.DataObject
) -> None:
    at = data.draw(st.sampled_from((0, 2, 4)))
    later = data.draw(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=6))
    rest = tuple(turn(at + 1 + i, text) for i, text in enumerate(later))
    before = call_of()
    tool = ToolUse(after_turn=at, name="later", arguments="x", result="y")
    changed = replace(
        before,
        turns=(*before.turns[: at + 1], *rest),
        tools=(*(t for t in before.tools if t.after_turn < at), tool),
        ended_by=data.draw(st.sampled_from(("agent", "caller", ""))),
        goal="Something else",
        extra={},
        flow=None,
    )
    plain = [text for label, text in asked(name, replace(before, extra={})) if label == at + 1]
    assert plain
    assert [text for label, text in asked(name, changed) if label == at + 1] == plain


def test_a_reply_is_shown_with_all_that_came_before() -> None:
    for label, text in asked("gic", call_of()):
        assert label is not None
        blocks = dict(blocks_in(text))
        assert [r["turn"] for r in blocks["turns"] if "turn" in r] == list(range(1, label + 1))
        assert blocks["turn"]["turn"] == label
        assert blocks["brief"] == ["Book a visit.", "The fee is 35 pounds."]
        assert ("Thursday" in text) == (label > 2), "the tool answered after turn 2"


def test_a_tool_that_answered_before_the_end_of_the_reply_is_part_of_it() -> None:
    tools = (
        ToolUse(after_turn=2, name="early", arguments="", result="", at_s=7.0),
        ToolUse(after_turn=2, name="late", arguments="", result="", at_s=8.6),
    )
    (third,) = [t for label, t in asked("gic_all", call_of(tools=tools)) if label == 3]
    assert '"early"' in third
    assert '"late"' not in third


def test_tools_stand_where_they_happened_and_outside_of_the_call_at_its_edge() -> None:
    tools = tuple(ToolUse(after_turn=n, name=f"t{n}", arguments="", result="") for n in (-5, 1, 99))
    view = View(call=call_of(tools=tools), rule="whole", options=Options())
    ((_, trace),) = blocks_in(view.turns())
    places = [row.get("turn", row.get("tool")) for row in trace]
    assert places == ["t-5", 1, 2, "t1", 3, 4, 5, 6, 7, "t99"]


def test_what_a_log_does_not_have_of_a_tool_is_not_shown_as_empty() -> None:
    tools = (ToolUse(after_turn=1, name="look", arguments="", result=""),)
    view = View(call=call_of(tools=tools), rule="whole", options=Options())
    ((_, trace),) = blocks_in(view.turns())
    assert [row for row in trace if "tool" in row] == [{"tool": "look"}]


def test_alone_means_alone() -> None:
    call = call_of(extra={"texts": {"intended": {0: "**Hello**", 2: "Since when?", 4: "35"}}})
    (ask,) = plan(judge_named("speakability"), rubric_named("speakability"), call).asks
    blocks = dict(blocks_in(text_of(ask)))
    assert blocks.keys() == {"turns"}
    assert [(r["turn"], r["text"]) for r in blocks["turns"]] == [
        (1, "**Hello**"), (3, "Since when?"), (5, "35"),
    ]  # fmt: skip
    assert SPOKEN[1] not in text_of(ask)


def test_what_the_agent_heard_is_shown_where_it_differs() -> None:
    texts = {"heard": {1: "Hi, it shows F 28.", 3: SPOKEN[3]}}
    view = View(call=call_of(extra={"texts": texts}), rule="whole", options=Options())
    ((_, trace),) = blocks_in(view.turns())
    assert [row["agent_heard"] for row in trace if "agent_heard" in row] == ["Hi, it shows F 28."]


@pytest.mark.parametrize("name", MODEL_JUDGES)
def test_the_scale_is_the_rubric_s(name: str) -> None:
    rubric = rubric_for(name)
    changed = replace(
        rubric,
        criteria=tuple(
            replace(
                c,
                question=f"Q {c.key}?",
                levels=tuple(replace(lv, anchor=f"A {c.key} {lv.value}.") for lv in c.levels),
            )
            for c in rubric.criteria
        ),
    )
    other = other_call() if name == "pairwise" else None
    asks = plan(judge_named(name), changed, call_of(), other).asks
    for ask in asks:
        for key in ask.criteria[:1] if name == "tfc" else ask.criteria:
            criterion = next(c for c in changed.criteria if c.key == key)
            for level in criterion.levels:
                assert level.anchor in text_of(ask)
            if name not in ("tfc", key) or len(changed.criteria) == 1:
                assert criterion.question in text_of(ask), "all but overall scores are questions"


def test_the_language_is_told_only_if_it_is_one() -> None:
    assert View(call=call_of(language="fr-CA"), rule="whole", options=Options()).language == "fr-CA"
    for strange in ("", "English", "en\n", "en-", "../x", "en rate 3"):
        view = View(call=call_of(language=strange), rule="whole", options=Options())
        assert view.language == ""


def test_sound_goes_with_each_rated_turn_in_order() -> None:
    call = call_of()
    (ask,) = plan(judge_named("tts_fidelity"), rubric_named("tts_fidelity"), call).asks
    parts = ask.requests[0].audio
    assert [p.speaker for p in parts] == ["agent"] * 4
    pad = round(0.1 * call.rate_hz)
    spans = [t.item.span for t in call.agent_turns]
    assert parts[0].span.start == 0
    assert [p.span.start for p in parts[1:]] == [s.start - pad for s in spans[1:]]
    assert [p.span.end for p in parts] == [min(s.end + pad, call.item.span.end) for s in spans]
    assert "1, 3, 5, 7" in text_of(ask)


def test_many_turns_are_heard_in_several_requests() -> None:
    judge = with_params("agent_speech_fidelity", turns_per_request=3)
    asks = plan(judge, rubric_named("agent_speech_fidelity"), call_of()).asks
    assert [len(a.requests[0].audio) for a in asks] == [3, 1]
    assert [list(a.context["items"]) for a in asks] == [[1, 3, 5], [7]]


def test_text_judges_carry_no_sound() -> None:
    for name in ("conciseness", "speakability"):
        for ask in plan(judge_named(name), rubric_for(name), call_of()).asks:
            assert ask.requests[0].audio == ()


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("faithfulness", {"brief": " "}, "instructions are not known"),
        ("speakability", {"extra": {}}, "meant to say is not known"),
        ("tts_fidelity", {"extra": {}}, "meant to say is not known"),
        ("key_entity_accuracy", {"extra": {}}, "recogniser heard is not known"),
        ("tfc", {"flow": None}, "No task flow"),
        ("gic", {"turns": ()}, "never speaks"),
        ("gic", {"turns": (turn(0, "", "agent"), turn(1, "Hi"))}, "no transcript"),
        ("conciseness", {"turns": (turn(0, "Hi", "caller"),)}, "never speaks"),
        ("pairwise", {}, "no second call"),
    ],
)
def test_where_a_judge_does_not_apply_it_says_why(
    name: str, changes: dict[str, object], why: str
) -> None:
    found = plan(judge_named(name), rubric_for(name), call_of(**changes))
    assert found.asks == ()
    assert why in found.skipped


def test_audio_judges_need_no_transcript() -> None:
    silent = call_of([""] * 4)
    found = plan(
        judge_named("agent_speech_fidelity"), rubric_named("agent_speech_fidelity"), silent
    )
    assert list(found.asks[0].context["items"]) == [1, 3]


def test_what_needs_the_brief_is_left_out_without_it_and_that_is_said() -> None:
    for name in ("gic", "gic_all"):
        found = plan(judge_named(name), rubric_named("gic"), call_of(brief=""))
        assert "hallucination" not in {k for ask in found.asks for k in ask.criteria}
        assert found.notes == ("Hallucination handling: the agent's brief is not known.",)


def test_a_flow_and_a_rubric_of_different_versions_are_not_mixed() -> None:
    call = call_of()
    assert call.flow is not None
    newer = replace(call.flow, nodes=call.flow.nodes[:-1])
    found = plan(judge_named("tfc"), rubric_for("tfc"), replace(call, flow=newer))
    assert "another version" in found.skipped


def test_options_that_do_not_exist_are_refused() -> None:
    for params in ({"na_mode": "zero"}, {"agent_text": "all"}, {"needs": ["luck"]}):
        with pytest.raises(BadInput, match=rf"{next(iter(params))} “\w+” is none of"):
            plan(with_params("gic", **params), rubric_named("gic"), call_of())
    with pytest.raises(BadInput, match="sees later ones"):
        plan(
            replace(judge_named("conciseness"), context="history"),
            rubric_named("conciseness"),
            call_of(),
        )
    with pytest.raises(BadInput, match="no shape"):
        plan(replace(judge_named("gic"), shape="poem"), rubric_named("gic"), call_of())
