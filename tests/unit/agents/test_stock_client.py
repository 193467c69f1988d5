"""The practice agent through the `openai` package: the protocol, and no dialect of ours."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from app.agents.practice import voice
from app.agents.practice.server import PracticeServer
from app.services import live_calls
from app.services.assets import asset


def test_the_stock_client_talks_to_the_practice_agent() -> None:
    from openai import OpenAI
    from openai.types.realtime import RealtimeServerEvent
    from pydantic import TypeAdapter

    hello = voice.clip(asset("practice", "clips"), "caller_hello")
    assert hello is not None
    pcm = np.concatenate([hello, np.zeros(voice.RATE_HZ, np.int16)])
    known: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
    events: list[Any] = []
    with PracticeServer(live_calls.practice_brief(), recognises=False) as server:
        base = server.url.removesuffix("/realtime")
        client = OpenAI(api_key="none", base_url=base.replace("ws", "http", 1))
        with client.realtime.connect(model="practice") as line:
            line.session.update(session={"type": "realtime", "output_modalities": ["audio"]})
            for first in range(0, len(pcm), 2_400):
                sound = base64.b64encode(pcm[first : first + 2_400].tobytes()).decode()
                line.input_audio_buffer.append(audio=sound)
            while True:
                raw = line.recv_bytes()
                known.validate_json(raw)
                event = line.parse_event(raw)
                events.append(event)
                if event.type == "response.done":
                    break
        client.close()
    kinds = list(dict.fromkeys(e.type for e in events))
    assert kinds[:2] == ["session.created", "session.updated"]
    order = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
             "response.created", "response.output_audio.delta", "response.done"]  # fmt: skip
    assert [k for k in kinds if k in order] == order
    assert events[-1].response.status == "completed"
    sound = b"".join(
        base64.b64decode(e.delta) for e in events if e.type == "response.output_audio.delta"
    )
    opening = voice.clip(asset("practice", "clips"), "opening")
    assert opening is not None
    assert sound == opening.tobytes()
