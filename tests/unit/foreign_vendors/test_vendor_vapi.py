"""Vapi: units of times, words, tools, and the recording beside the JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.importing.foreign import ForeignCall
from app.services.importing.readers import reader, sniffed
from tests.unit.foreign_vendors.vendor_payloads import (
    TALK,
    put_json,
    put_side,
    put_sound,
    vapi,
    vapi_report,
)

ReadOne = Callable[[str, Path], ForeignCall]


def spans(call: ForeignCall) -> list[tuple[str, float, float]]:
    transcript = next(x for x in call.layers if x.text_role == "heard")
    return [(r.speaker, round(r.start_s, 3), round(r.end_s, 3)) for r in transcript.lines]


WANTED = [(side, start, end) for side, start, end, _ in TALK]


@pytest.mark.parametrize("payload", [vapi, vapi_report])
def test_lines_events_and_facts(
    tmp_path: Path, read_one: ReadOne, payload: Callable[[], dict[str, Any]]
) -> None:
    put_sound(tmp_path / "abc1-stereo.wav")
    path = put_json(tmp_path / "call.json", payload())
    assert sniffed(path) is reader("vapi")
    call = read_one("vapi", path)
    assert spans(call) == WANTED
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 0, "agent": 1}
    assert call.identity == vapi()["id"]
    assert call.outcome == "customer-ended-call"
    assert call.recorded_at == "2026-01-01T00:00:00.000000Z"
    assert call.duration_s == 8.0
    assert [(e.kind, e.label) for e in call.events] == [("tool", "find_slot 343 ms")]
    assert (call.events[0].start_s, call.events[0].end_s) == (5.21, 5.553)
    assert call.metrics["turnLatencyAverage"] == 1400
    assert call.extra["channel_guess"]["confidence"] > 0.9
    assert not call.losses


def test_words_of_the_recogniser_come_with_the_line(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("vapi", put_json(tmp_path / "call.json", vapi()))
    line = next(x for x in call.layers if x.text_role == "heard").lines[0]
    assert [w[0] for w in line.words] == TALK[0][3].split()
    assert line.words[0][1] == 0.5
    assert line.words[0][3] == 0.9


def test_what_each_layer_holds(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("vapi", put_json(tmp_path / "call.json", vapi()))
    speech, intended, heard = call.layers
    assert speech.kind == "speech"
    assert all(not line.text for line in speech.lines)
    assert intended.text_role == "intended"
    assert {line.speaker for line in intended.lines} == {"agent"}
    assert heard.text_role == "heard"
    assert [line.text for line in heard.lines] == [t[3] for t in TALK]


@pytest.mark.parametrize("per_second", [1, 1000])
def test_durations_are_told_apart_by_the_messages_that_have_an_end(
    tmp_path: Path, read_one: ReadOne, per_second: int
) -> None:
    raw = vapi()
    said = [m for m in raw["artifact"]["messages"] if "duration" in m]
    for message, (_, start, end, _) in zip(said, TALK, strict=True):
        message["duration"] = (end - start) * per_second
    del said[3]["endTime"]
    assert spans(read_one("vapi", put_json(tmp_path / "call.json", raw))) == WANTED


@pytest.mark.parametrize(("per_second", "unit"), [(1, "seconds"), (1000, "milliseconds")])
def test_durations_alone_are_guessed_and_it_is_said(
    tmp_path: Path, read_one: ReadOne, per_second: int, unit: str
) -> None:
    raw = vapi()
    for message in raw["artifact"]["messages"]:
        message.pop("endTime", None)
        if "duration" in message:
            start = message["secondsFromStart"]
            end = next(t[2] for t in TALK if t[1] == start)
            message["duration"] = (end - start) * per_second
    call = read_one("vapi", put_json(tmp_path / "call.json", raw))
    assert spans(call) == WANTED
    assert any(w.endswith(f"taken as {unit}.") for w in call.warnings)


def test_missing_seconds_are_taken_from_the_stamps(tmp_path: Path, read_one: ReadOne) -> None:
    raw = vapi()
    del raw["artifact"]["messages"][3]["secondsFromStart"]
    assert spans(read_one("vapi", put_json(tmp_path / "call.json", raw))) == WANTED


def test_two_mono_files_make_the_two_sides(tmp_path: Path, read_one: ReadOne) -> None:
    raw = vapi()
    raw["artifact"]["recording"] = {
        "mono": {
            "customerUrl": "https://x.example/a/c9.wav",
            "assistantUrl": "https://x.example/a/a9.wav",
        }
    }
    caller, agent = put_side(tmp_path / "c9.wav", "caller"), put_side(tmp_path / "a9.wav", "agent")
    call = read_one("vapi", put_json(tmp_path / "call.json", raw))
    assert {a.role: a.path for a in call.audio} == {"caller": caller, "agent": agent}


def test_addresses_are_not_opened_and_the_loss_is_said(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("vapi", put_json(tmp_path / "call.json", vapi()))
    assert call.audio == ()
    assert call.losses[0].startswith("recordingUrl was not downloaded: put the recording beside")
    assert [x.kind for x in call.layers] == ["speech", "transcript", "transcript"]


def test_recording_named_as_the_json_or_by_id(tmp_path: Path, read_one: ReadOne) -> None:
    path = put_json(tmp_path / "monday.json", vapi())
    put_sound(tmp_path / f"{vapi()['id']}.wav")
    assert len(read_one("vapi", path).audio) == 2
    put_sound(tmp_path / "monday.wav")
    assert read_one("vapi", path).audio[0].path.name == "monday.wav"


def test_keys_are_taken_out_and_unknown_fields_are_named(tmp_path: Path, read_one: ReadOne) -> None:
    raw = vapi(serverUrlSecret="s3cr3t-value-123456", novelty={"a": 1})
    raw["artifact"]["messages"][1]["mood"] = "calm"
    call = read_one("vapi", put_json(tmp_path / "call.json", raw))
    body = call.documents["vapi/call.json"]
    assert b"s3cr3t-value-123456" not in body
    assert json.loads(body)["novelty"] == {"a": 1}
    assert set(call.unknown) == {"serverUrlSecret", "novelty", "messages[].mood"}


def test_transfer_is_an_event(tmp_path: Path, read_one: ReadOne) -> None:
    raw = vapi(destination={"type": "number", "number": "+15550009"})
    call = read_one("vapi", put_json(tmp_path / "call.json", raw))
    assert ("transfer", "transferred to number") in [(e.kind, e.label) for e in call.events]


def test_several_calls_of_one_file_each_find_their_own_recording(
    tmp_path: Path, read_all: Callable[[str, Path], list[Any]]
) -> None:
    first, second = vapi(id="call-one-1"), vapi(id="call-two-2")
    second["artifact"]["recording"] = {"stereoUrl": "https://x.example/stereo.wav"}
    put_sound(tmp_path / "abc1-stereo.wav")
    put_sound(tmp_path / "stereo.wav")  # whose it is cannot be told
    put_sound(tmp_path / "calls.wav")
    found = read_all("vapi", put_json(tmp_path / "calls.json", [first, second, {"no": "call"}]))
    assert [c.identity for c in found] == ["call-one-1", "call-two-2"]
    assert [len(c.audio) for c in found] == [2, 0]
