"""EVA runs of both generations: what a call made of a record holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.errors import BadInput, NotFound
from app.domain.work import Quiet
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.readers import reader, sniffed
from app.services.importing.readers.eva import ReaderEva
from app.services.importing.readers.eva_evidence import intended
from app.services.importing.readers.eva_layout import is_archived, parse_id
from tests.unit.foreign.foreign_support import (
    RATE,
    T0,
    TALK,
    eva_audio,
    eva_config,
    eva_events,
    eva_record,
    eva_run,
    put,
    put_lines,
    voice,
)

MakeWav = Callable[..., Path]


def read(path: Path, dataset: Path | None = None) -> list[ForeignCall]:
    """The calls at a path; none may fail."""
    found = list(ReaderEva(dataset=dataset).read(Quiet(), path))
    assert not [f for f in found if isinstance(f, ForeignFailure)], found
    return [f for f in found if isinstance(f, ForeignCall)]


def layer(call: ForeignCall, name: str) -> Any:
    """The speech layer, or the text layer of that role."""
    return next(x for x in call.layers if (x.text_role or x.kind) == name)


def said(call: ForeignCall, name: str) -> list[tuple[str, float, str]]:
    lines = sorted(layer(call, name).lines, key=lambda x: x.start_s)
    return [(x.speaker, round(x.start_s, 3), x.text) for x in lines]


FIRST = TALK[0][1]
"""Without a recording the call begins with its first logged sound."""


@pytest.mark.parametrize("old", [False, True])
def test_a_record_of_either_generation(tmp_path: Path, old: bool) -> None:
    run = eva_run(tmp_path)
    shutil.rmtree(run / "records")
    eva_record(run / "records" / "1.1.2", old=old)
    (call,) = read(run)
    assert said(call, "speech") == [(w, round(a - FIRST, 3), "") for w, a, _, _ in TALK]
    callers = [x for x in said(call, "intended") if x[0] == "caller"]
    assert callers == [(w, round(a - FIRST, 3), t) for w, a, _, t in TALK if w == "caller"]
    heard = [x for x in said(call, "heard") if x[0] == "caller"]
    assert [t for *_, t in heard] == [t.upper() for w, _, _, t in TALK if w == "caller"]
    assert call.outcome == "goodbye"
    assert call.scenario_key == "airline.1.1.2"
    assert (call.agent, call.agent_version) == ("airline_agent", "ear + gpt-x + mouth")
    assert (call.language, call.attempt) == ("en", 1)
    assert call.recorded_at == "2026-03-01T22:22:04.500000Z"
    timeline = call.conditions["eva_timeline"]
    assert timeline == {"t0_epoch_s": T0 + FIRST, "offset_s": 0.0, "offset_confidence": None}


def test_a_tool_call_is_an_event_with_its_fault(tmp_path: Path) -> None:
    (call,) = read(eva_run(tmp_path))
    (tool,) = [e for e in call.events if e.kind == "tool"]
    assert tool.label == "get_reservation: not_found"
    assert (tool.start_s, tool.end_s) == (
        pytest.approx(13.2 - FIRST, abs=0.002),
        pytest.approx(13.9 - FIRST, abs=0.002),
    )
    assert call.events[-1].label == "ended: goodbye"


def test_the_files_come_along_and_the_configuration_of_the_run(tmp_path: Path) -> None:
    (call,) = read(eva_run(tmp_path))
    assert sorted(call.documents) == [
        "eva/audit_log.json",
        "eva/config.json",
        "eva/result.json",
        "eva/user_simulator_events.jsonl",
    ]


# layouts -----------------------------------------------------------------------------------------


def test_runs_records_trials_and_single_records(tmp_path: Path) -> None:
    run = eva_run(tmp_path, "1.1.2/trial_0", "1.1.2/trial_1", "4.1.1", "7.2.1_trial_3")
    wanted = {("1.1.2", 1), ("1.1.2", 2), ("4.1.1", 1), ("7.2.1", 4)}

    def keys(path: Path) -> set[tuple[str, int]]:
        return {(c.scenario_key.removeprefix("airline."), c.attempt) for c in read(path)}

    assert keys(run) == wanted
    assert keys(run / "records") == wanted
    assert keys(tmp_path) == wanted
    assert keys(run / "records" / "1.1.2") == {("1.1.2", 1), ("1.1.2", 2)}
    assert keys(run / "records" / "1.1.2" / "trial_1") == {("1.1.2", 2)}
    assert keys(run / "records" / "4.1.1" / "result.json") == {("4.1.1", 1)}


def test_attempts_that_eva_put_aside_are_left_out_and_named(tmp_path: Path) -> None:
    run = eva_run(
        tmp_path,
        "1.1.2",
        "1.1.2_failed_attempt_1",
        "4.1.1/trial_0",
        "4.1.1/trial_0_extra_1",
        "4.1.1/trial_1_unvalidated_2",
    )
    calls = read(run)
    assert [c.scenario_key for c in calls] == ["airline.1.1.2", "airline.4.1.1"]
    assert any("1.1.2_failed_attempt_1" in loss for loss in calls[0].losses)
    assert any("trial_0_extra_1" in loss for loss in calls[1].losses)


def test_ids_are_taken_apart_as_eva_does(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "eva" / "composite_vectors.json").read_text("utf-8"))
    for output_id, wanted in vectors["parse_ids"].items():
        assert parse_id(output_id) == tuple(wanted), output_id
    assert is_archived("1.1.2_failed_attempt_1")
    assert not is_archived("1.1.2/trial_0")


def test_the_same_record_has_the_same_identity_wherever_it_lies(tmp_path: Path) -> None:
    run = eva_run(tmp_path / "a")
    (first,) = read(run)
    copy = tmp_path / "b" / "1.1.2"
    shutil.copytree(run / "records" / "1.1.2", copy)
    put(copy / "metrics.json", {"record_id": "1.1.2", "context": {}, "metrics": {}})
    (second,) = read(copy)
    assert second.identity == first.identity
    put_lines(copy / "user_simulator_events.jsonl", eva_events()[:-2])
    (third,) = read(copy)
    assert third.identity != first.identity


def test_nothing_there_and_nothing_of_eva_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(ReaderEva().read(Quiet(), tmp_path / "none"))
    (tmp_path / "x.txt").write_text("x")
    with pytest.raises(BadInput, match="holds no EVA record"):
        list(ReaderEva().read(Quiet(), tmp_path))


def test_sniffing_takes_runs_and_records_and_nothing_else(tmp_path: Path) -> None:
    run = eva_run(tmp_path / "eva", "1.1.2", "4.1.1/trial_0")
    for path in (run, run / "records", run / "records" / "1.1.2", tmp_path / "eva"):
        assert ReaderEva().sniff(path), path
        found = sniffed(path)
        assert found is not None
        assert found.source == "eva"
    other = tmp_path / "other"
    put(other / "config.json", {"run_id": 1})
    put(other / "records" / "1" / "result.json", {"score": 1})
    put(other / "metrics.json", {"accuracy": 1})
    for path in (other, other / "config.json", tmp_path / "gone"):
        assert not ReaderEva().sniff(path), path


# facts -------------------------------------------------------------------------------------------


def test_perturbations_are_conditions(tmp_path: Path) -> None:
    given = {
        "background_noise": "coffee_shop",
        "snr_db": 10,
        "accent": None,
        "behavior": "elderly_slow",
        "connection_degradation": True,
    }
    run = eva_run(tmp_path, config=eva_config(perturbation=given))
    (call,) = read(run)
    told = {k: v for k, v in call.conditions.items() if k != "eva_timeline"}
    assert told == {
        "noise": "coffee_shop",
        "snr_db": 10.0,
        "behaviour": "elderly_slow",
        "line": "degraded",
    }
    assert call.persona == "elderly_slow"


def test_a_clean_run_has_no_conditions_but_its_clock(tmp_path: Path) -> None:
    run = eva_run(
        tmp_path, config=eva_config(perturbation={"background_noise": None, "snr_db": 15})
    )
    assert list(read(run)[0].conditions) == ["eva_timeline"]


def test_figures_of_eva_are_reported_with_their_versions(tmp_path: Path) -> None:
    run = eva_run(tmp_path)
    score = {
        "name": "turn_taking",
        "score": 0.27,
        "normalized_score": 0.27,
        "version": "0.2",
        "prompt_hash": None,
        "skipped": False,
        "error": None,
        "details": {"judge_prompt": "x" * 10_000},
        "sub_metrics": {"late_rate": {"score": 0.5}},
    }
    put(
        run / "records" / "1.1.2" / "metrics.json",
        {
            "context": {},
            "metrics": {"turn_taking": score},
            "aggregate_metrics": {"EVA-X_mean": 0.4},
        },
    )
    (call,) = read(run)
    told = call.metrics["metrics"]["turn_taking"]
    assert (told["score"], told["version"], told["sub_metrics"]) == (
        0.27,
        "0.2",
        {"late_rate": 0.5},
    )
    assert "details" not in told
    assert call.metrics["aggregate_metrics"] == {"EVA-X_mean": 0.4}
    assert call.metrics["num_turns"] == 3


def test_fields_and_kinds_that_are_not_known_are_named(tmp_path: Path) -> None:
    run = eva_run(tmp_path)
    record = run / "records" / "1.1.2"
    put(record / "result.json", {"record_id": "1.1.2", "mood": "fine"})
    audit = json.loads((record / "audit_log.json").read_text("utf-8"))
    audit["transcript"].append({"timestamp": "1772403730000", "message_type": "dance", "value": 1})
    put(record / "audit_log.json", audit)
    (call,) = read(run)
    assert call.unknown == ("result.json: mood", "audit_log.json: message_type dance")


def test_the_scenario_is_found_beside_the_run_or_given(tmp_path: Path) -> None:
    rows = [{"id": "1.1.2", "user_goal": {}, "ground_truth": {"expected_scenario_db": {"a": 1}}}]
    run = eva_run(tmp_path, config=eva_config(dataset_path="/home/x/data/airline_dataset.json"))
    (call,) = read(run)
    assert any("no dataset was found" in loss for loss in call.losses)
    put(run.parent / "data" / "airline_dataset.json", rows)
    (call,) = read(run)
    assert json.loads(call.documents["eva/scenario.json"]) == rows[0]
    given = put_lines(tmp_path / "mine.jsonl", [{**rows[0], "own": True}])
    (call,) = read(run, given)
    assert json.loads(call.documents["eva/scenario.json"])["own"] is True
    other = put(tmp_path / "other.json", [{"id": "9.9"}])
    (call,) = read(run, other)
    assert any("other.json has no record 1.1.2" in loss for loss in call.losses)


@pytest.mark.parametrize("body", ["{}", "[]", "no json", '[{"name": 1}]'])
def test_a_dataset_without_records_is_refused_before_anything(tmp_path: Path, body: str) -> None:
    path = tmp_path / "dataset.json"
    path.write_text(body)
    with pytest.raises(BadInput, match=r"dataset\.json holds no scenario records"):
        list(ReaderEva(dataset=path).read(Quiet(), eva_run(tmp_path)))


# recordings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lead_s", [0.0, 0.731, 2.5, -0.3])
def test_where_the_log_lies_in_the_recording_is_measured(
    tmp_path: Path, make_wav: MakeWav, lead_s: float
) -> None:
    run = eva_run(tmp_path)
    eva_audio(run / "records" / "1.1.2", make_wav, lead_s)
    (call,) = read(run)
    timeline = call.conditions["eva_timeline"]
    assert timeline["offset_s"] == pytest.approx(FIRST + lead_s, abs=0.020)
    assert timeline["offset_confidence"] > 0.6
    assert timeline["t0_epoch_s"] == pytest.approx(T0 - lead_s, abs=0.020)
    assert [(a.role, a.path.name, a.offset_s) for a in call.audio] == [
        ("caller", "audio_user.wav", 0.0),
        ("agent", "audio_assistant.wav", 0.0),
    ]
    starts = [start for _, start, _ in said(call, "speech")]
    assert starts == pytest.approx([a + lead_s for _, a, _, _ in TALK], abs=0.020)
    assert any("first sound lies" in w for w in call.warnings)


def test_a_recording_that_began_after_the_log_lies_later_in_the_call(
    tmp_path: Path, make_wav: MakeWav
) -> None:
    run = eva_run(tmp_path)
    eva_audio(run / "records" / "1.1.2", make_wav, -1.2)
    (call,) = read(run)
    assert call.conditions["eva_timeline"]["offset_s"] == pytest.approx(FIRST - 1.2, abs=0.020)
    assert [a.offset_s for a in call.audio] == pytest.approx([0.7, 0.7], abs=0.020)
    assert said(call, "speech")[0][1] == 0.0
    assert call.conditions["eva_timeline"]["t0_epoch_s"] == pytest.approx(T0 + FIRST)


def test_a_recording_of_something_else_is_not_believed(tmp_path: Path, make_wav: MakeWav) -> None:
    run = eva_run(tmp_path)
    record = run / "records" / "1.1.2"
    rng = np.random.default_rng(5)
    for name in ("audio_user.wav", "audio_assistant.wav"):
        make_wav(str(record / name), rng.normal(0, 0.1, 20 * RATE), RATE)
    (call,) = read(run)
    timeline = call.conditions["eva_timeline"]
    assert timeline["offset_s"] == 0.0
    assert timeline["offset_confidence"] < 0.3
    assert any("could not be measured" in w for w in call.warnings)


def test_paths_of_the_producing_machine_count_by_their_last_part(
    tmp_path: Path, make_wav: MakeWav
) -> None:
    run = eva_run(tmp_path)
    record = eva_record(
        run / "records" / "1.1.2",
        audio_user_path="/srv/out/run-7/records/1.1.2/caller_take2.wav",
        audio_assistant_path="..\\..\\agent_take2.wav",
    )
    for role, name in (("caller", "caller_take2.wav"), ("agent", "agent_take2.wav")):
        make_wav(str(record / name), voice(role), RATE)  # type: ignore[arg-type]
    (call,) = read(run)
    assert [a.path for a in call.audio] == [record / "caller_take2.wav", record / "agent_take2.wav"]


def test_stored_paths_that_lead_out_are_not_followed(tmp_path: Path, make_wav: MakeWav) -> None:
    run = eva_run(tmp_path)
    outside = make_wav(str(tmp_path / "secret.wav"), voice("caller"), RATE)
    record = eva_record(
        run / "records" / "1.1.2",
        audio_user_path="../../../secret.wav",
        audio_assistant_path=str(outside),
        audio_mixed_path="../../../../../etc/passwd",
    )
    (record / "audio_mixed.wav").symlink_to(outside)
    (call,) = read(run)
    assert all(a.path.parent == record and not a.path.exists() for a in call.audio)


def test_the_mixed_recording_stands_in_where_there_is_no_other(
    tmp_path: Path, make_wav: MakeWav
) -> None:
    run = eva_run(tmp_path)
    record = run / "records" / "1.1.2"
    make_wav(str(record / "audio_mixed.wav"), voice("caller") + voice("agent"), RATE)
    (call,) = read(run)
    assert [(a.role, a.channel_index) for a in call.audio] == [("mix", 0)]
    assert call.conditions["eva_timeline"]["offset_s"] == pytest.approx(FIRST, abs=0.020)
    both = np.stack([voice("agent", lead_s=1.0), voice("caller", lead_s=1.0)], axis=1)
    make_wav(str(record / "audio_mixed.wav"), both, RATE)
    (call,) = read(run)
    assert [(a.role, a.channel_index) for a in call.audio] == [("caller", 1), ("agent", 0)]
    assert call.conditions["eva_timeline"]["offset_s"] == pytest.approx(FIRST + 1.0, abs=0.020)


def test_the_clean_caller_is_named_as_left_out(tmp_path: Path, make_wav: MakeWav) -> None:
    run = eva_run(tmp_path)
    record = run / "records" / "1.1.2"
    eva_audio(record, make_wav, 0.5)
    make_wav(str(record / "audio_user_clean.wav"), voice("caller"), RATE)
    (call,) = read(run)
    assert call.audio[0].path.name == "audio_user.wav"
    assert any("audio_user_clean.wav" in loss for loss in call.losses)


# damage ------------------------------------------------------------------------------------------


def test_a_stored_context_alone_is_enough(tmp_path: Path) -> None:
    context = {
        "intended_user_turns": {"1": "[slow] My code is Z K."},
        "transcribed_user_turns": {"1": "my code is ZK"},
        "intended_assistant_turns": {"0": "Hello.", "1": "[assistant interrupts] Thanks."},
        "transcribed_assistant_turns": {"0": "hello"},
        "audio_timestamps_user_turns": {"1": [[T0 + 3, T0 + 5]]},
        "audio_timestamps_assistant_turns": {"0": [[T0, T0 + 2]], "1": [[T0 + 4, T0 + 8]]},
        "assistant_interrupted_turns": "{1}",
        "conversation_trace": [
            {"turn_id": 1, "type": "tool_call", "tool_name": "find", "parameters": {"a": 1}},
            {"turn_id": 1, "type": "tool_response", "tool_name": "find", "tool_response": {}},
        ],
        "conversation_ended_reason": "transfer",
        "num_user_turns": 1,
        "num_assistant_turns": 2,
    }
    put(tmp_path / "5.1" / "metrics.json", {"context": context, "metrics": {}})
    (call,) = read(tmp_path / "5.1")
    assert said(call, "speech") == [("agent", 0.0, ""), ("caller", 3.0, ""), ("agent", 4.0, "")]
    assert said(call, "intended") == [
        ("agent", 0.0, "Hello."),
        ("caller", 3.0, "My code is Z K."),
        ("agent", 4.0, "Thanks."),
    ]
    assert call.extra["eva"]["agent_interrupts"] == [1]
    assert [e.label for e in call.events if e.kind == "tool"] == ["find"]
    assert call.outcome == "transfer"


def test_a_cut_log_keeps_its_good_lines(tmp_path: Path) -> None:
    run = eva_run(tmp_path)
    path = run / "records" / "1.1.2" / "user_simulator_events.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[:-200] + b"\n[]\n\xff\xfe{\n")
    (call,) = read(run)
    assert len(layer(call, "speech").lines) >= 5
    assert any("user_simulator_events.jsonl: 3 lines" in w for w in call.warnings)


@pytest.mark.parametrize(
    "odd", [None, [], "x", 7, {"a": []}, float("nan"), {"transcript": {"a": 1}}, {"model": "x"}]
)
@pytest.mark.parametrize("name", ["config.json", "result.json", "audit_log.json", "metrics.json"])
def test_files_of_the_wrong_type_never_stop_the_rest(
    tmp_path: Path, name: str, odd: object
) -> None:
    run = eva_run(tmp_path, "1.1.2", "4.1.1")
    put((run if name == "config.json" else run / "records" / "1.1.2") / name, odd)
    calls = read(run)
    assert [len(layer(c, "speech").lines) for c in calls] == [6, 6]


def test_times_that_are_none_leave_their_rows_out(tmp_path: Path) -> None:
    run = eva_run(tmp_path)
    path = run / "records" / "1.1.2" / "user_simulator_events.jsonl"
    rows = eva_events()
    for n, bad in enumerate((None, "soon", float("inf"), {}, -1e30, 1e30)):
        rows[2 * n + 1]["timestamp"] = bad
    put_lines(path, rows)
    (call,) = read(run)
    assert call.layers


def test_a_line_of_a_gigabyte_is_left_out_in_words(tmp_path: Path) -> None:
    run = eva_run(tmp_path)
    record = run / "records" / "1.1.2"
    with (record / "pipecat_logs.jsonl").open("wb") as file:
        file.truncate(1 << 30)
    (call,) = read(run)
    assert "eva/pipecat_logs.jsonl" not in call.documents
    assert any("pipecat_logs.jsonl is larger than 64 MB" in loss for loss in call.losses)


def test_a_record_without_any_event_fails_alone(tmp_path: Path) -> None:
    run = eva_run(tmp_path, "1.1.2", "4.1.1")
    record = run / "records" / "1.1.2"
    (record / "user_simulator_events.jsonl").write_text("{")
    (record / "audit_log.json").write_text("[")
    found = list(ReaderEva().read(Quiet(), run))
    assert [type(f) for f in found] == [ForeignFailure, ForeignCall]
    assert isinstance(found[0], ForeignFailure)
    assert "event logs could be read" in found[0].reason


@pytest.mark.parametrize("events", [None, "", "\n\n"])
def test_a_record_of_a_result_alone_fails_in_words(tmp_path: Path, events: str | None) -> None:
    record = eva_record(tmp_path / "1.1.2", audit=False)
    path = record / "user_simulator_events.jsonl"
    path.unlink()
    if events is not None:
        path.write_text(events)
    (found,) = list(ReaderEva().read(Quiet(), record))
    assert isinstance(found, ForeignFailure)
    assert "No event logs of EVA came along" in found.reason


def test_links_out_of_the_run_are_no_records(tmp_path: Path) -> None:
    run = eva_run(tmp_path)
    outside = eva_record(tmp_path / "elsewhere" / "9.9")
    (run / "records" / "9.9").symlink_to(outside)
    (run / "records" / "1.1.2" / "pipecat_metrics.jsonl").symlink_to(tmp_path / "elsewhere")
    assert [c.scenario_key for c in read(run)] == ["airline.1.1.2"]


def test_an_end_that_was_logged_late_is_pointed_at(tmp_path: Path) -> None:
    run = eva_run(tmp_path)
    rows = eva_events()
    for row in rows:  # the caller's second stretch ends only where the third begins
        if row.get("event_type") == "audio_end" and row["audio_timestamp"] == T0 + 12.9:
            row["audio_timestamp"], row["timestamp"] = T0 + 18.25, round((T0 + 18.25) * 1000)
            row["audio_timestamp"] = T0 + 18.25
    rows.append({**rows[0], "audio_timestamp": T0 + 13.0, "timestamp": round((T0 + 13) * 1000)})
    rows.append(
        {
            **rows[0],
            "event_type": "audio_end",
            "audio_timestamp": T0 + 17.0,
            "timestamp": round((T0 + 17) * 1000),
        }
    )
    rows = [r for r in rows if r.get("audio_timestamp") not in (T0 + 15.1, T0 + 17.8)]
    rows.sort(key=lambda r: r["timestamp"])
    put_lines(run / "records" / "1.1.2" / "user_simulator_events.jsonl", rows)
    (call,) = read(run)
    assert [f.code for f in call.findings] == ["doubtful_log_end"]
    assert "9.2 to 17.8 s" in call.findings[0].message


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[slow] Zulu. Kilo.", "Zulu. Kilo."),
        ("[user interrupts] No. [likely cut off by assistant]", "No."),
        ("A [NOT A TAG] b", "A [NOT A TAG] b"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_marks_and_directions_are_no_words(text: str, wanted: str) -> None:
    assert intended(text) == wanted


# the real record ---------------------------------------------------------------------------------


def test_the_sample_run(shared_data: Path) -> None:
    found = reader("eva")
    path = shared_data / "eva" / "sample_run"
    (call,) = list(found.read(Quiet(), path))
    assert isinstance(call, ForeignCall)
    expected = json.loads(
        (path / "records" / "1.1.2" / "expected_processor_context.json").read_text("utf-8")
    )
    facts = call.extra["eva"]
    assert facts["pipeline"] == "cascade"
    assert (facts["caller_turns"], facts["agent_turns"], facts["tool_calls"]) == (9, 10, 5)
    assert facts["agent_interrupts"] == [3]
    assert facts["tools"] == expected["tool_called"]
    assert call.outcome == "goodbye"
    assert [a.path.exists() for a in call.audio] == [False, False]
    zero = call.conditions["eva_timeline"]["t0_epoch_s"]
    for side, who in (("user", "caller"), ("assistant", "agent")):
        turns = expected[f"audio_timestamps_{side}_turns"].values()
        wanted = sorted(tuple(s) for stretches in turns for s in stretches)
        lines = sorted(
            (x.start_s, x.end_s) for x in layer(call, "speech").lines if x.speaker == who
        )
        assert np.allclose(np.array(lines) + zero, np.array(wanted), atol=1e-5)
    heard = {t for w, _, t in said(call, "heard") if w == "caller"}
    assert len(heard) == 9, "the tenth was filled in from the script"
    assert [f.code for f in call.findings] == ["doubtful_log_end"]


def test_the_sample_run_with_its_dataset(shared_data: Path) -> None:
    dataset = shared_data / "eva" / "scenarios" / "airline_dataset_sample.json"
    (call,) = read(shared_data / "eva" / "sample_run", dataset)
    assert json.loads(call.documents["eva/scenario.json"])["id"] == "1.1.2"
    assert replace(call, documents={}).losses == ()
