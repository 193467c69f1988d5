"""What a judge is shown of a call: pins, texts by role, brief, tools, and how the call ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import NotFound
from app.domain.work import Quiet
from app.services import calls, demo, layers, raters, rating, timing
from app.services.importing import foreign_intake
from app.services.judging.calls import ended_by, judge_call
from app.services.rating_forms import items_of
from app.services.workspace import Workspace

QUIET = Quiet()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("XDG_CONFIG_HOME", str(home))
        opened = Workspace.open(tmp_path_factory.mktemp("demo") / "ws")
        demo.make_demo(QUIET, opened)
        yield opened
        opened.close()


def _first(ws: Workspace) -> str:
    return calls.get_call(ws, "CB-00001").id


def test_turns_are_pinned_as_a_persons_form_pins_them(sample: Workspace) -> None:
    call_id = _first(sample)
    turn_set = timing.turn_set(sample, call_id)
    gic = next(r for r in rating.rubric_versions(sample) if r.key == "gic")
    found = judge_call(sample, call_id)
    assert [t.item for t in found.agent_turns] == list(items_of(call_id, gic, turn_set))
    assert [t.text for t in found.turns] == [t.text for t in turn_set.turns]
    assert [t.index for t in found.turns] == list(range(len(turn_set.turns)))


def test_brief_is_the_agents_side_alone(sample: Workspace) -> None:
    found = judge_call(sample, _first(sample))
    assert "Verify identity with two items" in found.brief
    assert "If this happens: The customer doubts that anyone will follow up." in found.brief
    assert "bicycle" not in found.brief  # of the caller's background
    assert "Why 36 pounds are gone." in found.goal
    assert found.flow is not None
    assert "s2" in {n.id for n in found.flow.nodes}


def test_tools_come_from_events_where_no_log_came_along(sample: Workspace) -> None:
    found = judge_call(sample, _first(sample))
    assert [t.name for t in found.tools] == ["ledger.lookup", "refund.create"]
    marks = [
        e["start"]
        for e in calls.get_call(sample, "CB-00001").extra["events"]
        if e["kind"] == "tool"
    ]
    for tool, frame in zip(found.tools, marks, strict=True):
        assert found.turns[tool.after_turn].item.span.start <= frame
        assert found.turns[tool.after_turn + 1].item.span.start > frame


def test_a_persons_words_are_said_to_be_theirs(sample: Workspace) -> None:
    ws = sample
    call_id = calls.get_call(ws, "CB-00002").id
    before = judge_call(ws, call_id)
    assert before.extra["text"]["role"] == "intended"
    told = next(x for x in layers.layers(ws, call_id) if x.kind == "transcript")
    line = next(s for s in layers.segments(ws, told.id) if s.speaker == "agent")
    viewer = raters.sign_in(ws, "Ann", "reviewer")
    layers.edit(
        ws, viewer, call_id, "text", {"segment_id": line.id, "text": "Hm."}, base_layer_id=told.id
    )
    after = judge_call(ws, call_id)
    assert after.extra["text"]["origin"] == "human"
    assert after.extra["text"]["corrected"] == 1
    assert after.agent_turns[0].text.startswith("Hm.")
    assert after.agent_turns[0].intended == before.agent_turns[0].text
    assert after.extra["texts"]["human"][after.agent_turns[0].index].startswith("Hm.")


def test_a_call_without_timing_is_refused(tmp_path: Path, sample: Workspace) -> None:
    with pytest.raises(NotFound, match="no call"):
        judge_call(sample, "nobody")


def test_logs_of_eva_give_tools_with_arguments_and_both_sides_of_the_text(
    tmp_path: Path, shared_data: Path
) -> None:
    ws = Workspace.open(tmp_path / "ws")
    foreign_intake.take_in(QUIET, ws, "eva", [shared_data / "eva" / "sample_run"])
    call = judge_call(ws, calls.get_call(ws, "CB-00001").id)
    ws.close()
    assert [t.name for t in call.tools] == [
        "get_reservation",
        "search_rebooking_options",
        "search_rebooking_options",
        "rebook_flight",
        "assign_seat",
    ]
    assert '"status": "success"' in call.tools[0].result
    assert [t.after_turn for t in call.tools] == sorted(t.after_turn for t in call.tools)
    assert call.ended_by == "caller"
    assert call.extra["pipeline"] == "cascade"
    assert {"intended", "heard"} <= set(call.extra["texts"])


@pytest.mark.parametrize(
    ("outcome", "who"),
    [
        ("user_hangup", "caller"),
        ("agent_hangup", "agent"),
        ("customer-ended-call", "caller"),
        ("assistant-ended-call", "agent"),
        ("Wrong outcome", ""),
        ("assistant-error", ""),
        ("silence-timed-out", ""),
    ],
)
def test_who_ended_a_call_follows_from_the_platforms_word(
    sample: Workspace, outcome: str, who: str
) -> None:
    call = calls.get_call(sample, "CB-00001")
    assert ended_by(replace(call, outcome=outcome)) == who
    assert ended_by(replace(call, outcome=outcome, extra={"ended_by": "agent"})) == "agent"


def test_interruptions_mark_the_turn_that_was_cut(sample: Workspace) -> None:
    call_id = _first(sample)
    turn_set = timing.turn_set(sample, call_id)
    cut = {t.index for t in judge_call(sample, call_id).turns if t.interrupted_by_other}
    said = {i.segment_ids[0] for i in turn_set.interruptions}
    assert cut == {t.index - 1 for t in turn_set.turns if said & set(t.segment_ids)}
    assert cut
