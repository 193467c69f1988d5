"""tau2-bench runs: ticks, texts, labels, recordings; and text runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.errors import BadInput, NotFound
from app.domain.work import Quiet
from app.eval.base import CallInput, Watch
from app.eval.turns.ticks import from_simulation, runs
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.readers import sniffed
from app.services.importing.readers.tau2 import ReaderTau2
from tests.unit.foreign.foreign_support import RATE, put, tau2_body, tau2_run, tau2_ticks, tick

MakeWav = Callable[..., Path]


def every(path: Path) -> list[ForeignCall | ForeignFailure]:
    return list(ReaderTau2().read(Quiet(), path))


def read(path: Path) -> list[ForeignCall]:
    """The calls at a path; none may fail."""
    found = every(path)
    assert not [f for f in found if isinstance(f, ForeignFailure)], found
    return [f for f in found if isinstance(f, ForeignCall)]


def spans(call: ForeignCall) -> list[tuple[str, float, float]]:
    (speech,) = [x for x in call.layers if x.kind == "speech"]
    return [(x.speaker, round(x.start_s, 6), round(x.end_s, 6)) for x in speech.lines]


def lines(call: ForeignCall, role: str) -> list[tuple[str, float, float, str]]:
    found = [x for x in call.layers if x.text_role == role]
    return [
        (x.speaker, round(x.start_s, 6), round(x.end_s, 6), x.text)
        for layer in found
        for x in sorted(layer.lines, key=lambda x: x.start_s)
    ]


def test_ticks_are_speech_on_a_grid(tmp_path: Path) -> None:
    (call,) = read(tau2_run(tmp_path))
    assert spans(call) == [("caller", 0.4, 1.4), ("agent", 1.8, 3.6)]
    assert call.duration_s == pytest.approx(4.0)
    assert (call.scenario_key, call.outcome, call.agent) == (
        "retail.20",
        "user_stop",
        "openai:gpt-realtime-2",
    )
    assert (call.title, call.attempt) == ("tau2 retail task 20", 1)
    assert call.audio == ()


def test_the_last_tick_of_a_caller_is_the_signal_to_stop(tmp_path: Path) -> None:
    ticks = [*tau2_ticks(), tick(20, True, False)]
    (call,) = read(tau2_run(tmp_path, tau2_body(ticks=ticks)))
    assert spans(call) == [("caller", 0.4, 1.4), ("agent", 1.8, 3.6)]


@pytest.mark.parametrize(
    ("own", "run", "length_s"),
    [(0.1, 0.2, 0.1), (None, 0.5, 0.5), (None, None, 0.2), ("x", -1, 0.2), (0, 1e9, 0.2)],
)
def test_the_length_of_a_tick(tmp_path: Path, own: Any, run: Any, length_s: float) -> None:
    ticks = tau2_ticks()
    ticks[0]["tick_duration_seconds"] = own
    info = {"audio_native_config": {"tick_duration_seconds": run}}
    (call,) = read(tau2_run(tmp_path, tau2_body(ticks=ticks), info=info))
    assert spans(call)[0] == ("caller", pytest.approx(2 * length_s), pytest.approx(7 * length_s))


def test_ticks_that_are_missing_leave_a_gap(tmp_path: Path) -> None:
    ticks = [t for t in tau2_ticks() if t["tick_id"] not in (4, 5)]
    (call,) = read(tau2_run(tmp_path, tau2_body(ticks=ticks)))
    assert spans(call)[:2] == [("caller", 0.4, 0.8), ("caller", 1.2, 1.4)]


def test_texts_of_ticks_are_joined_by_stretch_and_role(tmp_path: Path) -> None:
    ticks = tau2_ticks()
    for n in (2, 3, 4):
        ticks[n]["user_chunk"]["audio_script_gold"] = "I want to return a mug."
    ticks[8]["user_transcript"] = "I want to return a mag"
    for n, piece in ((8, "Sure,"), (9, " which"), (10, " one?")):
        ticks[n]["agent_chunk"]["content"] = piece
    (call,) = read(tau2_run(tmp_path, tau2_body(ticks=ticks)))
    assert lines(call, "intended") == [
        ("caller", 0.4, 1.4, "I want to return a mug."),
        ("agent", 1.8, 3.6, "Sure, which one?"),
    ]
    assert lines(call, "heard") == [("caller", 0.4, 1.4, "I want to return a mag")]


def test_tools_and_what_the_simulator_did_are_events(tmp_path: Path) -> None:
    ticks = tau2_ticks()
    ticks[8]["agent_tool_calls"] = [{"id": "c1", "name": "find_order", "arguments": {}}]
    ticks[9]["agent_tool_results"] = [{"id": "c1", "content": "{}"}]
    ticks[12]["user_chunk"] |= {"turn_taking_action": {"action": "backchannel"}}
    for n in (14, 15):
        ticks[n]["user_chunk"] |= {
            "source_effects": {
                "burst_noise_file": "/Users/x/noise/dog_bark.wav",
                "speech_insert": {"text": "Not now.", "type": "non_directed_phrase"},
            }
        }
    ticks[16]["user_tool_calls"] = [{"name": "toggle", "requestor": "user"}]
    (call,) = read(tau2_run(tmp_path, tau2_body(ticks=ticks)))
    told = [(e.kind, round(e.start_s, 6), e.label) for e in call.events]
    assert told == [
        ("tool", 1.6, "find_order"),
        ("tool", 3.2, "toggle (by the caller)"),
        ("other", 2.4, "caller: backchannel"),
        ("other", 2.8, "caller: non directed phrase Not now."),
        ("other", 2.8, "noise: dog_bark"),
    ]
    assert call.events[0].end_s == pytest.approx(2.0)


def test_documents_hold_the_simulation_and_its_own_task(tmp_path: Path) -> None:
    run = tau2_run(tmp_path)
    (call,) = read(run)
    assert (
        call.documents["tau2/simulation.json"]
        == (run / "simulations" / "49b22f0c.json").read_bytes()
    )
    about = json.loads(call.documents["tau2/run.json"])
    assert [t["id"] for t in about["tasks"]] == ["20"]
    assert about["info"]["environment_info"]["policy"] == "Be kind."


def test_reward_and_surroundings(tmp_path: Path) -> None:
    body = tau2_body(
        trial=2,
        reward_info={
            "reward": 0.0,
            "reward_basis": ["DB", "COMMUNICATE"],
            "db_check": {"db_match": False},
            "nl_assertions": [{"met": True}, {"met": False}, {"note": 1}],
            "communicate_checks": None,
        },
        speech_environment={
            "background_noise_file": "/data/noise/street.wav",
            "complexity": "regular",
            "telephony_enabled": True,
            "persona_name": "mildred",
            "source_effects_config": {"enable_background_noise": True, "noise_snr_db": 15},
        },
        mood="odd",
    )
    (call,) = read(tau2_run(tmp_path, body))
    assert call.metrics == {
        "reward": 0.0,
        "reward_basis": ["DB", "COMMUNICATE"],
        "db_match": False,
        "nl_assertions": [True, False],
    }
    assert call.conditions == {
        "complexity": "regular",
        "noise": "street",
        "snr_db": 15.0,
        "line": "telephone",
        "persona": "mildred",
    }
    assert (call.attempt, call.title) == (3, "tau2 retail task 20, trial 2")
    assert call.unknown == ("simulation: mood",)


# recordings and labels ---------------------------------------------------------------------------


def audio_of(run: Path, sim: str = "49b22f0c", task: str = "20") -> Path:
    folder = run / "artifacts" / f"task_{task}" / f"sim_{sim}" / "audio"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_the_caller_is_left_and_the_agent_right(tmp_path: Path, make_wav: MakeWav) -> None:
    run = tau2_run(tmp_path)
    make_wav(str(audio_of(run) / "both.wav"), np.zeros((RATE, 2)) + 0.1, RATE)
    (call,) = read(run)
    assert [(a.role, a.channel_index, a.path.name) for a in call.audio] == [
        ("caller", 0, "both.wav"),
        ("agent", 1, "both.wav"),
    ]
    make_wav(str(audio_of(run) / "both.wav"), np.zeros(RATE) + 0.1, RATE)
    (call,) = read(run)
    assert [(a.role, a.channel_index) for a in call.audio] == [("mix", 0)]


def test_labels_give_the_texts_that_ticks_lack(tmp_path: Path) -> None:
    run = tau2_run(tmp_path)
    folder = audio_of(run)
    (folder / "user_labels.txt").write_text(f"0.4\t1.4\t{'a' * 200}\nbroken\n")
    (folder / "assistant_labels.txt").write_text("1.8\t3.6\tSure.\n")
    (folder / "assistant_tool_calls_labels.txt").write_text("1.6\t1.8\tfind_order\n")
    (call,) = read(run)
    assert lines(call, "intended") == [
        ("caller", 0.4, 1.4, "a" * 200),
        ("agent", 1.8, 3.6, "Sure."),
    ]
    assert [(e.kind, e.label) for e in call.events] == [("tool", "find_order")]
    assert any("200 characters" in loss for loss in call.losses)
    assert any("could not be read" in loss for loss in call.losses)


@pytest.mark.parametrize("odd", ["../../../secret", "/etc", "a/b", "..", ""])
def test_ids_never_lead_out_of_the_run(tmp_path: Path, make_wav: MakeWav, odd: str) -> None:
    secret = tmp_path / "secret" / "audio"
    secret.mkdir(parents=True)
    make_wav(str(secret / "both.wav"), np.zeros((RATE, 2)), RATE)
    run = tau2_run(tmp_path)
    shutil.rmtree(run / "simulations")
    put(run / "simulations" / "x.json", tau2_body(id=odd, task_id=odd))
    (call,) = read(run)
    assert call.audio == ()


def test_a_link_out_of_the_artifacts_is_not_followed(tmp_path: Path, make_wav: MakeWav) -> None:
    run = tau2_run(tmp_path)
    outside = tmp_path / "outside"
    make_wav(str(outside / "both.wav"), np.zeros((RATE, 2)), RATE)
    folder = audio_of(run)
    folder.rmdir()
    folder.symlink_to(outside)
    (call,) = read(run)
    assert call.audio == ()


# layouts -----------------------------------------------------------------------------------------


def test_a_run_its_files_and_folders_of_runs(tmp_path: Path) -> None:
    run = tau2_run(tmp_path / "runs", tau2_body(), tau2_body(id="two", task_id="21"))
    for path in (run, run / "results.json", run / "simulations", tmp_path):
        assert ReaderTau2().sniff(path), path
        assert [c.scenario_key for c in read(path)] == ["retail.20", "retail.21"], path
    assert [c.scenario_key for c in read(run / "simulations" / "two.json")] == ["retail.21"]
    found = sniffed(run)
    assert found is not None
    assert found.source == "tau2"


def text_run(path: Path, **more: Any) -> Path:
    """A text run in one file, its second simulation broken."""
    messages = [
        {"role": "system", "content": "Be kind.", "timestamp": "2026-06-30T11:00:00"},
        {"role": "assistant", "content": "Hi, how can I help?", "timestamp": "2026-06-30T11:00:01"},
        {"role": "user", "content": "I want\nto return a mug.", "timestamp": "2026-06-30T11:00:09"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "name": "find_order", "arguments": {}}],
            "timestamp": "2026-06-30T11:00:12",
        },
        {"role": "tool", "content": "{}"},
        {"role": "assistant", "content": "Done.", "timestamp": "2026-06-30T11:00:20"},
    ]
    body = {
        "id": "t1",
        "task_id": 7,
        "start_time": "2026-06-30T11:00:00",
        "messages": messages,
        "ticks": None,
        "reward_info": {"reward": 1.0},
        **more,
    }
    info = {
        "user_info": {},
        "agent_info": {"llm": "m"},
        "environment_info": {"domain_name": "mock"},
    }
    return put(path, {"info": info, "tasks": [{"id": "7"}], "simulations": [body, "broken"]})


def test_a_text_run_keeps_its_order_and_says_that_times_are_estimates(tmp_path: Path) -> None:
    found = every(text_run(tmp_path / "any_name.json"))
    call, failure = found
    assert isinstance(call, ForeignCall)
    assert isinstance(failure, ForeignFailure)
    assert lines(call, "intended") == [
        ("agent", 1.0, pytest.approx(2.75), "Hi, how can I help?"),
        ("caller", 9.0, pytest.approx(11.1), "I want to return a mug."),
        ("agent", 20.0, pytest.approx(20.4), "Done."),
    ]
    assert {x.params["time_basis"] for x in call.layers} == {"estimated"}
    assert [(e.label, e.start_s) for e in call.events] == [("find_order", 12.0)]
    assert (call.scenario_key, call.metrics["reward"]) == ("mock.7", 1.0)
    assert "simulations" not in json.loads(call.documents["tau2/run.json"])


def test_messages_without_stamps_follow_each_other(tmp_path: Path) -> None:
    messages = [{"role": r, "content": "one two"} for r in ("user", "assistant", "user")]
    call = every(text_run(tmp_path / "a.json", messages=messages))[0]
    assert isinstance(call, ForeignCall)
    starts = [start for _, start, _, _ in lines(call, "intended")]
    assert starts == sorted(starts)
    assert len(set(starts)) == 3
    assert {x.params["time_basis"] for x in call.layers} == {"none"}


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        every(tmp_path / "none")
    put(tmp_path / "results.json", {"info": 1, "scores": []})
    assert not ReaderTau2().sniff(tmp_path)
    with pytest.raises(BadInput, match="holds no run of tau2-bench"):
        every(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ticks": "x", "task_id": [], "trial": "one"},
        {"ticks": [None, 1, {"user_chunk": [], "agent_chunk": {"contains_speech": "yes"}}]},
        {"ticks": [{"tick_id": "a"}, {"tick_id": 10**30}, {"tick_id": -1}]},
        {"messages": {"a": 1}, "reward_info": [1], "speech_environment": "loud"},
        {"messages": [1, None, {"role": {}, "content": {}, "tool_calls": [1]}]},
    ],
)
def test_wrong_types_are_tolerated(tmp_path: Path, body: dict[str, Any]) -> None:
    (call,) = read(tau2_run(tmp_path, {"id": "x", **body}))
    assert call.title.startswith("tau2 retail")


def test_a_broken_simulation_fails_alone(tmp_path: Path) -> None:
    run = tau2_run(tmp_path, tau2_body(), tau2_body(id="two"))
    (run / "simulations" / "aaa.json").write_text("{")
    (run / "simulations" / "bbb.json").write_text("[1]")
    with (run / "simulations" / "ccc.json").open("wb") as file:
        file.truncate(1 << 30)
    found = every(run)
    assert len([f for f in found if isinstance(f, ForeignCall)]) == 2
    reasons = [f.reason for f in found if isinstance(f, ForeignFailure)]
    assert len(reasons) == 3
    assert any("larger than 64 MB" in r for r in reasons)


def test_a_run_that_lost_its_simulations_says_so(tmp_path: Path) -> None:
    run = tau2_run(tmp_path)
    shutil.rmtree(run / "simulations")
    (found,) = every(run)
    assert isinstance(found, ForeignFailure)
    assert "has no simulations" in found.reason


# the real fixture --------------------------------------------------------------------------------


def test_the_fixture_of_three_simulations(shared_data: Path) -> None:
    from app.eval.turns.tau2 import Tau2Ticks
    from tests.ui.review_support import call as any_call

    calls = read(shared_data / "siblings" / "tau2_voice_fixture")
    assert {c.scenario_key for c in calls} == {"retail.20", "retail.40", "retail.98"}
    for call in calls:
        data = call.documents["tau2/simulation.json"]
        ticks = from_simulation(data, call.documents["tau2/run.json"])
        assert ticks is not None
        wanted = [
            (who, round(a * 0.2, 6), round(b * 0.2, 6))
            for who, row in (("caller", ticks.user), ("agent", ticks.agent))
            for a, b in runs(row)
        ]
        end_s = round(len(ticks.user) * 0.2, 6)  # without the tick of the signal to stop
        assert [(who, a, min(b, end_s)) for who, a, b in spans(call)] == wanted
        assert call.recorded_at is not None
        assert call.conditions["line"] == "telephone"
        source = CallInput(call=any_call(), documents=dict(call.documents))
        values = Tau2Ticks().evaluate(source, Watch()).values
        assert any(v.metric_id == "tau2.response_latency" for v in values)
