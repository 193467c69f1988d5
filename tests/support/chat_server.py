"""An OpenAI-compatible judge on loopback, by real HTTP: well behaved, or with faults on demand.

In a test:

    with serving() as server:
        server.first = [busy(), error(500)]      # the next two requests
        server.at[7] = refusal                   # the eighth (0-based number)
        server.when["CALL-12"] = beyond_scale    # whatever holds this text
        server.script = ok(choose)               # all others
        ... EndpointProfile(name="loopback", base_url=server.url) ...
        assert len(server.asked) == 9

In a process of its own (it prints its base URL, and answers `/asked` with what it was asked):

    python -m tests.support.chat_server --port 0 --latency-ms 500 --at 3=busy --when TEXT=refusal
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.support import loopback
from tests.support.chat_answers import BY_NAME, Answer, Asked, Behaviour, error, ok
from tests.support.chat_wire import Abilities, completion


@dataclass
class ChatServer:
    """The state that tests set and read. Answers are looked up in this order: what the server
    cannot do, `first`, `at`, `when`, `script`."""

    latency_s: float = 0.0
    script: Behaviour = field(default_factory=ok)
    first: list[Behaviour] = field(default_factory=list)
    at: dict[int, Behaviour] = field(default_factory=dict)
    when: dict[str, Behaviour] = field(default_factory=dict)
    can: Abilities = field(default_factory=Abilities)
    asked: list[Asked] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    left: int = 0
    """Requests whose client closed the connection before it was answered."""
    listed: int = 0
    """How often the models were asked for."""
    url: str = ""

    @property
    def keys(self) -> list[str]:
        """Idempotency keys in the order of their requests."""
        return [a.key for a in self.asked]

    def reset(self) -> None:
        """Forget what was asked; numbers start at 0 again."""
        self.asked.clear()
        self.most_in_flight = self.in_flight
        self.left = self.listed = 0

    def answer(self, asked: Asked) -> Answer:
        refused = self.can.refusal(asked)
        if refused is not None:
            return refused(asked)
        if self.first:
            return self.first.pop(0)(asked)
        if asked.number in self.at:
            return self.at[asked.number](asked)
        found = next((b for text, b in self.when.items() if text in asked.text), self.script)
        return found(asked)


class _Connection(loopback.Connection):
    def __init__(
        self, server: ChatServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        super().__init__(reader, writer)
        self._server = server

    async def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        if (method, path) != ("POST", "/v1/chat/completions"):
            return self._send(*self._other(method, path))
        asked = Asked(len(self._server.asked), json.loads(body), dict(headers), time.monotonic())
        self._server.asked.append(asked)
        self._server.in_flight += 1
        self._server.most_in_flight = max(self._server.most_in_flight, self._server.in_flight)
        try:
            return await self._chat(asked)
        finally:
            self._server.in_flight -= 1

    async def _chat(self, asked: Asked) -> bool:
        try:
            answer = self._server.answer(asked)
        except Exception as fault:
            answer = error(418, f"the test's script failed: {fault!r}")(asked)
        if await self.gone_within(self._server.latency_s + answer.after_s):
            self._server.left += 1
            return False
        if answer.drop == "before":
            return False
        raw = completion(asked, answer) if answer.raw is None else answer.raw
        headers = {"x-request-id": f"req-{asked.number}", **answer.headers}
        if answer.drip_s:
            return await self._drip(answer, raw, headers)
        return self._send(answer.status, raw, headers, half=answer.drop == "mid")

    async def _drip(self, answer: Answer, raw: Any, headers: Mapping[str, str]) -> bool:
        body = _encoded(raw)
        self._send(answer.status, b"", {**headers, "content-length": str(len(body))})
        for n in range(len(body)):
            self._writer.write(body[n : n + 1])
            if await self.gone_within(answer.drip_s):
                self._server.left += 1
                return False
        return True

    def _other(self, method: str, path: str) -> tuple[int, Any]:
        if (method, path) == ("GET", "/v1/models"):
            self._server.listed += 1
            models = [{"id": m, "object": "model"} for m in self._server.can.models]
            return 200, {"object": "list", "data": models}
        if (method, path) == ("GET", "/asked"):
            told = [{"number": a.number, "key": a.key, "body": a.body} for a in self._server.asked]
            most = self._server.most_in_flight
            return 200, {"asked": told, "most_in_flight": most, "left": self._server.left}
        return 404, {"error": {"message": f"no {path} here"}}

    def _send(
        self, status: int, raw: Any, headers: Mapping[str, str] | None = None, half: bool = False
    ) -> bool:
        body = _encoded(raw)
        sent = {
            "content-type": "application/json", "content-length": str(len(body)), **(headers or {})
        }  # fmt: skip
        self.head(status, sent)
        if half:
            self._writer.write(body[: len(body) // 2])
            self._writer.close()
            return False
        self._writer.write(body)
        return True


def _encoded(raw: Any) -> bytes:
    return raw if isinstance(raw, bytes) else json.dumps(raw).encode()


@contextmanager
def serving(**settings: Any) -> Iterator[ChatServer]:
    """A server in a thread; settings are those of `ChatServer`, such as `latency_s`."""
    server = ChatServer(**settings)
    with loopback.in_a_thread(server, partial(_Connection, server), "chat-server"):
        yield server


def from_words(words: list[str]) -> ChatServer:
    """The server that the command line asks for; its port is in `words` too."""
    args = _parser().parse_args(words)
    server = ChatServer(latency_s=args.latency_ms / 1000, script=BY_NAME[args.behave])
    server.at = {int(n): BY_NAME[name] for n, name in (a.split("=", 1) for a in args.at)}
    server.when = {text: BY_NAME[name] for text, name in (w.rsplit("=", 1) for w in args.when)}
    server.can = Abilities(
        schema=args.schema, json_mode=args.json_mode, audio=not args.no_audio,
        max_tokens=not args.reasoning, temperature=not args.reasoning, key=args.key,
    )  # fmt: skip
    return server


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="An OpenAI-compatible judge on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--behave", choices=sorted(BY_NAME), default="ok")
    parser.add_argument("--at", action="append", default=[], metavar="NUMBER=BEHAVIOUR")
    parser.add_argument("--when", action="append", default=[], metavar="TEXT=BEHAVIOUR")
    parser.add_argument("--schema", choices=("yes", "refused", "ignored"), default="yes")
    parser.add_argument("--json-mode", choices=("yes", "refused", "ignored"), default="yes")
    parser.add_argument("--no-audio", action="store_true")
    parser.add_argument("--reasoning", action="store_true", help="no max_tokens, no temperature")
    parser.add_argument("--key", default="", help="refuse requests without this key")
    return parser


async def _main(words: list[str]) -> None:
    server = from_words(words)
    port = _parser().parse_args(words).port
    await loopback.serve(
        server, partial(_Connection, server), port,
        lambda: print(server.url, flush=True),  # noqa: T201
        asyncio.Event(),
    )  # fmt: skip


if __name__ == "__main__":
    import sys

    with suppress(KeyboardInterrupt):
        asyncio.run(_main(sys.argv[1:]))
