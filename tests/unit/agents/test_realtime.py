from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from app.agents.profiles import CallProfile, checked, from_json
from app.agents.realtime import parsing
from app.agents.realtime.session import address, update
from app.domain.errors import BadInput

SOUND = base64.b64encode(np.arange(400, dtype="<i2").tobytes()).decode()


def profile(**values: Any) -> CallProfile:
    return CallProfile(**{"name": "a", "url": "ws://127.0.0.1:1/v1/realtime"} | values)


@pytest.mark.parametrize("name", ["response.output_audio.delta", "response.audio.delta"])
def test_sound_is_the_same_in_both_dialects_and_leaves_the_log(name: str) -> None:
    raw = json.dumps({"type": name, "item_id": "i", "delta": SOUND}).encode()
    event, body = parsing.parse(raw, 5)
    assert (event.kind, event.item_id, event.at_ns) == ("audio", "i", 5)
    assert event.pcm is not None
    assert event.pcm.tolist() == list(range(400))
    assert body["delta"] == f"[{len(SOUND)} characters of sound]"


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"\xff\xfe", b'{"type": "response.hologram.delta"}', b'{"type": 5}', b"{}",
     b'{"type": "response.output_audio.delta", "delta": "***"}'],
)  # fmt: skip
def test_what_is_not_known_is_an_event_of_no_consequence(raw: bytes) -> None:
    assert parsing.parse(raw, 1)[0].kind == "other"


def test_pieces_and_whole_texts_are_told_apart() -> None:
    piece = {"type": "response.audio_transcript.delta", "item_id": "i", "delta": "Good "}
    whole = {"type": "response.output_audio_transcript.done", "item_id": "i", "transcript": "Good."}
    assert [
        (e.kind, e.text, e.whole)
        for e in (parsing.parse(json.dumps(b).encode(), 0)[0] for b in (piece, whole))
    ] == [("agent_text", "Good ", False), ("agent_text", "Good.", True)]


@pytest.mark.parametrize(
    ("url", "model", "wanted"),
    [
        ("ws://h:1/v1/realtime", "", "ws://h:1/v1/realtime"),
        ("https://h/v1", "m-1", "wss://h/v1/realtime?model=m-1"),
        ("http://h:8000", "a b", "ws://h:8000/v1/realtime?model=a+b"),
        ("wss://h/v1/realtime?model=x&k=1", "y", "wss://h/v1/realtime?model=x&k=1"),
    ],
)
def test_a_base_url_becomes_the_address_of_the_protocol(url: str, model: str, wanted: str) -> None:
    assert address(profile(url=url, model=model)) == wanted


def test_the_session_of_the_current_dialect() -> None:
    session = update(profile(voice="v", turn_detection={}, noise_reduction="near_field"))["session"]
    assert session["type"] == "realtime"
    assert session["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": 24_000}
    assert session["audio"]["input"]["turn_detection"] is None
    assert session["audio"]["input"]["noise_reduction"] == {"type": "near_field"}
    assert session["audio"]["output"]["voice"] == "v"


def test_what_a_profile_leaves_open_is_left_to_the_server() -> None:
    session = update(profile())["session"]
    assert "turn_detection" not in session["audio"]["input"]
    assert "instructions" not in session


def test_the_session_of_older_servers_is_flat() -> None:
    session = update(profile(dialect="beta", turn_detection={"type": "server_vad"}))["session"]
    assert session["input_audio_format"] == "pcm16"
    assert session["turn_detection"] == {"type": "server_vad"}
    assert "type" not in session


def test_profiles_survive_storage_and_are_known_by_their_settings() -> None:
    made = profile(tools=({"name": "t"},), tool_results={"t": "ok"})
    assert from_json(json.loads(json.dumps(made.to_json()))) == made
    assert profile(name="b").sha256 == profile(version=7).sha256 != made.sha256


@pytest.mark.parametrize(
    "values",
    [{"url": "h:1"}, {"adapter": "morse"}, {"dialect": "alpha"}, {"key_ref": "sk-1234567890"}],
)
def test_a_profile_that_cannot_be_dialled_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        checked(profile(**values))
    assert "sk-1234567890" not in str(refused.value)
