"""LiveKit: the recording's clock, figures of responses, and where the agent is on the left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.services.importing.foreign import ForeignCall
from app.services.importing.readers import reader, sniffed
from tests.audio_files import write_av
from tests.unit.foreign_vendors.vendor_payloads import (
    TALK,
    ZERO_S,
    livekit,
    put_json,
    put_sound,
    sound,
)

ReadOne = Callable[[str, Path], ForeignCall]


def camel(value: Any) -> Any:
    """The same report as the JavaScript package writes it."""
    if isinstance(value, list):
        return [camel(v) for v in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, inner in value.items():
        first, *rest = key.split("_")
        out[first + "".join(p.title() for p in rest)] = camel(inner)
    return out


@pytest.mark.parametrize("form", [dict, camel, lambda r: {"agentId": "a", "report": r}])
def test_times_count_from_the_start_of_the_recording(
    tmp_path: Path, read_one: ReadOne, form: Callable[[Any], Any]
) -> None:
    put_sound(tmp_path / "audio_1.wav")
    path = put_json(tmp_path / "report.json", form(livekit()))
    assert sniffed(path) is reader("livekit")
    call = read_one("livekit", path)
    speech = call.layers[0]
    assert speech.kind == "speech"
    assert [(r.speaker, round(r.start_s, 3), round(r.end_s, 3)) for r in speech.lines] == [
        t[:3] for t in TALK
    ]
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 0, "agent": 1}
    assert [(e.kind, e.label, round(e.start_s, 3)) for e in call.events] == [
        ("transfer", "handed over to booker", 0.1),
        ("tool", "find_slot 343 ms", 5.21),
        ("barge_in", "agent interrupted", 7.0),
        ("other", "closed: participant_disconnected", 7.5),
    ]
    assert call.recorded_at == "2026-01-01T00:00:02.500000Z"
    assert call.identity == "AJ_test1"
    assert call.agent == "booker"
    assert call.warnings == ()
    assert call.unknown == ()


def test_responses_say_where_the_time_went(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("livekit", put_json(tmp_path / "report.json", livekit()))
    first, second = call.extra["responses"]
    assert first["start_s"] == pytest.approx(2.0)
    assert first["stages"] == {
        "endpointing_ms": 50.0,
        "asr_final_ms": 200.0,
        "llm_first_token_ms": 150.0,
        "tts_first_byte_ms": 80.0,
    }
    assert second["start_s"] == pytest.approx(5.6)
    assert call.metrics["e2e_latency_s"] == [0.48, 0.48]


def test_opus_recording_of_the_session(tmp_path: Path, read_one: ReadOne) -> None:
    write_av(tmp_path / "audio_1.ogg", np.repeat(sound(), 6, axis=0), 48_000, "libopus")
    raw = livekit(audio_recording_path="C:\\agent\\audio_1.ogg")
    call = read_one("livekit", put_json(tmp_path / "report.json", raw))
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 0, "agent": 1}
    assert call.duration_s == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("mixing", ["DUAL_CHANNEL_AGENT", 1])
def test_egress_has_the_agent_left(tmp_path: Path, read_one: ReadOne, mixing: Any) -> None:
    put_sound(tmp_path / "room.wav", ("agent", "caller"))
    put_json(
        tmp_path / "EG_1.json",
        {
            "egress_id": "EG_1",
            "room_name": "booking-room",
            "started_at": int((ZERO_S) * 1e9),
            "room_composite": {"audio_mixing": mixing},
            "file_results": [
                {
                    "filename": "out/room.wav",
                    "startedAt": str(int(ZERO_S * 1e9)),
                    "endedAt": str(int((ZERO_S + 8) * 1e9)),
                }
            ],
        },
    )
    raw = livekit(audio_recording_path=None, audio_recording_started_at=None)
    call = read_one("livekit", put_json(tmp_path / "report.json", raw))
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 1, "agent": 0}
    assert call.warnings == ()
    assert call.clock_s == pytest.approx(8)
    assert "DUAL_CHANNEL_AGENT" in call.extra["channel_guess"]["reason"]
    assert call.layers[0].lines[0].start_s == pytest.approx(0.5)


def test_egress_of_another_room_is_not_taken(tmp_path: Path, read_one: ReadOne) -> None:
    put_sound(tmp_path / "EG_1.wav")
    put_json(tmp_path / "EG_1.json", {"egress_id": "EG_1", "room_name": "elsewhere"})
    raw = livekit(audio_recording_path=None)
    assert read_one("livekit", put_json(tmp_path / "report.json", raw)).audio == ()


def test_changes_of_state_stand_in_for_missing_times(tmp_path: Path, read_one: ReadOne) -> None:
    raw = livekit()
    for item in raw["chat_history"]["items"]:
        item.pop("metrics", None)
    for side, start, end, _ in TALK:
        kind = "user_state_changed" if side == "caller" else "agent_state_changed"
        raw["events"] += [
            {"type": kind, "old_state": "listening", "new_state": "speaking",
             "created_at": ZERO_S + start},
            {"type": kind, "old_state": "speaking", "new_state": "listening",
             "created_at": ZERO_S + end},
        ]  # fmt: skip
    call = read_one("livekit", put_json(tmp_path / "report.json", raw))
    assert [(r.speaker, round(r.start_s, 3), round(r.end_s, 3)) for r in call.layers[0].lines] == [
        t[:3] for t in TALK
    ]
    assert call.layers[0].params["time_basis"] == "audio"


def test_times_of_writing_alone_are_estimates_and_no_speech(
    tmp_path: Path, read_one: ReadOne
) -> None:
    raw = livekit()
    for item in raw["chat_history"]["items"]:
        item.pop("metrics", None)
    call = read_one("livekit", put_json(tmp_path / "report.json", raw))
    assert {x.kind for x in call.layers} == {"transcript"}
    assert call.layers[0].params["time_basis"] == "estimated"
    assert any(w.startswith("4 messages have no time of speaking") for w in call.warnings)


def test_unknown_start_of_the_recording_is_said(tmp_path: Path, read_one: ReadOne) -> None:
    raw = livekit(audio_recording_started_at=None)
    call = read_one("livekit", put_json(tmp_path / "report.json", raw))
    assert any("does not say when the recording began" in w for w in call.warnings)
    assert call.layers[0].params["time_basis"] == "wall"
