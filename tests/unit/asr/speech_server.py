"""A transcription server on loopback, by real HTTP: well behaved, or with faults on demand."""

from __future__ import annotations

import email.parser
import email.policy
import io
import json
import threading
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Request:
    """What was asked, with the sound that was sent."""

    path: str
    headers: Mapping[str, str]
    form: Mapping[str, tuple[str, ...]]
    samples: NDArray[np.int16]
    rate_hz: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz

    def one(self, name: str) -> str:
        (value,) = self.form.get(name, ("",))
        return value


@dataclass(frozen=True)
class Answer:
    """`body` is sent as JSON unless it is bytes; `dropped` closes the connection instead."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    dropped: bool = False
    drip_s: float = 0.0
    """Pause after each byte."""


Script = Callable[[Request], Answer]


def verbose(request: Request) -> Answer:
    """As Whisper at OpenAI answers: two words, in the first and the last third of the sound."""
    third = request.seconds / 3
    words = [
        {"word": "Good", "start": 0.1, "end": third},
        {"word": "morning", "start": 2 * third, "end": request.seconds - 0.05},
    ]
    return Answer(
        {
            "task": "transcribe",
            "language": "english",
            "duration": request.seconds,
            "text": "Good morning.",
            "segments": [
                {
                    "id": 0,
                    "start": 0.0,
                    "end": request.seconds,
                    "text": " Good morning.",
                    "avg_logprob": -0.25,
                },
            ],
            "words": words,
        }
    )


def text_only(request: Request) -> Answer:
    """As servers that know only the text: they refuse `verbose_json`."""
    if request.one("response_format") != "json":
        return Answer({"error": {"message": "response_format must be json"}}, 400)
    return Answer({"text": f"{request.seconds:.2f} seconds"})


class SpeechServer:
    """Answers by `script`; `first` holds answers that come before it, one a request."""

    def __init__(self) -> None:
        self.script: Script = verbose
        self.first: list[Answer] = []
        self.requests: list[Request] = []
        self.times: list[float] = []
        self.url = ""
        self.stopped = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: SpeechServer

    def log_message(self, *_args: Any) -> None:
        pass

    def do_POST(self) -> None:
        state = self.server_state
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = parse(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        state.requests.append(request)
        state.times.append(time.monotonic())
        answer = state.first.pop(0) if state.first else state.script(request)
        state.stopped.wait(answer.after_s)
        if answer.dropped:
            self.close_connection = True
            return
        reply = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            for i in range(0, len(reply), 1 if answer.drip_s else max(len(reply), 1)):
                self.wfile.write(reply[i : i + 1] if answer.drip_s else reply)
                self.wfile.flush()
                if answer.drip_s and state.stopped.wait(answer.drip_s):
                    return
        except OSError:
            self.close_connection = True  # the client has given up


def parse(path: str, headers: dict[str, str], body: bytes) -> Request:
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    form: dict[str, tuple[str, ...]] = {}
    sound = b""
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if name == "file":
            sound = content
        else:
            form[name] = (*form.get(name, ()), content.decode())
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        return Request(path, headers, form, samples, file.getframerate())


@contextmanager
def serving() -> Iterator[SpeechServer]:
    state = SpeechServer()
    handler = type("Handler", (_Handler,), {"server_state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        state.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
