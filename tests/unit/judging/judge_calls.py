"""Calls, rubrics and the shipped judges, for the tests of what judges are asked and say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from app.domain.calls import Span, Speaker
from app.domain.flows import FlowNode, FlowVersion
from app.domain.judging import JudgeDefinition
from app.domain.ratings import ItemRef
from app.domain.rubrics import RubricVersion
from app.eval.judging.asks import Ask
from app.eval.judging.call import JudgeCall, JudgeTurn, ToolUse
from app.services.assets import asset
from app.services.judging.definition_files import read_judge
from app.services.rubrics import read_rubric, rubric_of

RATE_HZ = 8000
TURN_S = 3.0
MODEL_JUDGES = (
    "gic", "gic_all", "tfc", "faithfulness", "conversation_progression", "conciseness",
    "speakability", "agent_speech_fidelity", "tts_fidelity", "key_entity_accuracy", "pairwise",
)  # fmt: skip
SPOKEN = (
    "Good morning, Tove from Halvard Heating.", "Hi, it shows F twenty-eight.",
    "Since when?", "Since Monday.", "A visit is thirty-five pounds.", "Fine, book it.",
    "Booked for Thursday. Good bye.",
)  # fmt: skip


@cache
def judge_named(name: str) -> JudgeDefinition:
    return replace(read_judge(asset("judges", name) / "1"), version=1)


def with_params(name: str, **params: Any) -> JudgeDefinition:
    found = judge_named(name)
    return replace(found, params={**found.params, **params})


@cache
def rubric_named(key: str) -> RubricVersion:
    return read_rubric(asset("rubrics", f"{key}.yaml"))


def rubric_for(name: str) -> RubricVersion:
    key = judge_named(name).rubric
    return flow_rubric(FLOW) if key == "tfc" else rubric_named(key)


def turn(index: int, text: str, speaker: Speaker | None = None, **more: Any) -> JudgeTurn:
    who: Speaker = speaker or ("agent" if index % 2 == 0 else "caller")
    start = round(index * TURN_S * RATE_HZ)
    item = ItemRef(
        kind="turn", call_id="c1", span=Span(start, start + round(2.5 * RATE_HZ)),
        layer_id="l1", layer_version=1, profile_id="callbench-1", turn_index=index + 1,
        speaker=who,
    )  # fmt: skip
    return JudgeTurn(
        index=index, speaker=who, start_s=index * TURN_S, end_s=index * TURN_S + 2.5, text=text,
        item=item, **more,
    )  # fmt: skip


FLOW = FlowVersion(
    id="f1",
    key="1.4",
    version=1,
    title="Boiler",
    sop="…",
    stage="edit",
    nodes=(
        FlowNode(id="s1", kind="normal", text="Greet."),
        FlowNode(id="s2", kind="key", text="Take down the error code and since when."),
        FlowNode(id="s4", kind="key", text="State the fee.", prereq=("s2",)),
        FlowNode(id="s5", kind="branch", text="Read the list.", trigger="Another price is named"),
        FlowNode(id="s6", kind="key", text="Confirm the day.", prereq=("s2",)),
    ),
)
"""Five steps; the fourth a branch."""


def flow_rubric(flow: FlowVersion) -> RubricVersion:
    levels = [{"value": v, "anchor": a} for v, a in enumerate(("Never.", "Partly.", "Done."))]
    return rubric_of(
        {
            "key": f"tfc.{flow.key}",
            "title": flow.title,
            "criteria": [
                {"key": n.id, "title": n.text, "question": n.text, "scope": "call",
                 "levels": levels, "na_allowed": n.kind == "branch"}
                for n in flow.nodes
            ],
        }
    )  # fmt: skip


def call_of(texts: Sequence[str] = SPOKEN, **more: Any) -> JudgeCall:
    """Agent and caller in turn, the agent first; all that judges need is known."""
    turns = tuple(turn(i, text) for i, text in enumerate(texts))
    given: dict[str, Any] = {
        "call_id": "c1",
        "code": "CB-00001",
        "language": "en",
        "rate_hz": RATE_HZ,
        "item": ItemRef(
            kind="call", call_id="c1", span=Span(0, round(len(texts) * TURN_S * RATE_HZ))
        ),
        "brief": "Book a visit.\nThe fee is 35 pounds.",
        "goal": "A visit this week.",
        "turns": turns,
        "tools": (ToolUse(after_turn=1, name="slots", arguments='{"week": 1}', result="Thursday"),),
        "flow": FLOW,
        "ended_by": "agent",
        "extra": {
            "texts": {
                "intended": dict(enumerate(texts)),
                "heard": {i: text for i, text in enumerate(texts) if i % 2},
            }
        },
    }
    return JudgeCall(**{**given, **more})


def other_call(**more: Any) -> JudgeCall:
    found = call_of(("Hello.", "My boiler is broken.", "I'll send someone."), **more)
    return replace(found, call_id="c2", item=replace(found.item, call_id="c2"))


def text_of(ask: Ask, request: int = 0) -> str:
    """All that is said in a request."""
    return "\n\n".join(m["content"] for m in ask.requests[request].messages)


def said(score: int | None, *turns: int, reason: str = "Because.") -> Mapping[str, Any]:
    """One verdict as a reply has it."""
    return {"reason": reason, "evidence_turns": list(turns), "score": score}
