"""Bots for Twilio Media Streams, on a server that refuses what Twilio would not send."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agents.caller_script import CallerScript
from app.agents.link import AgentEvent, Listener
from app.agents.profiles import CallProfile, checked
from app.agents.session import CallSession, Plan
from app.agents.twilio import frames
from app.agents.twilio.link import TwilioLink
from app.agents.twilio.packets import Packets
from app.agents.twilio.speaking import Speaking
from app.audio import g711
from app.audio.duplex_virtual import VirtualDuplex
from app.domain.errors import BadInput
from app.domain.work import Quiet
from app.services import live_calls
from app.services.workspace import Workspace
from tests.support.callers import caller_file
from tests.support.strict_twilio import StrictTwilio


def bot(url: str, **values: Any) -> CallProfile:
    return CallProfile(name="bot", adapter="twilio", url=url, **values)


def test_a_call_of_two_turns_with_a_barge_in(tmp_path: Path) -> None:
    caller = caller_file(tmp_path / "caller.wav", "caller_suits", "caller_suits")
    ws = Workspace.open(tmp_path / "ws", create=True)
    with StrictTwilio((4.0, 0.6), eva=True) as peer:
        profile = bot(peer.url, custom_parameters={"lang": "en"}, eva_events=True)
        request = live_calls.LiveRequest(profile=profile, caller=caller, barge_in_ms=700)
        stored = live_calls.place(Quiet(), ws, request)
    ws.close()
    assert peer.faults == []
    assert peer.stopped
    assert not stored.dropped
    assert peer.parameters == {"lang": "en"}
    assert peer.clears == 1
    assert [m.name for m in peer.marks if m.echoed] == ["half-1", "end-1", "half-2", "end-2"]
    found = stored.measures
    assert len(found.turns) == 2
    assert all(200 < t.mouth_to_ear_ms < 1_200 for t in found.turns)
    (cut,) = found.barge_ins
    assert cut.stop_ms is not None
    assert cut.flush_ms is not None
    assert 50 < cut.stop_ms < 900
    assert abs(cut.flush_ms) < 100
    told, heard = [e for e, _ in peer.speech], [e for e, _ in peer.heard]
    assert told == ["user_speech_start", "user_speech_stop"] * 2 == heard
    for (_, wall_ms), (_, at_s) in zip(peer.speech, peer.heard):
        assert wall_ms / 1000 == pytest.approx(at_s, abs=0.12)


def listener(events: list[AgentEvent], **values: Any) -> Listener:
    ignored = lambda *_: None  # noqa: E731
    return Listener(event=events.append, raw=ignored, sent=ignored, **values)


def test_keys_are_events_and_packets_are_of_20_ms() -> None:
    events: list[AgentEvent] = []
    with StrictTwilio((1.0,)) as peer:
        link = TwilioLink(bot(peer.url))
        link.connect(listener(events))
        link.send_audio(np.zeros(250, np.int16), 250)
        link.send_dtmf("5")
        time.sleep(0.05)
        link.send_audio(np.zeros(70, np.int16), 320)
        link.close()
    assert peer.faults == []
    assert peer.digits == ["5"]
    assert [e.kind for e in events] == ["closed"]


def test_a_secret_parameter_reaches_the_bot_and_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "s3cret")
    log: list[str] = []
    with StrictTwilio((1.0,)) as peer:
        link = TwilioLink(bot(peer.url, custom_parameters={"token": "env:BOT_TOKEN", "n": "1"}))
        ignored = lambda *_: None  # noqa: E731
        link.connect(Listener(event=ignored, raw=lambda m: log.append(m.text), sent=ignored))
        time.sleep(0.1)
        link.close()
    assert peer.faults == []
    assert peer.parameters == {"token": "s3cret", "n": "1"}
    assert "env:BOT_TOKEN" in " ".join(log)
    assert "s3cret" not in " ".join(log)


def test_a_server_that_is_left_off_dialect_says_so() -> None:
    """The fake's own teeth: each of these is refused."""
    for spoil in ("half a packet", "early mark", "no start"):
        with StrictTwilio((1.0,)) as peer:
            link = TwilioLink(bot(peer.url))
            if spoil == "no start":
                link._stream.sequence = 3
            link.connect(listener([]))
            if spoil == "half a packet":
                link._put(link._stream.media(np.zeros(80, np.int16)))
            elif spoil == "early mark":
                link._echo("end-1")
            time.sleep(0.1)
            link.close()
        assert len(peer.faults) == 1, spoil


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"\xff", b"{}", b'{"event": 5}', b'{"event": "mark"}', b'{"event": "media"}',
     b'{"event": "mark", "mark": 3}', b'{"event": "media", "media": {"payload": "***"}}',
     b'{"event": "media", "media": []}'],
)  # fmt: skip
def test_what_cannot_be_read_is_of_no_consequence(raw: bytes) -> None:
    answer = frames.parse(raw)
    assert answer.kind == "other" or (answer.pcm is not None and not len(answer.pcm))


def test_sound_of_any_size_is_decoded_and_left_out_of_the_log() -> None:
    pcm = np.array([0, 8_031, -8_031, 32_124, -32_124], np.int16)
    payload = base64.b64encode(g711.encode(pcm).tobytes()).decode()
    answer = frames.parse(json.dumps({"event": "media", "media": {"payload": payload}}).encode())
    assert answer.pcm is not None
    assert np.abs(answer.pcm.astype(int) - pcm).max() <= 512
    assert answer.told["media"] == "[5 bytes of sound]"


def test_packets_tell_up_to_where_the_caller_has_left() -> None:
    packets = Packets(160)
    assert list(packets.push(np.zeros(100, np.int16), 300)) == []
    ((first, reached),) = packets.push(np.arange(100, dtype=np.int16), 600)
    assert (len(first), reached) == (160, 300)
    (second,) = packets.push(np.zeros(120, np.int16), 960)
    assert second[1] == 960
    assert second[0][:40].tolist() == list(range(60, 100))


def test_speech_is_told_with_the_time_that_it_had() -> None:
    speaking = Speaking()
    told: list[tuple[str, int]] = []
    for block in range(100):
        pcm = np.full(160, 3_000 if 50 <= block < 70 else 0, np.int16)
        told += speaking.push(pcm, 1_000 + (block + 1) * 0.02)
    assert told == [("user_speech_start", 1_001_000), ("user_speech_stop", 1_001_400)]


@pytest.mark.parametrize(
    "values",
    [{"url": "http://h"}, {"origin": "h"}, {"input_rate_hz": 12_000},
     {"custom_parameters": {"a": 1}}, {"custom_parameters": {"": "a"}}],
)  # fmt: skip
@pytest.mark.parametrize("adapter", ["twilio", "pipecat"])
def test_a_bot_that_cannot_be_dialled_is_refused(adapter: Any, values: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        checked(CallProfile(**{"name": "a", "adapter": adapter, "url": "ws://h"} | values))


def test_what_a_bot_is_sent_is_band_limited_before_it_is_8_khz(tmp_path: Path) -> None:
    """A tone above 4 kHz would come back as one that was never said."""
    at = np.arange(24_000) / 48_000
    pcm = np.concatenate([np.sin(2 * np.pi * hz * at) for hz in (6_000, 1_000)])
    plan = Plan(
        folder=tmp_path / "call",
        head={},
        open_device=lambda _hz, _attempt: VirtualDuplex(48_000),
        script=lambda hz: CallerScript((8_000 * pcm).astype(np.int16), hz),
        seconds=1.2,
    )
    with StrictTwilio((0.2,)) as peer:
        CallSession(TwilioLink(bot(peer.url)), plan).run()
    assert peer.faults == []
    assert max(peer.peaks[2:22]) < 100
    assert min(peer.peaks[28:48]) == pytest.approx(8_000, rel=0.05)


def test_the_mu_law_of_the_standard() -> None:
    """Values of G.711, table 2a: the ends of the segments and the two zeros."""
    codes = {0x00: -32_124, 0x80: 32_124, 0x8F: 16_764, 0x9F: 8_316, 0xAF: 4_092, 0xBF: 1_980,
             0xCF: 924, 0xDF: 396, 0xEF: 132, 0xFE: 8, 0xFF: 0, 0x7F: 0}  # fmt: skip
    assert dict(zip(codes, g711.decode(np.array([*codes], np.uint8)).tolist())) == codes
    every = np.arange(256, dtype=np.uint8)
    again = g711.encode(g711.decode(every))
    assert again[every != 0x7F].tolist() == every[every != 0x7F].tolist()
