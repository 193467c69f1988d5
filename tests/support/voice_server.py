"""The three servers of a cascaded agent on loopback, by real HTTP: strict, slow or faulty.

    with serving(words=["Hello."], answers=[say("Good morning. How can I help?")]) as server:
        server.stt_s, server.llm_s, server.tts_s = 0.2, 0.3, 0.1
        server.faults["llm", 0] = Fault(status=500)
        ... url=server.url ...

What a client may not send is answered with 400, and kept in `server.complaints`.
"""

from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from tests.support import loopback
from tests.unit.asr.speech_server import Request, parse

RATE_HZ = 24_000
MS_PER_CHARACTER = 60.0
PATHS = {
    "/v1/audio/transcriptions": "stt",
    "/v1/chat/completions": "llm",
    "/v1/audio/speech": "tts",
}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request: a status, an early end, or a body of one's own."""

    status: int = 200
    message: str = "out of order"
    drop_after: int | None = None
    """Pieces that are sent before the connection is closed."""
    raw: bytes | None = None
    silent_s: float = 0.0


@dataclass(frozen=True)
class Asked:
    """One request: when it came, its JSON or form, and when the answer's first byte was sent."""

    at_ns: int
    body: dict[str, Any]
    told_ns: list[int] = field(default_factory=list)
    sound: Request | None = None


Lines = list[bytes]


def say(text: str, *, usage: bool = True) -> Lines:
    """A streamed completion, word by word, as OpenAI's servers send it: usage without choices."""
    words = text.split(" ")
    pieces = [w if i == 0 else f" {w}" for i, w in enumerate(words)]
    lines = [_chunk({"role": "assistant", "content": ""})]
    lines += [_chunk({"content": piece}) for piece in pieces]
    return [*lines, _chunk({}, "stop"), *_end(usage)]


def use_tool(name: str, arguments: str, call_id: str = "call-1", *, before: str = "") -> Lines:
    """A call of a tool, its arguments in pieces."""
    half = len(arguments) // 2
    lines = [_chunk({"content": before})] if before else []
    lines.append(
        _chunk({"tool_calls": [{"index": 0, "id": call_id, "type": "function",
                                "function": {"name": name, "arguments": ""}}]})
    )  # fmt: skip
    for part in (arguments[:half], arguments[half:]):
        lines.append(_chunk({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}))
    return [*lines, _chunk({}, "tool_calls"), *_end(True)]


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _line({"id": "c", "object": "chat.completion.chunk", "choices": [choice]})


def _end(usage: bool) -> Lines:
    told = {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37}
    counted = _line({"id": "c", "choices": [], "usage": told})
    return [b": keep-alive\n\n", *([counted] if usage else []), b"data: [DONE]\n\n"]


def _line(body: Any) -> bytes:
    return f"data: {json.dumps(body)}\n\n".encode()


def tone(text: str) -> bytes:
    """A text as sound: a tone of 60 ms a character."""
    frames = round(len(text) * MS_PER_CHARACTER * RATE_HZ / 1000)
    wave = 6_000 * np.sin(2 * np.pi * 300 * np.arange(frames) / RATE_HZ)
    return wave.astype("<i2").tobytes()


def wav(pcm: bytes, *, rate_hz: int = RATE_HZ, length: int | None = None) -> bytes:
    """A WAV file, of a length that a streaming server may not know."""
    size = len(pcm) if length is None else length
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", min(size + 36, 0xFFFFFFFF), b"WAVE", b"fmt ", 16,
                       1, 1, rate_hz, 2 * rate_hz, 2, 16)  # fmt: skip
    return head + struct.pack("<4sI", b"data", size) + pcm


@dataclass
class VoiceServer:
    """The state that tests set and read."""

    words: list[str] = field(default_factory=list)
    """What was said, one an utterance; nothing after the last."""
    answers: list[Lines] = field(default_factory=list)
    stt_s: float = 0.0
    llm_s: float = 0.0
    gap_s: float = 0.0
    """Between pieces of a completion."""
    tts_s: float = 0.0
    pace: float = 0.0
    """Seconds that a second of sound takes to be sent; 0 for as fast as it goes."""
    whole: bool = False
    """Sound is sent as one WAV file, not streamed."""
    key: str = ""
    counts: bool = True
    """Whether usage may be asked for in a stream."""
    lists_models: bool = True
    speak: Callable[[str], bytes] = tone
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    """By stage and number of the request, from 0."""
    asked: dict[str, list[Asked]] = field(default_factory=lambda: {"stt": [], "llm": [], "tts": []})
    complaints: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Stages whose client closed the connection before all was sent."""
    url: str = ""
    connections: int = 0

    def spoken(self) -> list[str]:
        """The texts that were asked to be spoken."""
        return [a.body["input"] for a in self.asked["tts"]]


class _Refused(Exception):
    """The client may not send this."""


class _Connection(loopback.Connection):
    def __init__(
        self, server: VoiceServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        super().__init__(reader, writer)
        self._server = server
        server.connections += 1

    async def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        server, stage = self._server, PATHS.get(path, "")
        if server.key and headers.get("authorization") != f"Bearer {server.key}":
            return self._send(401, {"error": {"message": "wrong key"}})
        if path == "/v1/models" and server.lists_models:
            return self._send(200, {"object": "list", "data": [{"id": "m", "object": "model"}]})
        if method != "POST" or not stage:
            return self._send(404, {"error": {"message": f"no {path} here"}})
        try:
            asked = _read(stage, path, headers, body)
        except (_Refused, ValueError, KeyError, AssertionError) as error:
            server.complaints.append(f"{stage}: {error}")
            return self._send(400, {"error": {"message": str(error)}})
        if "stream_options" in asked.body and not server.counts:
            return self._send(400, {"error": {"message": "unknown parameter: stream_options"}})
        server.asked[stage].append(asked)
        fault = server.faults.get((stage, len(server.asked[stage]) - 1))
        return await self._answer(stage, asked, fault)

    async def _answer(self, stage: str, asked: Asked, fault: Fault | None) -> bool:
        server = self._server
        wait_s = {"stt": server.stt_s, "llm": server.llm_s, "tts": server.tts_s}[stage]
        if await self.gone_within(wait_s + (fault.silent_s if fault else 0)):
            server.left.append(stage)
            return False
        asked.told_ns.append(time.monotonic_ns())
        if fault is not None and fault.status != 200:
            return self._send(fault.status, {"error": {"message": fault.message}})
        if fault is not None and fault.raw is not None:
            return self._send(200, fault.raw)
        if stage == "stt":
            return self._send(200, {"text": server.words.pop(0) if server.words else ""})
        if stage == "llm":
            lines = server.answers.pop(0) if server.answers else say("Yes.")
            return await self._stream(stage, lines, "text/event-stream", server.gap_s, fault)
        pcm = server.speak(asked.body["input"])
        if server.whole:
            return self._send(200, wav(pcm), kind="audio/wav")
        if asked.body["response_format"] == "wav":
            pcm = wav(pcm, length=0xFFFFFFFF)
        size = 2_401 * 2 - 1  # samples are torn between pieces
        pieces = [pcm[i : i + size] for i in range(0, len(pcm), size)]
        gap_s = server.pace * size / 2 / RATE_HZ
        return await self._stream(stage, pieces, "audio/pcm", gap_s, fault)

    async def _stream(
        self, stage: str, pieces: list[bytes], kind: str, gap_s: float, fault: Fault | None
    ) -> bool:
        self.head(200, {"content-type": kind, "transfer-encoding": "chunked"})
        for number, piece in enumerate(pieces):
            if fault is not None and number == fault.drop_after:
                await self._writer.drain()
                return False
            if number and await self.gone_within(gap_s):
                self._server.left.append(stage)
                return False
            self._writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self._writer.write(b"0\r\n\r\n")
        return True

    def _send(self, status: int, body: Any, kind: str = "application/json") -> bool:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.head(status, {"content-type": kind, "content-length": str(len(data))})
        self._writer.write(data)
        return True


def _read(stage: str, path: str, headers: Mapping[str, str], raw: bytes) -> Asked:
    now_ns = time.monotonic_ns()
    if stage == "stt":
        sound = parse(path, dict(headers), raw)
        _must(bool(sound.one("model")), "no model")
        _must(sound.rate_hz == 16_000, f"{sound.rate_hz} Hz")
        form = {name: list(values) for name, values in sound.form.items()}
        return Asked(now_ns, form, sound=sound)
    body = json.loads(raw)
    _must(isinstance(body.get("model"), str) and bool(body["model"]), "no model")
    if stage == "llm":
        _must(body.get("stream") is True, "no stream")
        _check_messages(body["messages"])
        for tool in body.get("tools", []):
            _must(tool["type"] == "function" and bool(tool["function"]["name"]), "no tool")
    else:
        _must(bool(body["input"].strip()), "nothing to say")
        _must(body["response_format"] in ("pcm", "wav"), "no format")
        _must(body.get("voice") != "", "no voice")
    return Asked(now_ns, body)


def _check_messages(messages: list[dict[str, Any]]) -> None:
    _must(bool(messages), "no messages")
    waiting: list[str] = []
    for number, message in enumerate(messages):
        role = message["role"]
        if role == "tool":
            _must(message["tool_call_id"] in waiting, "a result that nobody asked for")
            waiting.remove(message["tool_call_id"])
            continue
        _must(not waiting, f"tool calls without results: {waiting}")
        _must(role in ("system", "user", "assistant"), f"role {role}")
        _must(role != "system" or number == 0, "a late system message")
        waiting = [c["id"] for c in message.get("tool_calls", [])]
        _must(bool(message["content"]) or bool(waiting), "an empty message")
        for call in message.get("tool_calls", []):
            json.loads(call["function"]["arguments"])
    _must(not waiting, f"tool calls without results: {waiting}")


def _must(holds: bool, complaint: str) -> None:
    if not holds:
        raise _Refused(complaint)


@contextmanager
def serving(**settings: Any) -> Iterator[VoiceServer]:
    """A server in a thread; settings are those of `VoiceServer`."""
    server = VoiceServer(**settings)
    with loopback.in_a_thread(server, partial(_Connection, server), "voice-server"):
        yield server
