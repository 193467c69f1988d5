"""A Pipecat bot that refuses whatever a client would not send. It hears by level alone.

As the real one does, it sends its sound in real time, 40 ms at once, tells of every turn by an
`interruption`, and takes one client. Of its answers, each second one has another rate and two
channels.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.support.protobuf_by_hand import read, written

IN_HZ = 16_000
LOUD = 500
QUIET_S, STEADY_S = 0.35, 0.1
PACKET_S = 0.04
AHEAD_S = 0.06
TEXT, AUDIO, TRANSCRIPTION, MESSAGE, INTERRUPTION = range(1, 6)
CLIENT_TYPES = ("client-ready", "dtmf", "llm-function-call-result")


class OffDialect(Exception):
    """What a Pipecat client would not have sent."""


def need(is_so: bool, what: str) -> None:
    if not is_so:
        raise OffDialect(what)


@dataclass
class StrictPipecat:
    """Serves at `url` until left.

    Args:
        replies_s: how long each answer lasts.
        asks_tool: ask the client to run a tool as soon as it is there.
        origins: pages that may call; None for any client.
    """

    replies_s: Sequence[float] = (1.0,)
    asks_tool: bool = False
    origins: Sequence[str] | None = None
    rate_hz: int = IN_HZ
    faults: list[str] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    """RTVI messages of the client."""
    interruptions: int = 0
    cut: int = 0
    """How many of them stopped an answer."""

    def __enter__(self) -> Self:
        self._line: ServerConnection | None = None
        self._busy = threading.Lock()
        self._done = threading.Event()
        self._server: Server = serve(
            self._client, "127.0.0.1", 0, compression=None, origins=self.origins
        )
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, at: TracebackType | None):
        if not self._done.wait(3) and self._line is not None:
            self._line.close()
        self._server.shutdown()
        self._thread.join()

    def _client(self, line: ServerConnection) -> None:
        if not self._busy.acquire(blocking=False):
            line.close(1013, "Server already has a connected client")
            return
        try:
            self._call(line)
        except OffDialect as fault:
            self.faults.append(str(fault))
            line.close(1008, str(fault)[:100])
        except ConnectionClosed:
            pass
        finally:
            self._busy.release()
            self._done.set()

    def _call(self, line: ServerConnection) -> None:
        self._line, self._began = line, time.monotonic()
        self._taken = self._answered = self._segment = 0
        self._loud_at = self._quiet_at = None
        self._out: deque[bytes] = deque()
        self._out_due = 0.0
        kind, first = self._frame(line.recv())
        need(kind == MESSAGE, "the first frame is no message")
        ready = self._rtvi(first)
        need(ready["type"] == "client-ready", f"first came {ready['type']}")
        need(bool(re.fullmatch(r"\d+\.\d+\.\d+", ready["data"]["version"])), "version")
        need(isinstance(ready["data"]["about"]["library"], str), "about")
        self._tell("bot-ready", {"version": "2.2.0", "capabilities": {"hologram": True}}, "0")
        self._be_odd()
        while True:
            self._speak()
            try:
                kind, body = self._frame(line.recv(0.005))
            except TimeoutError:
                continue
            if kind == AUDIO:
                self._hear(self._audio(body))
            else:
                need(kind == MESSAGE, f"a frame of kind {kind}")
                self._rtvi(body)

    def _be_odd(self) -> None:
        """What is not known, or broken, must be borne."""
        self._tell("hologram", {"depth": 3})
        self._line.send(written((9, b"future")))
        self._line.send(written((TEXT, written((3, b"text"), (77, 5)))))
        self._line.send(b"\x12\xff\xff\xff\xff\x7f")
        self._line.send(b"")
        self._line.send("a text message")
        self._line.send(written((MESSAGE, written((1, b"{")))))
        self._line.send(written((AUDIO, written((3, b"\0\0"), (4, 4_000_000_000), (5, 1)))))
        if self.asks_tool:
            call = {"function_name": "weather", "tool_call_id": "t1", "args": {"city": "Oslo"}}
            self._tell("llm-function-call", call)

    # --- what the client says

    def _frame(self, raw: str | bytes) -> tuple[int, bytes]:
        need(isinstance(raw, bytes), "a text message")
        try:
            fields = read(raw)
        except ValueError as error:
            raise OffDialect(str(error)) from error
        need(len(fields) == 1, f"frames {list(fields)}")
        ((kind, body),) = fields.items()
        need(isinstance(body, bytes), "a frame that is none")
        return kind, body

    def _rtvi(self, body: bytes) -> dict[str, Any]:
        fields = read(body)
        need(set(fields) == {1}, f"fields of a message {set(fields)}")
        message = json.loads(fields[1])
        need(set(message) == {"label", "type", "id", "data"}, f"keys {set(message)}")
        need(message["label"] == "rtvi-ai", "label")
        need(message["type"] in CLIENT_TYPES, f"type {message['type']}")
        need(isinstance(message["id"], str) and bool(message["id"]), "id")
        self.said.append(message)
        return message

    def _audio(self, body: bytes) -> np.ndarray:
        fields = read(body)
        need(set(fields) == {3, 4, 5}, f"fields of sound {set(fields)}")
        need((fields[4], fields[5]) == (self.rate_hz, 1), f"{fields[4]} Hz, {fields[5]} channels")
        data = fields[3]
        need(isinstance(data, bytes) and len(data) % 2 == 0, "half a sample")
        need(0 < len(data) <= 2 * self.rate_hz, f"{len(data)} bytes at once")
        self._taken += len(data) // 2
        ahead = self._taken / self.rate_hz - (time.monotonic() - self._began)
        need(ahead < AHEAD_S, f"{ahead:.3f} s ahead of the clock")
        return np.frombuffer(data, "<i2")

    # --- what it says

    def _hear(self, pcm: np.ndarray) -> None:
        now = time.monotonic()
        if np.abs(pcm.astype(int)).max() >= LOUD:
            if self._loud_at is None:
                self._loud_at = now
                self._started = False
            self._quiet_at = None
            if not self._started and now - self._loud_at > STEADY_S:
                self._started = True
                self._turn()
        elif self._loud_at is not None:
            self._quiet_at = self._quiet_at or now
            if now - self._quiet_at > QUIET_S:
                self._loud_at = self._quiet_at = None
                self._answer()

    def _turn(self) -> None:
        self._tell("user-started-speaking")
        self._line.send(written((INTERRUPTION, written((2, b"InterruptionFrame#1")))))
        self.interruptions += 1
        self.cut += bool(self._out)
        self._out.clear()

    def _answer(self) -> None:
        seconds = self.replies_s[min(self._answered, len(self.replies_s) - 1)]
        rate, channels = ((24_000, 1), (16_000, 2))[self._answered % 2]
        self._answered += 1
        user = {"user_id": "", "timestamp": "2026-01-01T00:00:00Z"}
        self._tell("user-transcription", {"text": "I am", "final": False, **user})
        for part in (f"I am caller {self._answered}.", "Yes."):
            self._tell("user-transcription", {"text": part, "final": True, **user})
        self._tell("user-stopped-speaking")
        size = round(PACKET_S * rate)
        tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
        pcm = np.repeat(np.rint(tone).astype("<i2"), channels)
        for at in range(0, len(pcm), size * channels):
            data = pcm[at : at + size * channels].tobytes()
            sound = written((1, 7), (2, b"x"), (3, data), (4, rate), (5, channels), (6, 1))
            self._out.append(written((AUDIO, sound)))
        self._out_due = time.monotonic()
        self._tell("bot-started-speaking")
        self._output(f"This is answer {self._answered}, which lasts {seconds:g} seconds.")

    def _output(self, text: str) -> None:
        """A segment as it begins and as it ends; and in the older message, which says the same."""
        self._segment += 1
        facts = {"text": text, "segment_id": self._segment, "will_be_spoken": True}
        self._tell("bot-output", {**facts, "spoken_status": "new"})
        self._tell("bot-output", {**facts, "spoken_status": "completed"})
        self._tell("bot-tts-text", {"text": text})

    def _speak(self) -> None:
        while self._out and time.monotonic() >= self._out_due:
            self._line.send(self._out.popleft())
            self._out_due += PACKET_S
            if not self._out:
                self._tell("bot-stopped-speaking")

    def _tell(self, kind: str, data: Any = None, id_: str | None = None) -> None:
        body = {"label": "rtvi-ai", "type": kind}
        body |= {} if data is None else {"data": data}
        body |= {} if id_ is None else {"id": id_}
        self._line.send(written((MESSAGE, written((1, json.dumps(body).encode())))))
