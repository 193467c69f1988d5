"""A bot behind Twilio Media Streams that refuses whatever Twilio would not send.

It hears by level alone, answers each turn with a tone and marks, sends `clear` when it is spoken
into, and holds the other side to the time at which each mark is due.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from app.audio import g711

RATE = 8_000
PACKET_BYTES = 1_103
"""As real bots do, it keeps to no 20 ms."""
LOUD = 500
QUIET_S, STEADY_S = 0.35, 0.1
EARLY_S, LATE_S = 0.005, 0.4
AHEAD_S = 0.06
SID = {"streamSid": "MZ", "callSid": "CA", "accountSid": "AC"}


class OffDialect(Exception):
    """What Twilio would not have sent."""


def need(is_so: bool, what: str) -> None:
    if not is_so:
        raise OffDialect(what)


@dataclass
class Mark:
    name: str
    due: float
    echoed: float | None = None


@dataclass
class StrictTwilio:
    """Serves one call at `url`.

    Args:
        replies_s: how long each answer lasts.
        eva: the caller must tell when it speaks.
    """

    replies_s: Sequence[float]
    eva: bool = False
    faults: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    clears: int = 0
    digits: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    speech: list[tuple[str, int]] = field(default_factory=list)
    heard: list[tuple[str, float]] = field(default_factory=list)
    """The caller's beginnings and ends by level, at the wall clock."""
    peaks: list[int] = field(default_factory=list)
    """The level of each packet."""
    stopped: bool = False

    def __enter__(self) -> Self:
        self._line: ServerConnection | None = None
        self._server: Server = serve(self._call, "127.0.0.1", 0, compression=None)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/ws"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self._done = threading.Event()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, at: TracebackType | None):
        if not self._done.wait(3) and self._line is not None:
            self._line.close()
        self._server.shutdown()
        self._thread.join()

    # --- one call

    def _call(self, line: ServerConnection) -> None:
        self._line, self._number, self._chunk = line, 0, 0
        self._began = self._played_until = time.monotonic()
        self._loud_at = self._quiet_at = None
        self._answered = 0
        try:
            self._open()
            while True:
                self._take(self._message())
        except OffDialect as fault:
            self.faults.append(str(fault))
            line.close(1008, str(fault)[:100])
        except ConnectionClosed:
            self._check_marks()
            if not self.stopped:
                self.faults.append("the line was closed without stop")
        finally:
            self._done.set()

    def _message(self) -> dict[str, Any]:
        raw = self._line.recv()
        need(isinstance(raw, str), "a binary message")
        body = json.loads(raw)
        need(not self.stopped, "a message after stop")
        return body

    def _open(self) -> None:
        connected = self._message()
        need(
            connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"},
            f"not connected: {connected}",
        )
        body = self._message()
        need(body.get("event") == "start", f"not start: {body}")
        start = self._numbered(body)
        for name, kind in SID.items():
            need(bool(re.fullmatch(kind + "[0-9a-f]{32}", start[name])), f"{name} {start[name]}")
        self.stream_sid = start["streamSid"]
        need(body["streamSid"] == self.stream_sid, "two streams")
        need(start["tracks"] == ["inbound"], "tracks")
        mulaw = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        need(start["mediaFormat"] == mulaw, f"{start['mediaFormat']}")
        self.parameters = start["customParameters"]
        self._send({"event": "hologram", "streamSid": self.stream_sid})
        self._line.send("this is no JSON")
        self._line.send(b"\x00\x01")

    def _numbered(self, body: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        need(body["sequenceNumber"] == str(self._number), f"number {body['sequenceNumber']}")
        event = body["event"]
        need(set(body) == {"event", "sequenceNumber", event, "streamSid"}, f"fields {set(body)}")
        return body[event]

    def _take(self, body: dict[str, Any]) -> None:
        event = body.get("event", "")
        if event.startswith("user_speech_"):
            need(self.eva, "EVA's events unasked")
            need(isinstance(body["timestamp_ms"], str), "a time that is no text")
            self.speech.append((event, int(body["timestamp_ms"])))
            return
        inner = self._numbered(body)
        need(body["streamSid"] == self.stream_sid, "another stream")
        if event == "media":
            self._hear(self._media(inner))
        elif event == "mark":
            self._echoed(inner["name"])
        elif event == "dtmf":
            need(inner["track"] == "inbound_track", "track of a key")
            self.digits.append(inner["digit"])
        elif event == "stop":
            need(set(inner) == {"accountSid", "callSid"}, "fields of stop")
            self.stopped = True
        else:
            need(False, f"unknown event {event}")

    def _media(self, media: dict[str, Any]) -> np.ndarray:
        self._chunk += 1
        need(media["track"] == "inbound", "track")
        need(media["chunk"] == str(self._chunk), f"chunk {media['chunk']}")
        need(media["timestamp"] == str(20 * (self._chunk - 1)), f"timestamp {media['timestamp']}")
        data = base64.b64decode(media["payload"], validate=True)
        need(len(data) == 160, f"{len(data)} bytes in a packet")
        ahead = self._chunk * 0.02 - (time.monotonic() - self._began)
        need(ahead < AHEAD_S, f"{ahead:.3f} s ahead of the clock")
        return g711.decode(np.frombuffer(data, np.uint8))

    def _hear(self, pcm: np.ndarray) -> None:
        now = time.monotonic()
        self.peaks.append(int(np.abs(pcm.astype(int)).max()))
        if self.peaks[-1] >= LOUD:
            self._loud(now)
        elif self._loud_at is not None:
            if self._quiet_at is None:
                self._quiet_at = now
                self.heard.append(("user_speech_stop", time.time()))
            if now - self._quiet_at > QUIET_S:
                self._loud_at = self._quiet_at = None
                self._answer()

    def _loud(self, now: float) -> None:
        if self._loud_at is None:
            self._loud_at = now
            self.heard.append(("user_speech_start", time.time()))
        if self._quiet_at is not None:
            self._quiet_at = None
            self.heard.pop()  # it was a pause
        if now - self._loud_at > STEADY_S and self._played_until > now:
            self._send({"event": "clear", "streamSid": self.stream_sid})
            self.clears += 1
            self._played_until = now
            for mark in self.marks:
                mark.due = min(mark.due, now)

    def _answer(self) -> None:
        seconds = self.replies_s[min(self._answered, len(self.replies_s) - 1)]
        self._answered += 1
        tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)
        data = g711.encode(tone.astype(np.int16)).tobytes()
        half = len(data) // 2
        self._say(data[:half], f"half-{self._answered}")
        self._say(data[half:], f"end-{self._answered}")

    def _say(self, data: bytes, mark: str) -> None:
        for at in range(0, len(data), PACKET_BYTES):
            payload = base64.b64encode(data[at : at + PACKET_BYTES]).decode()
            media = {"payload": payload}
            self._send({"event": "media", "streamSid": self.stream_sid, "media": media})
        now = time.monotonic()
        self._played_until = max(self._played_until, now) + len(data) / RATE
        self.marks.append(Mark(mark, self._played_until))
        self._send({"event": "mark", "streamSid": self.stream_sid, "mark": {"name": mark}})

    def _echoed(self, name: str) -> None:
        now = time.monotonic()
        waiting = [m for m in self.marks if m.echoed is None]
        need(bool(waiting) and waiting[0].name == name, f"mark {name} out of order")
        mark = waiting[0]
        mark.echoed = now
        need(now > mark.due - EARLY_S, f"mark {name} {mark.due - now:.3f} s too early")
        need(now < mark.due + LATE_S, f"mark {name} {now - mark.due:.3f} s too late")

    def _check_marks(self) -> None:
        now = time.monotonic()
        lost = [m.name for m in self.marks if m.echoed is None and m.due + LATE_S < now]
        if lost:
            self.faults.append(f"marks not echoed: {lost}")

    def _send(self, body: dict[str, Any]) -> None:
        self._line.send(json.dumps(body))
