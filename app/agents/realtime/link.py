"""A Realtime agent over WebSocket as an `AgentLink`. Two plain threads: one sends, one receives.

A drop stays a drop: the line is never opened again during a call.
"""

from __future__ import annotations

import base64
import json
import logging
import queue
import threading
import time
from contextlib import suppress
from typing import Any

from app.agents.link import AgentEvent, Int16, Listener, RawMessage
from app.agents.profiles import CallProfile
from app.agents.realtime import parsing
from app.agents.realtime.session import RATE_HZ, address, update
from app.domain.errors import EnvironmentFault
from app.models import secrets

log = logging.getLogger("callbench.calls")

OPEN_S = 10.0
CLOSE_S = 2.0


class RealtimeLink:
    """See `AgentLink`."""

    input_rate_hz = output_rate_hz = RATE_HZ

    def __init__(self, profile: CallProfile) -> None:
        self._profile = profile
        self._queue: queue.SimpleQueue[tuple[dict[str, Any], int] | None] = queue.SimpleQueue()
        self._line: Any = None
        self._listener: Listener | None = None
        self._threads: list[threading.Thread] = []
        self._responding = False

    def connect(self, listener: Listener) -> None:
        """See `AgentLink`."""
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        key = secrets.resolve(self._profile.key_ref)
        headers = {"Authorization": f"Bearer {key.reveal()}"} if key.reveal() else {}
        if self._profile.dialect == "beta":
            headers["OpenAI-Beta"] = "realtime=v1"
        url = address(self._profile)
        try:
            self._line = connect(
                url,
                additional_headers=headers,
                compression=None,
                max_size=None,
                open_timeout=OPEN_S,
                close_timeout=CLOSE_S,
                max_queue=None,
            )
        except (OSError, WebSocketException, ValueError) as error:
            raise EnvironmentFault(
                f"The agent at {url} did not take the call ({key.redact(str(error))}).",
                "Check the address, the key and whether the agent is running.",
            ) from None  # the cause may quote the headers
        self._listener = listener
        for name, work in (("receive", self._receive), ("send", self._send)):
            thread = threading.Thread(target=work, name=f"callbench-agent-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()
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
        line, self._line = self._line, None
        if line is None:
            return
        self._queue.put(None)
        with suppress(Exception):  # whatever state the line is in, it is given up
            line.close()
        for thread in self._threads:
            thread.join(CLOSE_S)

    def _put(self, body: dict[str, Any], until: int = -1) -> None:
        self._queue.put((body, until))

    def _send(self) -> None:
        from websockets.exceptions import ConnectionClosed

        listener, line = self._listener, self._line
        assert listener is not None
        while (item := self._queue.get()) is not None:
            body, until = item
            try:
                line.send(json.dumps(body))
            except (ConnectionClosed, OSError):
                return  # the receiver tells that the line is gone
            at_ns = time.monotonic_ns()
            if until >= 0:
                listener.sent(until, at_ns)
            else:
                listener.raw(RawMessage(at_ns=at_ns, way="out", text=json.dumps(body)))

    def _receive(self) -> None:
        from websockets.exceptions import ConnectionClosed

        listener, line = self._listener, self._line
        assert listener is not None
        reason = "the connection ended"
        try:
            while True:
                raw = line.recv(decode=False)
                at_ns = time.monotonic_ns()  # before anything is parsed
                event, body = parsing.parse(bytes(raw), at_ns)
                if event.kind in ("response_started", "response_done"):
                    self._responding = event.kind == "response_started"
                listener.event(event)
                text = json.dumps(body, ensure_ascii=False)
                listener.raw(RawMessage(at_ns=at_ns, way="in", text=text))
        except ConnectionClosed as error:
            reason = str(error)
        except OSError as error:
            reason = error.strerror or str(error)
        listener.event(AgentEvent(kind="closed", at_ns=time.monotonic_ns(), text=reason))
