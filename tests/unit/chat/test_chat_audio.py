"""Sound in a request: a real WAV on the wire, a hash and a size in what is kept."""

from __future__ import annotations

import base64
import hashlib
import io
import json

import numpy as np
import pytest
import soundfile

from app.models.chat_audio import audio_bytes, audio_part, beeps, has_audio, kept
from tests.support.chat_server import ChatServer
from tests.unit.chat.asking import ask, request_of


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000])
def test_a_part_is_a_mono_wav_of_the_samples(rate_hz: int) -> None:
    pcm = np.linspace(-1.5, 1.5, 3001, dtype=np.float32)
    part = audio_part(pcm, rate_hz)
    assert (part["type"], part["input_audio"]["format"]) == ("input_audio", "wav")
    data = base64.b64decode(part["input_audio"]["data"])
    heard, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert (heard.ndim, rate) == (1, rate_hz)
    np.testing.assert_allclose(heard, np.clip(pcm, -1, 1), atol=1.5 / 32767)  # and never wraps


def test_beeps_are_as_many_as_asked_for() -> None:
    sound = beeps(3)
    loud = np.abs(sound) > 0.05
    starts = np.flatnonzero(loud[1:] & ~loud[:-1])
    # Within a beep the wave itself crosses zero many times; between beeps it is still for 250 ms.
    assert 1 + int(np.sum(np.diff(starts) > 0.2 * 16_000)) == 3
    assert np.max(np.abs(sound)) <= 0.5


def test_what_is_kept_names_the_sound_and_does_not_hold_it(server: ChatServer) -> None:
    sound = audio_part(beeps(1), 16_000)
    content = [{"type": "text", "text": "Listen."}, sound]
    request = request_of(messages=({"role": "user", "content": content},))
    reply = ask(server, request)
    (data,) = server.asked[0].audio
    assert data == base64.b64decode(sound["input_audio"]["data"])
    stored = reply.request["messages"][0]["content"]
    assert stored[0] == content[0]
    assert stored[1] == {
        "type": "input_audio",
        "input_audio": {
            "format": "wav", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)
        },
    }  # fmt: skip
    assert sound["input_audio"]["data"] not in json.dumps(reply.request)
    assert sound["input_audio"]["data"]  # the request itself is left as it was
    assert audio_bytes(request.messages) == pytest.approx(len(data), abs=3)


def test_requests_without_sound_are_kept_as_they_are() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}, {"role": "assistant"}]}
    assert kept(body) == body
    assert not has_audio(body["messages"])  # type: ignore[arg-type]
