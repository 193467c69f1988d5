"""Pipecat bots, on a server that refuses what a client would not send."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agents.link import AgentEvent, Listener
from app.agents.pipecat import frames, rtvi
from app.agents.pipecat.link import PipecatLink
from app.agents.profiles import CallProfile
from app.agents.utterances import Utterances
from app.domain.errors import BadInput, EnvironmentFault
from app.domain.work import Quiet
from app.services import layers, live_calls
from app.services.workspace import Workspace
from tests.support.callers import caller_file
from tests.support.protobuf_by_hand import read, written
from tests.support.strict_pipecat import AUDIO, INTERRUPTION, StrictPipecat


def bot(url: str, **values: Any) -> CallProfile:
    return CallProfile(name="bot", adapter="pipecat", url=url, **values)


def listener(events: list[AgentEvent]) -> Listener:
    ignored = lambda *_: None  # noqa: E731
    return Listener(event=events.append, raw=ignored, sent=ignored)


def waits(until: Any, seconds: float = 2.0) -> bool:
    stop_by = time.monotonic() + seconds
    while time.monotonic() < stop_by:
        if until():
            return True
        time.sleep(0.01)
    return False


def test_a_call_of_two_turns_with_a_barge_in(tmp_path: Path) -> None:
    caller = caller_file(tmp_path / "caller.wav", "caller_suits", "caller_suits")
    ws = Workspace.open(tmp_path / "ws", create=True)
    with StrictPipecat((4.0, 0.6)) as peer:
        request = live_calls.LiveRequest(profile=bot(peer.url), caller=caller, barge_in_ms=700)
        stored = live_calls.place(Quiet(), ws, request)
    assert peer.faults == []
    assert not stored.dropped
    assert (peer.interruptions, peer.cut) == (2, 1)
    found = stored.measures
    assert len(found.turns) == 2
    assert all(300 < t.mouth_to_ear_ms < 1_200 for t in found.turns)
    (cut,) = found.barge_ins  # the first interruption met silence, and counts for nothing
    assert cut.detect_ms is not None
    assert cut.stop_ms is not None
    assert 80 < cut.detect_ms < 800
    assert cut.stop_ms == pytest.approx(cut.detect_ms, abs=100)
    assert found.false_stops == ()
    lines = layers.transcript(ws, stored.call_id)
    ws.close()
    said = [(s.speaker, s.text, s.heard) for s in lines]
    assert ("caller", "I am caller 1. Yes.", True) in said
    assert ("caller", "I am caller 2. Yes.", True) in said
    assert ("agent", "This is answer 2, which lasts 0.6 seconds.", True) in said
    first = [(text, heard) for who, text, heard in said if who == "agent" and "2," not in text]
    assert [heard for _, heard in first] == [True, False]
    assert " ".join(text for text, _ in first) == "This is answer 1, which lasts 4 seconds."


def test_sound_of_each_rate_comes_out_at_one() -> None:
    events: list[AgentEvent] = []
    link = PipecatLink(bot("ws://x"))
    link._listener = listener(events)
    tone = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    pcm = (8_000 * tone).astype("<i2")
    for rate, channels in ((16_000, 1), (24_000, 1), (16_000, 2)):
        data = np.repeat(pcm[: rate // 2], channels).tobytes()
        sound = written((3, data), (4, rate), (5, channels))
        link._received(written((AUDIO, sound)), 1)
    link._received(written((INTERRUPTION, b"")), 1)
    sounds = [e.pcm for e in events if e.pcm is not None]
    assert {e.item_id for e in events if e.pcm is not None} == {"agent-1"}
    assert abs(sum(map(len, sounds)) - (12_000 + 12_000 + 12_000)) < 60
    assert np.abs(sounds[0]).max() == pytest.approx(8_000, rel=0.02)
    assert events[-1].kind == "clear"


def test_a_second_client_is_told_in_words_that_the_line_is_busy(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "ws", create=True)
    with StrictPipecat() as peer:
        first = PipecatLink(bot(peer.url))
        first.connect(listener([]))
        assert waits(lambda: peer.said)
        request = live_calls.LiveRequest(profile=bot(peer.url), seconds=3)
        try:
            words = live_calls.place(Quiet(), ws, request).words
        except BadInput as ended:  # before the first block came
            words = str(ended)
        first.close()
    ws.close()
    assert "takes one caller at a time" in words
    assert "1013" in words


def test_a_bot_that_wants_an_origin_is_given_one() -> None:
    with StrictPipecat(origins=["https://lab.example"]) as peer:
        with pytest.raises(EnvironmentFault) as refused:
            PipecatLink(bot(peer.url)).connect(listener([]))
        assert "Origin" in (refused.value.remedy)
        events: list[AgentEvent] = []
        link = PipecatLink(bot(peer.url, origin="https://lab.example"))
        link.connect(listener(events))
        assert waits(lambda: any(e.kind == "ready" for e in events))
        link.close()
    assert peer.faults == []


def test_tools_are_answered_and_keys_are_messages() -> None:
    events: list[AgentEvent] = []
    with StrictPipecat(asks_tool=True, rate_hz=8_000) as peer:
        link = PipecatLink(bot(peer.url, input_rate_hz=8_000))
        link.connect(listener(events))
        assert waits(lambda: any(e.kind == "tool" for e in events))
        link.send_audio(np.zeros(160, np.int16), 160)
        link.send_audio(np.zeros(0, np.int16), 160)
        link.send_dtmf("#")
        link.send_dtmf("A")
        link.send_tool_result("t1", '{"sky": "grey"}')
        link.send_tool_result("t1", "again")
        link.send_tool_result("nobody asked", "this")
        link.close()
    assert peer.faults == []
    (tool,) = [e for e in events if e.kind == "tool"]
    assert tool.data["name"] == "weather"
    told = {m["type"]: m["data"] for m in peer.said}
    assert [m["type"] for m in peer.said].count("llm-function-call-result") == 1
    assert told["dtmf"] == {"buttons": ["#"]}
    assert told["llm-function-call-result"]["result"] == {"sky": "grey"}
    assert told["llm-function-call-result"]["arguments"] == {"city": "Oslo"}


def test_frames_are_what_the_format_says() -> None:
    body = read(read(frames.audio(np.array([1, -2], np.int16), 16_000))[2])
    assert body == {3: b"\x01\x00\xfe\xff", 4: 16_000, 5: 1}
    assert read(read(frames.message("{}"))[4]) == {1: b"{}"}
    frame = frames.parse(written((3, written((3, b"hello"), (99, 1)))))
    assert (frame.kind, frame.text) == ("transcription", "hello")


@pytest.mark.parametrize("seed", range(4))
def test_no_bytes_end_a_call(seed: int) -> None:
    chance = np.random.default_rng(seed)
    good = written((AUDIO, written((3, b"\0" * 40), (4, 16_000), (5, 1))))
    for _ in range(500):
        spoilt = bytearray(good[: chance.integers(0, len(good) + 1)])
        for at in chance.integers(0, max(1, len(spoilt)), 3):
            if at < len(spoilt):
                spoilt[at] = chance.integers(0, 256)
        assert frames.parse(bytes(spoilt)).kind in (*frames.FIELDS, "other")


def test_an_old_bot_tells_what_it_speaks_in_the_older_message() -> None:
    told = rtvi.Rtvi(Utterances())
    text = '{"label": "rtvi-ai", "type": "bot-tts-text", "data": {"text": "Hello."}}'
    (event,) = told.events(text, 1)
    assert (event.kind, event.text, event.item_id) == ("agent_text", "Hello. ", "agent-1")
    for odd in ("[]", "{}", "", '{"label": "rtvi-ai"}', '{"label": "rtvi-ai", "type": "error"}'):
        assert all(e.kind == "error" for e in told.events(odd, 1))
