"""Logs of both generations, and broken ones: a bad row costs that row and is counted."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.eval.base import Watch
from app.eval.eva import events, framework, record, spoken
from app.eval.eva.documents import CALLER, Files
from app.eval.eva.framework import Frame, tidy
from app.eval.eva.processor import process
from app.eval.eva.record import files_of, pipeline_of, record_of
from app.eval.registry import PLACES, build
from tests.unit.eva.eva_support import as_eva, call_input, history, loaded, sample_documents

EVALUATORS = [name for name in PLACES if name.startswith("eva.")]
EVENTS = "eva/elevenlabs_events.jsonl"


def processed(documents: dict[str, bytes]) -> Any:
    found = record_of(files_of(call_input(documents)))
    assert found is not None
    return found


def test_the_real_record_is_extracted_exactly(shared_data: Path) -> None:
    folder = shared_data / "eva" / "sample_run" / "records" / "1.1.2"
    want = loaded(folder / "expected_processor_context.json")
    found = json.loads(json.dumps(as_eva(processed(sample_documents(shared_data)))))
    assert set(found) == set(want)
    assert {name: found[name] for name in want} == want


def test_newer_names_of_files_and_parties_give_the_same(shared_data: Path) -> None:
    old = sample_documents(shared_data)
    lines = old.pop(EVENTS).decode()
    lines = lines.replace('"elevenlabs_user"', '"simulated_user"')
    lines = lines.replace('"framework_agent"', '"assistant"')
    frames = old.pop("eva/pipecat_logs.jsonl")
    new = {
        **old,
        "eva/user_simulator_events.jsonl": lines.encode(),
        "eva/framework_logs.jsonl": frames,
    }
    assert as_eva(processed(new)) == as_eva(processed(sample_documents(shared_data)))


def test_a_cut_off_log_loses_its_last_line_and_says_so(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    documents[EVENTS] = documents[EVENTS][:-60]
    found = processed(documents)
    assert found.bad_lines == {"elevenlabs_events.jsonl": 1}
    assert found.caller_audio[3] == ((1772403763.783529, 1772403797.4478238),)
    outcome = build("eva.turn_taking").evaluate(call_input(documents), Watch())
    assert "1 in elevenlabs_events.jsonl" in outcome.findings[0].message
    assert outcome.values[0].value == 0.2696


def test_a_broken_audit_log_leaves_the_times(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    documents["eva/audit_log.json"] = documents["eva/audit_log.json"][:5000]
    found = processed(documents)
    assert found.bad_lines["audit_log.json"] >= 1
    assert found.tool_calls == ()
    assert found.caller_audio[1] == ((1772403727.94754, 1772403731.368855),)


def test_lines_in_any_order_give_the_same_times(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    lines = documents[EVENTS].splitlines()
    random.Random(7).shuffle(lines)
    shuffled = {**documents, EVENTS: b"\n".join(lines)}
    assert processed(shuffled).latency_s == processed(documents).latency_s


def test_numbers_as_text_blank_lines_and_a_byte_order_mark(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    rows = [json.loads(line) for line in documents[EVENTS].splitlines()]
    for row in rows:
        row["timestamp"] = str(row["timestamp"])
        if "audio_timestamp" in row:
            row["audio_timestamp"] = repr(row["audio_timestamp"] * 1000)
    text = "\n\n".join(json.dumps(r) for r in rows)
    found = processed({**documents, EVENTS: b"\xef\xbb\xbf" + text.encode()})
    assert found.bad_lines == {}
    assert found.latency_s == pytest.approx(processed(documents).latency_s, abs=1e-5)


def test_an_end_that_never_came_is_closed_with_the_session(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    lines = documents[EVENTS].splitlines()
    kept = [
        line for line in lines if not (b'"sequence": 58,' in line or b'"sequence": 62,' in line)
    ]
    assert len(kept) == len(lines) - 2
    found = processed({**documents, EVENTS: b"\n".join(kept)})
    assert found.unended == {("agent", 9), ("caller", 10)}
    assert found.caller_audio[10] == ((1772404056.046836, 1772404067.41),)
    assert found.agent_audio[9] == ((1772404042.1977642, 1772404067.41),)


def test_without_a_closing_row_the_last_event_ends_the_session(shared_data: Path) -> None:
    fixture = loaded(shared_data / "eva" / "fixtures" / "processor_histories.json")[0]
    found = process(history([r for r in fixture["history"] if r["timestamp_ms"] <= 6500]))
    assert found.session_end_s == 6.5
    assert found.caller_audio[2] == ((6.0, 6.5),)


def test_rows_logged_twice_do_no_more_than_mismatch_audio(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    doubled = b"\n".join(line for line in documents[EVENTS].splitlines() for _ in range(2))
    found = processed({**documents, EVENTS: doubled})
    assert set(found.caller_audio) >= set(range(1, 10))
    for name in EVALUATORS:
        build(name).evaluate(call_input({**documents, EVENTS: doubled}), Watch())


def test_a_gap_of_years_is_carried_not_hidden(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    rows = [json.loads(line) for line in documents[EVENTS].splitlines()]
    for row in rows[32:]:
        row["timestamp"] += 10**11
        if "audio_timestamp" in row:
            row["audio_timestamp"] += 10**8
    text = "\n".join(json.dumps(r) for r in rows).encode()
    outcome = build("eva.turn_taking").evaluate(call_input({**documents, EVENTS: text}), Watch())
    assert outcome.values[0].status == "ok"
    assert all(e.span.end <= 400 * 24_000 for v in outcome.values for e in v.evidence)


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "timestamp": HOSTILE | st.integers(0, 10_000),
        "type": st.sampled_from(["user_speech", "assistant_speech", "connection_state", "x"])
        | HOSTILE,
        "event_type": st.sampled_from(["audio_start", "audio_end"]) | HOSTILE,
        "user": st.sampled_from(["simulated_user", "assistant"]) | HOSTILE,
        "audio_timestamp": st.floats(0, 100) | HOSTILE,
        "data": st.fixed_dictionaries({"text": HOSTILE, "state": HOSTILE}) | HOSTILE,
        "message_type": st.sampled_from(
            ["user", "assistant", "tool_call", "tool_response", "turn_fallback"]
        )
        | HOSTILE,
        "value": st.fixed_dictionaries({"tool": HOSTILE, "parameters": HOSTILE}) | HOSTILE,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROWS, max_size=25), st.lists(ROWS, max_size=10), st.sampled_from("ab"))
def test_no_row_is_fatal(caller: list[Any], audit: list[Any], pipeline: str) -> None:
    config = {"model": {"s2s": "x"} if pipeline == "b" else {}}
    documents = {
        "eva/user_simulator_events.jsonl": b"\n".join(json.dumps(r).encode() for r in caller),
        "eva/audit_log.json": json.dumps({"transcript": [*audit, 3]}).encode(),
        "eva/config.json": json.dumps(config).encode(),
    }
    for name in EVALUATORS:
        try:
            outcome = build(name).evaluate(call_input(documents), Watch())
        except BadInput:
            continue
        assert outcome.values
        for value in outcome.values:
            json.dumps(dict(value.components), allow_nan=False).encode()
            assert value.value is None or math.isfinite(value.value)


def test_logs_in_which_nothing_can_be_read_are_an_error() -> None:
    with pytest.raises(BadInput, match="Nothing in the record's event logs"):
        record_of(Files({"eva/audit_log.json": b"\x00\xff{"}))


@pytest.mark.parametrize("name", EVALUATORS)
def test_a_record_without_logs_has_no_values_but_reasons(name: str) -> None:
    outcome = build(name).evaluate(call_input({"eva/config.json": b"{}"}), Watch())
    assert outcome.values
    assert {v.status for v in outcome.values} == {"undefined"}
    assert all(v.reason for v in outcome.values)


def test_deeply_nested_json_is_only_unreadable() -> None:
    deep = b"[" * 200_000
    files = Files({"eva/user_simulator_events.jsonl": deep + b'\n{"timestamp": 1}'})
    assert files.rows(CALLER) == [{"timestamp": 1}]
    assert files.bad == {"user_simulator_events.jsonl": 1}


def test_what_could_not_be_stored_again_is_replaced() -> None:
    line = rb'{"a": NaN, "b": 1e999, "c": -Infinity, "d": "\ud83d\ude00 \ud800", "\udc00": 0.5}'
    (row,) = Files({"eva/elevenlabs_events.jsonl": line}).rows(CALLER)
    assert row == {"a": None, "b": None, "c": None, "d": "\U0001f600 ?", "?": 0.5}


def test_documents_of_others_are_not_read() -> None:
    assert not Files({"audit_log.json": b"{}", "x/eva/audit_log.json": b"{}"}).has(CALLER)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1772403724647", 1772403724647),
        (1772403724647.9, 1772403724647),
        ("2026-03-01T22:22:03.500+00:00", 1772403723500),
        ("2026-03-01T22:22:03.500Z", 1772403723500),
        (True, None),
        ("soon", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**40, None),
        (None, None),
        ([1], None),
    ],
)
def test_times(text: object, want: int | None) -> None:
    assert events.millis(text) == want


# ------------------------------------------------------------------------ framework
def spoken_frames(*pieces: tuple[int, str]) -> list[Frame]:
    return [Frame(at, "tts_text", text) for at, text in pieces]


def test_text_for_the_synthesiser_outranks_the_model_s() -> None:
    frames = [Frame(1, "llm_response", "Hello there."), *spoken_frames((2, "Hello"), (3, "there."))]
    assert tidy(frames) == [Frame(2, "tts_text", "Hello there.")]
    only_model = [Frame(1, "llm_response", "Hel"), Frame(2, "llm_response", "lo.")]
    assert tidy(only_model) == [Frame(1, "llm_response", "Hello.")]


def test_a_phrase_that_shares_its_time_is_a_preview() -> None:
    frames = spoken_frames((1, "How can I help?"), (1, "How"), (2, "can"), (3, "I"), (4, "help?"))
    assert tidy(frames) == [Frame(1, "tts_text", "How can I help?")]


def test_a_phrase_that_is_spelled_again_word_by_word_is_a_preview() -> None:
    frames = spoken_frames((1, "How can"), (2, "How"), (3, "can"), (4, "I"))
    assert tidy(frames) == [Frame(2, "tts_text", "How can I")]


def test_a_phrase_that_is_not_spelled_again_stays() -> None:
    frames = spoken_frames((1, "How can"), (2, "How"), (3, "may"))
    assert tidy(frames) == [Frame(1, "tts_text", "How can How may")]
    broken = [*spoken_frames((1, "How can"), (2, "How")), Frame(3, "turn_end", "")]
    broken += spoken_frames((4, "can"))
    assert [f.text for f in tidy(broken)] == ["How can How", "", "can"]
    assert framework.tidy([]) == []


def test_other_rows_of_the_framework_are_not_read() -> None:
    frames = [Frame(1, "tts_text", "a"), Frame(2, "transcript", "x"), Frame(3, "tts_text", "b")]
    assert tidy(frames) == [Frame(1, "tts_text", "a b")]


# ------------------------------------------------------------------------ what was spoken
LONG = "Sure, I can help you with that. Could you give me your number?"


@pytest.mark.parametrize(
    ("planned", "pieces", "want"),
    [
        (LONG, [LONG], LONG),
        (LONG, ["Sure, I can help you with that.", "Could you give me your number?"], LONG),
        (LONG, ["Sure, I can help you with that. Could"], LONG[:37]),
        (LONG, ["Sure, I can"], None),
        (LONG, ["Something else entirely was said."], None),
        (LONG, [], None),
        ("", ["anything"], None),
        ("I’d be", ["I'd be happy to help."], "I’d be"),
    ],
)
def test_what_was_spoken_of_an_answer(planned: str, pieces: list[str], want: str | None) -> None:
    assert spoken.spoken_part(planned, pieces) == want


def test_a_reprompt_is_kept_though_no_log_says_that_it_was_spoken() -> None:
    def rows(kind: str) -> list[dict[str, Any]]:
        def row(at: int, source: str, kind: str, data: Any) -> dict[str, Any]:
            return {"timestamp_ms": at, "source": source, "event_type": kind, "data": data}

        return [
            row(1000, "elevenlabs", "audio_start", {"user": "simulated_user"}),
            row(1100, "elevenlabs", "user_speech", {"data": {"text": "Hello"}}),
            row(1500, "elevenlabs", "audio_end", {"user": "simulated_user"}),
            row(1600, "audit_log", "user", "Hello"),
            row(5000, "audit_log", kind, ""),
            row(5100, "audit_log", "assistant", "Are you still there? Please go on."),
        ]

    nudged = process(history(rows("turn_fallback")))
    assert nudged.fallback_turns == {0}
    assert [r.text.split(" [")[0] for r in nudged.trace if r.speaker == "agent"] == [
        "Are you still there? Please go on."
    ]
    assert [r for r in process(history(rows("other"))).trace if r.speaker == "agent"] == []


# ------------------------------------------------------------------------ how the agent was built
@pytest.mark.parametrize(
    ("config", "want"),
    [
        ({"model": {"llm": "x", "stt": "y"}}, "cascade"),
        ({"model": {"s2s": "gpt-realtime"}}, "s2s"),
        ({"model": {"s2s": "elevenlabs"}}, "cascade"),
        ({"model": {"s2s": "ultravox"}}, "audio_llm"),
        ({"model": {"audio_llm": "gemini"}}, "audio_llm"),
        ({"model": {"realtime_model": "old"}}, "s2s"),
        ({"pipeline": {"llm_model": "x", "stt_model": "y"}}, "cascade"),
        ({"model": "what"}, "cascade"),
        ({}, "cascade"),
    ],
)
def test_pipelines(config: dict[str, Any], want: str) -> None:
    assert pipeline_of(Files({"eva/config.json": json.dumps(config).encode()})) == want


def stored(shared_data: Path, **more: Any) -> dict[str, bytes]:
    folder = shared_data / "eva" / "sample_run" / "records" / "1.1.2"
    context = {**loaded(folder / "expected_processor_context.json"), **more}
    metrics = {"turn_taking": {"score": 0.3, "normalized_score": 0.3, "version": "v0.2"}}
    return {"eva/metrics.json": json.dumps({"context": context, "metrics": metrics}).encode()}


@pytest.mark.parametrize("turns", [[3], "{3}"])
def test_a_stored_context_stands_in_for_the_logs(shared_data: Path, turns: Any) -> None:
    documents = stored(shared_data, assistant_interrupted_turns=turns)
    found = processed(documents)
    assert not found.from_logs
    logged = processed(sample_documents(shared_data))
    assert as_eva(found) == as_eva(logged)
    main = build("eva.turn_taking").evaluate(call_input(documents), Watch()).values[0]
    assert main.value == 0.2696
    assert main.components["stored"]["score"] == 0.3


def test_a_context_without_latencies_still_has_them(shared_data: Path) -> None:
    documents = stored(shared_data, latency_assistant_turns="?", conversation_trace=[3, {}])
    assert processed(documents).latency_s == processed(sample_documents(shared_data)).latency_s
    assert record.stored_context(Files({"eva/metrics.json": b"[]"})) == {}
