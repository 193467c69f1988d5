"""A Realtime agent over WebSocket as an `AgentLink`."""

from __future__ import annotations

import base64
import json
from typing import Any

from app.agents.link import Int16, Listener, RawMessage
from app.agents.profiles import CallProfile
from app.agents.realtime import parsing
from app.agents.realtime.session import RATE_HZ, address, update
from app.agents.socket_line import Address, SocketLine


class RealtimeLink:
    """See `AgentLink`."""

    input_rate_hz = output_rate_hz = RATE_HZ

    def __init__(self, profile: CallProfile) -> None:
        self._profile = profile
        self._line: SocketLine | None = None
        self._listener: Listener | None = None
        self._responding = False

    def connect(self, listener: Listener) -> None:
        """See `AgentLink`."""
        self._listener = listener
        line = self._line = SocketLine(listener, self._received)
        beta = {"OpenAI-Beta": "realtime=v1"} if self._profile.dialect == "beta" else {}
        line.open(Address(url=address(self._profile), key_ref=self._profile.key_ref, headers=beta))
        self._put(update(self._profile))
        if self._profile.agent_first:
            self._put({"type": "response.create"})

    def send_audio(self, pcm: Int16, until: int) -> None:
        """See `AgentLink`."""
        sound = base64.b64encode(pcm.astype("<i2").tobytes()).decode()
        self._put({"type": "input_audio_buffer.append", "audio": sound}, until)

    def interrupted(self, item_id: str, played_ms: int) -> None:
        """See `AgentLink`: truncation is due even where the response was complete long ago."""
        if self._responding:
            self._responding = False
            self._put({"type": "response.cancel"})
        where = {"item_id": item_id, "content_index": 0, "audio_end_ms": played_ms}
        self._put({"type": "conversation.item.truncate", **where})

    def send_tool_result(self, call_id: str, result: str) -> None:
        """See `AgentLink`."""
        item = {"type": "function_call_output", "call_id": call_id, "output": result}
        self._put({"type": "conversation.item.create", "item": item})
        self._put({"type": "response.create"})

    def commit_input(self) -> None:
        """See `CommitsInput`: a server without turn detection waits for it."""
        if self._profile.turn_detection == {}:
            self._put({"type": "input_audio_buffer.commit"})
            self._put({"type": "response.create"})

    def close(self) -> None:
        """See `AgentLink`."""
        if self._line is not None:
            self._line.close()

    def _put(self, body: dict[str, Any], until: int = -1) -> None:
        text = json.dumps(body)
        if self._line is not None:
            self._line.put(text, until=until, told="" if until >= 0 else text)

    def _received(self, raw: bytes, at_ns: int) -> None:
        listener = self._listener
        assert listener is not None
        event, body = parsing.parse(raw, at_ns)
        if event.kind in ("response_started", "response_done"):
            self._responding = event.kind == "response_started"
        listener.event(event)
        text = json.dumps(body, ensure_ascii=False)
        listener.raw(RawMessage(at_ns=at_ns, way="in", text=text))
