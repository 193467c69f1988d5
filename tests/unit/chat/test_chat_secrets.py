"""A key reaches the server and nobody else: no error, no log, no traceback, no stored body."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from app.domain.endpoints import ChatFailed
from app.domain.errors import EnvironmentFault
from app.models.chat import ChatClient
from tests.support.chat_answers import Answer, Asked, error, given
from tests.support.chat_server import ChatServer, serving
from tests.unit.chat.asking import fail, profile_of, request_of, within

KEY = "sk-live-0123456789abcdef"
REF = "env:JUDGE_KEY"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)


def leak(asked: Asked) -> str:
    """The key, as a server might repeat it."""
    return asked.headers["authorization"]


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 418, 422, 429, 500])
def test_a_server_that_repeats_the_key_does_not_spread_it(
    server: ChatServer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.script = lambda asked: error(status, f"you sent {leak(asked)}")(asked)
    with pytest.raises(ChatFailed) as raised:
        within(profile_of(server, key_ref=REF, retries=1), lambda c: c.ask(request_of()))
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    failed = raised.value
    told = [failed.reason, repr(failed), str(failed.request), caplog.text]
    told += traceback.format_exception(failed)
    assert not [text for text in told if KEY in text]


def test_a_reply_that_repeats_the_key_is_kept_without_it(server: ChatServer) -> None:
    server.script = lambda asked: given(f"you sent {leak(asked)}")(asked)
    reply = within(profile_of(server, key_ref=REF), lambda c: c.ask(request_of()))
    assert reply.text == "you sent Bearer [key]"
    assert KEY not in repr(reply)


def test_placeholder_keys_of_local_servers_may_stand_in_replies(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", "ollama")
    server.script = given("It says ollama.")
    reply = within(profile_of(server, key_ref=REF), lambda c: c.ask(request_of()))
    assert reply.text == "It says ollama."


def test_nothing_of_a_client_shows_its_key(server: ChatServer) -> None:
    async def shown(client: ChatClient) -> list[str]:
        await client.ask(request_of())
        held: list[Any] = [client, client._wire, client._wire._secret, client.manner("m")]
        return [repr(thing) for thing in held] + [str(thing) for thing in held]

    assert not [s for s in within(profile_of(server), shown, key=KEY) if KEY in s]
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_key_that_cannot_be_had_is_said_before_anything_is_sent(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUDGE_KEY")
    with pytest.raises(EnvironmentFault, match="JUDGE_KEY is not set"):
        fail(server, key_ref=REF)
    assert server.asked == []


def test_a_refused_key_is_named_by_where_it_lies(server: ChatServer) -> None:
    server.can.key = "another"
    failed = fail(server, key_ref=REF)
    assert failed.kind == "auth"
    assert "Check the key that env:JUDGE_KEY holds." in failed.reason
    assert KEY not in failed.reason


def test_a_redirect_to_another_host_does_not_take_the_key_along(server: ChatServer) -> None:
    with serving() as other:
        moved = other.url.replace("127.0.0.1", "localhost") + "/chat/completions"
        server.script = lambda _: Answer(status=307, raw={}, headers={"location": moved})
        reply = within(profile_of(server, key_ref=REF), lambda c: c.ask(request_of()))
        assert (reply.request_id, len(other.asked)) == ("req-0", 1)
        assert KEY not in str(other.asked[0].headers)
