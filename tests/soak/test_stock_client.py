"""The stock `openai` client in a whole conversation with `callbench practice-agent`, as a program.

Every event is held to the package's own models, so that what passes here is the protocol and no
dialect of ours.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.agents.practice import voice
from app.services import live_calls
from app.services.assets import asset

ROOT = Path(__file__).resolve().parents[2]
Int16 = NDArray[np.int16]
BLOCK = voice.RATE_HZ // 50
WAIT_S = 30.0
BARGE_S = 0.9


def clip(name: str) -> Int16:
    found = voice.clip(asset("practice", "clips"), name)
    assert found is not None
    return found


@pytest.fixture
def agent() -> Iterator[str]:
    words = [sys.executable, "-m", "app", "practice-agent", "--port", "0", "--json"]
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = ""
    while not told.rstrip().endswith("}"):
        told += child.stdout.readline()
    try:
        yield str(json.loads(told)["url"])
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


class Talk:
    """A caller with the package's connection: speaks at the pace of speech, keeps what comes."""

    def __init__(self, line: Any) -> None:
        from openai.types.realtime import RealtimeServerEvent
        from pydantic import TypeAdapter

        self.line = line
        self.events: list[Any] = []
        self.bodies: list[dict[str, Any]] = []
        self.foreign: list[str] = []
        self._models: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        from pydantic import ValidationError
        from websockets.exceptions import ConnectionClosed

        while True:
            try:
                raw = self.line.recv_bytes()
            except ConnectionClosed:
                return
            body = json.loads(raw)
            try:
                self._models.validate_python(body)
            except ValidationError as error:
                self.foreign.append(f"{body['type']}: {error}")
            self.bodies.append(body)
            self.events.append(self.line.parse_event(raw))

    def of(self, kind: str) -> list[Any]:
        return [e for e in list(self.events) if e.type == kind]

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + WAIT_S
        while not ready():
            assert time.monotonic() < until, f"{what}: {[e.type for e in self.events][-12:]}"
            time.sleep(0.005)

    def wait_for(self, kind: str, times: int) -> Any:
        self.wait(lambda: len(self.of(kind)) >= times, f"{kind} number {times}")
        return self.of(kind)[times - 1]

    def say(self, *parts: Int16, paced: bool = True) -> None:
        pcm = np.concatenate(parts)
        began = time.monotonic()
        for number, first in enumerate(range(0, len(pcm), BLOCK)):
            if paced:
                time.sleep(max(0.0, began + number * 0.02 - time.monotonic()))
            sound = base64.b64encode(pcm[first : first + BLOCK].tobytes()).decode()
            self.line.input_audio_buffer.append(audio=sound)

    def sound(self, item_id: str) -> bytes:
        deltas = [e for e in self.of("response.output_audio.delta") if e.item_id == item_id]
        return b"".join(base64.b64decode(e.delta) for e in deltas)


def silence(seconds: float) -> Int16:
    return np.zeros(round(seconds * voice.RATE_HZ), np.int16)


def test_a_conversation_with_a_barge_in_a_key_and_a_typed_turn(agent: str) -> None:
    from openai import OpenAI

    lines = {s.id: s.text for s in live_calls.practice_brief().steps}
    base = agent.removesuffix("/realtime").replace("ws", "http", 1)
    with (
        OpenAI(api_key="none", base_url=base) as client,
        client.realtime.connect(model="practice") as line,
    ):
        talk = Talk(line)
        talk.wait_for("session.created", 1)
        line.session.update(session={"type": "realtime", "output_modalities": ["audio"]})
        talk.wait_for("session.updated", 1)

        # Spoken turns: the agent answers, and is interrupted while it is heard.
        talk.say(silence(0.2), clip("caller_hello"), silence(1.0))
        first = talk.wait_for("response.output_audio.delta", 1)
        talk.say(silence(BARGE_S))
        talk.say(clip("caller_birth"), paced=False)
        talk.wait_for("input_audio_buffer.speech_started", 2)
        line.response.cancel()
        played_ms = round(BARGE_S * 1000)
        line.conversation.item.truncate(
            item_id=first.item_id, content_index=0, audio_end_ms=played_ms
        )
        cut = talk.wait_for("conversation.item.truncated", 1)
        assert (cut.item_id, cut.audio_end_ms) == (first.item_id, played_ms)
        talk.say(silence(1.5))
        talk.wait_for("response.done", 2)
        said = [e.transcript for e in talk.of("response.output_audio_transcript.done")]
        assert said[-1] == next(iter(lines.values()))  # cut short, it is said again

        # More than there is cannot have been played: an error, and the call goes on.
        line.conversation.item.truncate(
            item_id=first.item_id, content_index=0, audio_end_ms=3_600_000
        )
        assert "audio_end_ms" in talk.wait_for("error", 1).error.message

        # Without detection a turn ends when the client says so.
        line.session.update(
            session={"type": "realtime", "audio": {"input": {"turn_detection": None}}}
        )
        talk.wait_for("session.updated", 2)
        line.input_audio_buffer.clear()
        talk.wait_for("input_audio_buffer.cleared", 1)
        started = len(talk.of("input_audio_buffer.speech_started"))
        talk.say(clip("caller_suits"), paced=False)
        line.input_audio_buffer.commit()
        line.response.create()
        talk.wait_for("response.done", 3)
        assert len(talk.of("input_audio_buffer.speech_started")) == started

        # A typed turn.
        content = [{"type": "input_text", "text": "Thank you."}]
        line.conversation.item.create(item={"type": "message", "role": "user", "content": content})
        line.response.create()
        done = talk.wait_for("response.done", 4)
        talk.wait_for("conversation.item.input_audio_transcription.completed", 3)
    assert done.response.status == "completed"
    assert talk.foreign == []
    assert {e.response.status for e in talk.of("response.done")} <= {"completed", "cancelled"}
    whole = talk.of("response.output_audio.done")[-1].item_id
    assert len(talk.sound(whole)) > voice.RATE_HZ
    seen = sorted({e.type for e in talk.events})
    print(f"{len(talk.events)} events of {len(seen)} kinds: {', '.join(seen)}")  # noqa: T201
