"""Asking the loopback judge: short ways to a profile, a request, and many replies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.domain.endpoints import Capabilities, ChatFailed, ChatReply, ChatRequest, EndpointProfile
from app.models.chat import ChatClient
from tests.support.chat_server import ChatServer

T = TypeVar("T")

MODEL = "judge-large"
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rationale", "rating"],
    "properties": {
        "rationale": {"type": "string"},
        "rating": {"type": "integer", "enum": [0, 1, 2]},
    },
}
PARAMS = {"temperature": 0, "max_tokens": 300}


def profile_of(server: ChatServer, **changes: Any) -> EndpointProfile:
    given = {"name": "loopback", "base_url": server.url, "timeout_s": 5.0, **changes}
    return EndpointProfile(**given)


def request_of(text: str = "Judge this.", **changes: Any) -> ChatRequest:
    given: dict[str, Any] = {
        "key": f"key of {text}",
        "model": MODEL,
        "messages": ({"role": "user", "content": text},),
        "params": PARAMS,
        "schema": SCHEMA,
    }
    return ChatRequest(**given | changes)


def within(
    profile: EndpointProfile,
    work: Callable[[ChatClient], Awaitable[T]],
    known: Capabilities | None = None,
    **settings: Any,
) -> T:
    """What `work` makes of a client whose own pauses are short."""

    async def run() -> T:
        async with ChatClient(profile, known, **{"pause_s": 0.005, **settings}) as client:
            return await work(client)

    return asyncio.run(run())


async def until(happened: Callable[[], bool]) -> None:
    """Wait for what the server's thread brings about."""
    while not happened():  # noqa: ASYNC110 - another thread does it
        await asyncio.sleep(0.002)


def ask(server: ChatServer, request: ChatRequest | None = None, **changes: Any) -> ChatReply:
    """One reply."""
    return within(profile_of(server, **changes), lambda c: c.ask(request or request_of()))


def fail(server: ChatServer, request: ChatRequest | None = None, **changes: Any) -> ChatFailed:
    """The failure of a request that must fail."""

    async def failing(client: ChatClient) -> ChatFailed:
        try:
            reply = await client.ask(request or request_of())
        except ChatFailed as failed:
            return failed
        raise AssertionError(f"it was answered: {reply}")

    return within(profile_of(server, **changes), failing)
