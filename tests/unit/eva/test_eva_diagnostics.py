"""The diagnostic metrics: speed, tools, authentication, ends, and the recogniser's errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jiwer
import pytest

from app.domain.metrics import MetricValue
from app.eval.base import Outcome, Watch
from app.eval.eva import speed, stt_wer
from app.eval.eva.record import files_of, record_of
from app.eval.eva.timeline import Timeline
from app.eval.registry import build, evaluator_class
from app.eval.text.normalise import normaliser
from tests.unit.eva.eva_support import (
    RATE_HZ,
    call_input,
    loaded,
    sample_documents,
)
from tests.unit.eva.eva_support import record_of as audio_record

SPEED = Timeline(0.0, RATE_HZ, 100 * RATE_HZ)


def run(name: str, documents: dict[str, bytes]) -> Outcome:
    return build(name).evaluate(call_input(documents), Watch())


def by_id(outcome: Outcome) -> dict[str, MetricValue]:
    return {v.metric_id: v for v in outcome.values if v.turn_id is None}


def log(rows: list[dict[str, Any]], **more: Any) -> dict[str, bytes]:
    """A caller's log, and other files as JSON."""
    found = {f"eva/{k}.json": json.dumps(v).encode() for k, v in more.items()}
    lines = [{"timestamp": i * 1000, **row} for i, row in enumerate(rows)]
    body = b"\n".join(json.dumps(line).encode() for line in lines)
    return {**found, "eva/user_simulator_events.jsonl": body}


def sound(user: str, start: float, end: float) -> list[dict[str, Any]]:
    return [
        {"event_type": f"audio_{what}", "user": user, "audio_timestamp": at}
        for what, at in (("start", start), ("end", end))
    ]


def spoke(user: str, start: float, end: float) -> list[dict[str, Any]]:
    first, last = sound(user, start, end)
    return [first, {"type": "user_speech", "data": {"text": f"at {start}"}}, last]


def closing(reason: str) -> dict[str, Any]:
    return {
        "type": "connection_state",
        "data": {"state": "session_ended", "details": {"reason": reason}},
    }


# ------------------------------------------------------------------------ speed
def test_response_speed_of_the_real_record(shared_data: Path) -> None:
    found = by_id(run("eva.response_speed", sample_documents(shared_data)))
    main = found["response_speed"]
    assert (main.value, main.n, main.unit, main.profile) == (5.616, 8, "s", "eva-0.2")
    assert main.components["dropped"] == 1
    assert found["response_speed.max"].value == 17.573
    assert found["response_speed.with_tool_calls"].value == 9.951
    assert found["response_speed.no_tool_calls"].value == 3.014
    assert found["response_speed.llm_latency"].value == 3.305
    assert found["response_speed.llm_latency"].n == 19
    assert main.evidence[0].value == pytest.approx(17.572531)


def test_only_latencies_that_can_be_are_averaged() -> None:
    caller = {t: [(10.0 * t, 10.0 * t + 1)] for t in range(1, 5)}
    agent = {1: [(11.5, 12.0)], 2: [(21.0, 22.0)], 3: [(30.5, 33.0)], 4: [(2000.0, 2001.0)]}
    values = speed.values(audio_record(caller, agent), SPEED)
    assert values[0].value == 0.5
    assert values[0].n == 1
    nothing = speed.values(audio_record({2: caller[2]}, {2: agent[2]}), SPEED)
    assert nothing[0].status == "undefined"
    assert "after the caller had ended" in nothing[0].reason


def test_stages_that_result_json_does_not_have_are_absent() -> None:
    result = {"llm_latency": {"mean_ms": "fast"}, "stt_latency": None, "tts_latency": {}}
    assert speed.stages(result) == ()
    none_called = {"llm_latency": {"mean_ms": 0.0, "total_calls": 0}}
    assert speed.stages(none_called) == ()


# ------------------------------------------------------------------------ tools
def answered(*bodies: Any) -> dict[str, bytes]:
    rows = [
        {
            "timestamp": str(1000 + i),
            "message_type": "tool_response",
            "value": {"tool": "get_reservation", "response": body},
        }
        for i, body in enumerate(bodies)
    ]
    return {"eva/audit_log.json": json.dumps({"transcript": rows}).encode()}


def test_only_errors_of_form_make_a_call_invalid() -> None:
    bodies = [
        {"status": "error", "error_type": "invalid_date_format"},
        {"status": "error", "error_type": "not_found"},
        {"status": "error", "error_type": "tool_not_found"},
        {"status": "success"},
        "plain text",
    ]
    found = by_id(run("eva.tool_call_validity", answered(*bodies)))
    assert found["tool_call_validity"].value == 0.6
    assert found["tool_call_validity"].components["errors"] == {
        "invalid_date_format": 1,
        "tool_not_found": 1,
    }
    assert found["tool_call_validity.num_tool_calls"].value == 5
    assert found["tool_call_validity.invalid_date_format_rate"].value == 0.2
    assert found["tool_call_validity.execution_error_rate"].value == 0
    assert len(found) == 2 + 19


def test_a_call_without_tools_is_valid() -> None:
    documents = log([*spoke("simulated_user", 1, 2), closing("goodbye")])
    found = by_id(run("eva.tool_call_validity", documents))
    assert (found["tool_call_validity"].value, found["tool_call_validity"].n) == (1.0, 0)
    assert len(found) == 2


# ------------------------------------------------------------------------ authentication
def authenticated(final: dict[str, Any], *tools: str) -> dict[str, MetricValue]:
    rows = [
        {"timestamp": str(i), "message_type": "tool_response", "value": {"tool": t, "response": {}}}
        for i, t in enumerate(tools)
    ]
    truth = {"expected_scenario_db": {"session": {"employee_auth": True, "id": "EMP1"}}}
    documents = {
        "eva/audit_log.json": json.dumps({"transcript": rows}).encode(),
        "eva/scenario.json": json.dumps({"ground_truth": truth}).encode(),
        "eva/final_scenario_db.json": json.dumps(final).encode(),
    }
    return by_id(run("eva.authentication_success", documents))


def test_authentication_and_how_often_it_was_tried() -> None:
    good = {"session": {"employee_auth": True, "id": "emp1", "otp": 1}}
    tools = ("verify_employee_auth", "verify_employee_auth", "verify_otp_auth", "get_record")
    found = authenticated(good, *tools)
    assert found["authentication_success"].value == 1
    assert found["authentication_success.auth_first_try_success"].value == 0
    assert found["authentication_success.num_auth_calls"].value == 1.5
    assert found["authentication_success.authentication_success_rate"].value == 0.6667
    bad = authenticated({"session": {"employee_auth": True}}, *tools)
    assert bad["authentication_success"].value == 0
    assert set(bad) == {
        "authentication_success",
        "authentication_success.num_auth_calls_on_failure",
    }
    assert set(authenticated(good)) == {"authentication_success"}


def test_a_scenario_without_a_session_asks_for_no_authentication() -> None:
    documents = {
        "eva/scenario.json": b'{"ground_truth": {"expected_scenario_db": {"t": {}}}}',
        "eva/final_scenario_db.json": b'{"t": {}}',
    }
    (value,) = run("eva.authentication_success", documents).values
    assert value.status == "undefined"
    assert "expects no session" in value.reason


# ------------------------------------------------------------------------ how it ended
USER, AGENT = "simulated_user", "assistant"
TALK = [*spoke(USER, 1, 2), *sound(AGENT, 3, 4)]
LEFT = [*sound(AGENT, 0.1, 0.5), *spoke(USER, 1, 9)]


@pytest.mark.parametrize(
    ("rows", "reason", "valid", "finished", "on_time"),
    [
        ([*TALK, closing("goodbye")], None, 1, 1, 1),
        ([*TALK, closing("goodbye"), {"type": "error"}], "goodbye", 0, 1, 1),
        ([*TALK, closing("time_limit_exceeded")], None, 0, 1, 0),
        ([*LEFT, closing("inactivity_timeout")], None, 1, 0, 1),
        ([*TALK, closing("inactivity_timeout")], None, 0, 1, 1),
        ([*TALK, closing("goodbye")], "time_limit_exceeded", 1, 1, 0),
    ],
)
def test_ends(
    rows: list[dict[str, Any]], reason: str | None, valid: int, finished: int, on_time: int
) -> None:
    documents = log(rows, result={"conversation_ended_reason": reason})
    found = {
        name: run(f"eva.{name}", documents).values[0].value
        for name in (
            "conversation_valid_end",
            "conversation_correctly_finished",
            "conversation_completed_on_time",
        )
    }
    assert list(found.values()) == [valid, finished, on_time]


def test_an_end_that_nobody_tells_of_is_undefined() -> None:
    documents = log(TALK)
    for name in ("conversation_correctly_finished", "conversation_completed_on_time"):
        (value,) = run(f"eva.{name}", documents).values
        assert value.status == "undefined"
    (valid,) = run("eva.conversation_valid_end", documents).values
    assert valid.value == 0
    silent = log([closing("inactivity_timeout")])
    (finished,) = run("eva.conversation_correctly_finished", silent).values
    assert "who spoke last" in finished.reason


# ------------------------------------------------------------------------ the recogniser
def test_word_error_rate_equals_jiwer_on_the_real_record(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    record = record_of(files_of(call_input(documents)))
    assert record is not None
    pairs = stt_wer.text_pairs(record)
    assert list(pairs) == list(range(1, 11))
    rules = normaliser("eva-1", "en")
    sides = [[rules.text(text) for text in side] for side in zip(*pairs.values(), strict=True)]
    want = jiwer.process_words(*sides)
    outcome = run("eva.stt_wer", documents)
    found = by_id(outcome)
    main = found["stt_wer"]
    assert main.value == pytest.approx(want.wer)
    words = want.hits + want.substitutions + want.deletions
    assert main.n == words
    assert found["stt_wer.substitution_rate"].value == pytest.approx(want.substitutions / words)
    assert found["stt_wer.deletion_rate"].value == pytest.approx(want.deletions / words)
    assert found["stt_wer.insertion_rate"].value == pytest.approx(want.insertions / words)
    assert main.components["normalised"] == pytest.approx(1 - want.wer)
    assert main.components["top_errors"]["substitutions"][0] == ["window", "windows", 2]
    turns = {v.turn_id: v for v in outcome.values if v.turn_id}
    assert turns["eva3"].value == pytest.approx(4 / 9)
    assert "slow" not in turns["eva3"].components["reference_text"]
    assert turns["eva3"].evidence


def test_a_turn_that_eva_fills_in_itself_is_named(shared_data: Path) -> None:
    main = by_id(run("eva.stt_wer", sample_documents(shared_data)))["stt_wer"]
    assert main.components["filled_in_turns"] == [10]
    assert main.components["value_without_filled_in"] == pytest.approx(17 / 176)


def test_an_agent_that_hears_the_sound_itself_has_no_recogniser(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    documents["eva/config.json"] = b'{"model": {"s2s": "gpt-realtime"}}'
    (value,) = run("eva.stt_wer", documents).values
    assert (value.status, value.speaker) == ("undefined", "caller")
    assert "no recogniser" in value.reason


def test_chinese_is_counted_in_characters() -> None:
    rows = [*spoke(USER, 1, 2), closing("goodbye")]
    rows[1]["data"]["text"] = "[slow] 我要改签航班"
    heard = {"timestamp": "1500", "message_type": "user", "value": "我要改航班"}
    documents = log(rows, audit_log={"transcript": [heard]}, config={"language": "zh"})
    main = by_id(run("eva.stt_wer", documents))["stt_wer"]
    assert (main.value, main.n, main.components["unit"]) == (1 / 6, 6, "char")


def test_turns_without_both_texts_are_no_pairs() -> None:
    documents = log([*sound(USER, 1, 2), closing("goodbye")])
    (value,) = run("eva.stt_wer", documents).values
    assert value.status == "undefined"


# ------------------------------------------------------------------------ the catalogue
EVALUATORS = (
    "eva.response_speed",
    "eva.stt_wer",
    "eva.tool_call_validity",
    "eva.authentication_success",
    "eva.conversation_valid_end",
    "eva.conversation_correctly_finished",
    "eva.conversation_completed_on_time",
    "eva.task_completion",
    "eva.turn_taking",
)


@pytest.mark.parametrize("name", EVALUATORS)
def test_values_are_in_the_catalogue(shared_data: Path, name: str) -> None:
    kind = evaluator_class(name)
    assert kind.name == name
    assert kind.documents == ("eva/",)
    specs = {s.id: s for s in kind.metrics}
    assert all(s.evaluator == name and s.family == "eva" for s in specs.values())
    records = loaded(shared_data / "eva" / "scenarios" / "airline_dataset_sample.json")
    documents = sample_documents(shared_data)
    documents["eva/scenario.json"] = json.dumps(records[0]).encode()
    for value in run(name, documents).values:
        spec = specs[value.metric_id]
        assert value.unit == spec.unit
        assert value.profile.startswith(("eva-", "callbench-1"))
        if spec.ratio and value.status == "ok":
            assert set(spec.ratio) <= set(value.components)
        json.dumps(dict(value.components), allow_nan=False)
