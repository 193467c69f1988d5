"""Every way in which an endpoint fails: what is tried again, how often, when, and in what words."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import time
from email.utils import formatdate
from typing import Any

import pytest

from app.domain.endpoints import ChatFailed, ChatReply
from app.models.chat import ChatClient
from tests.support.chat_answers import (
    Answer,
    Asked,
    Behaviour,
    busy,
    dripping,
    dropped,
    error,
    garbage,
    ok,
    slow,
    with_headers,
)
from tests.support.chat_server import ChatServer
from tests.unit.chat.asking import ask, fail, profile_of, request_of, until, within


def gaps_s(server: ChatServer) -> list[float]:
    """Seconds between one request and the next."""
    times = [a.at_s for a in server.asked]
    return [b - a for a, b in itertools.pairwise(times)]


@pytest.mark.parametrize(
    "passing",
    [busy(), error(500), error(503), error(529), error(408), error(409), dropped(),
     dropped("before"), garbage],
)  # fmt: skip
def test_what_may_pass_is_tried_again_under_the_same_key(
    server: ChatServer, passing: Behaviour
) -> None:
    server.first = [passing, passing]
    reply = ask(server)
    assert reply.http_attempts == len(server.asked) == 3
    assert set(server.keys) == {"key of Judge this."}
    assert reply.request_id == "req-2"


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (error(500, "out of memory"), "server", "failed (500: out of memory)"),
        (error(409), "server", "failed (409"),
        (busy(), "rate_limit", "too busy"),
        (error(408), "timeout", "(408"),
        (dropped(), "connection", "closed the connection"),
        (garbage, "server", "no chat completion"),
    ],
)
def test_retries_end(server: ChatServer, behaviour: Behaviour, kind: str, words: str) -> None:
    server.script = behaviour
    failed = fail(server, retries=2)
    assert (failed.kind, failed.http_attempts, len(server.asked)) == (kind, 3, 3)
    assert words in failed.reason
    assert failed.request == server.asked[0].body


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (error(400, "messages are empty"), "bad_request", "will not do this (400: messages are"),
        (error(401, "who are you"), "auth", "refused the key (401: who are you)"),
        (error(403), "auth", "refused the key"),
        (error(404), "not_found", "has no model 'judge-large'"),
        (error(405), "not_found", "(405"),
        (error(402, "no balance"), "bad_request", "(402: no balance"),
        (error(413), "bad_request", "too large"),
        (error(422), "bad_request", "will not do this"),
        (error(501), "bad_request", "(501"),
        (error(429, "pay first", code="insufficient_quota"), "rate_limit", "quota is used up"),
        (busy("3600"), "rate_limit", "too busy"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    server: ChatServer, behaviour: Behaviour, kind: str, words: str
) -> None:
    server.script = behaviour
    failed = fail(server)
    assert (failed.kind, failed.http_attempts, len(server.asked)) == (kind, 1, 1)
    assert words in failed.reason
    assert failed.request_id == "req-0"


def test_the_server_has_the_last_word_on_trying_again(server: ChatServer) -> None:
    server.script = with_headers(error(503), x_should_retry="false")
    assert fail(server).http_attempts == 1
    server.first = [with_headers(error(400, "come back"), x_should_retry="true")]
    server.script = ok()
    assert ask(server).http_attempts == 2


@pytest.mark.parametrize(("value", "header"), [("0.2", "retry-after"), ("200", "retry-after-ms")])
def test_a_pause_that_the_server_asks_for_is_kept(
    server: ChatServer, value: str, header: str
) -> None:
    server.first = [busy(value, header)]
    assert ask(server).http_attempts == 2
    assert 0.2 <= gaps_s(server)[0] < 5.0


def test_a_pause_may_be_given_as_a_date(server: ChatServer) -> None:
    def until(_asked: Asked) -> Answer:
        date = formatdate(time.time() + 2.0, usegmt=True)  # of whole seconds
        return Answer(status=503, raw={}, headers={"retry-after": date})

    server.first = [until]
    ask(server)
    assert 0.9 <= gaps_s(server)[0] < 10.0


@pytest.mark.parametrize("value", ["0", "-5", "soon", "nan", "Mon, 30 Nov 2020 11:00:00 GMT"])
def test_a_pause_that_is_none_is_left_to_us(server: ChatServer, value: str) -> None:
    server.first = [busy(value)]
    assert ask(server).http_attempts == 2
    assert gaps_s(server)[0] < 4.0


def test_pauses_of_ours_grow_and_differ(server: ChatServer) -> None:
    server.script = error(500)

    async def two(client: ChatClient) -> list[Any]:
        asking = [client.ask(request_of(name)) for name in ("a", "b")]
        return await asyncio.gather(*asking, return_exceptions=True)

    failed = within(profile_of(server, retries=3), two, pause_s=0.04)
    assert [f.http_attempts for f in failed] == [4, 4]
    waits = {}
    for name in ("a", "b"):
        times = [q.at_s for q in server.asked if q.key == f"key of {name}"]
        waits[name] = [b - a for a, b in itertools.pairwise(times)]
        assert all(w >= 0.02 * 2**n for n, w in enumerate(waits[name]))
    assert waits["a"] != waits["b"]


def test_one_429_holds_back_every_request_of_the_client(server: ChatServer) -> None:
    server.at[0] = busy("0.3")

    async def herd(client: ChatClient) -> list[ChatReply]:
        first = asyncio.create_task(client.ask(request_of("first")))
        await until(lambda: bool(server.asked))
        await asyncio.sleep(0.05)  # the refusal is back by now
        rest = [client.ask(request_of(str(n))) for n in range(8)]
        return await asyncio.gather(first, *rest)

    replies = within(profile_of(server, concurrency=6), herd)
    assert sum(r.http_attempts for r in replies) == len(server.asked) == 10
    gaps = gaps_s(server)
    assert gaps[0] >= 0.29
    # They come back one by one: 0.3 s over 6 requests at once, less after each success.
    assert gaps[1] >= 0.04


def test_no_answer_in_time_is_a_timeout_that_is_tried_again(server: ChatServer) -> None:
    server.first = [slow(30.0)]
    assert ask(server, timeout_s=0.6).http_attempts == 2
    server.script = slow(30.0)
    failed = fail(server, timeout_s=0.15, retries=1)
    assert (failed.kind, failed.http_attempts) == ("timeout", 2)
    assert 145 <= failed.latency_ms < 5000
    assert "did not answer within 0.15 s" in failed.reason


def test_a_server_that_drips_has_no_longer_than_the_timeout(server: ChatServer) -> None:
    server.script = dripping(0.02)
    started_s = time.perf_counter()
    assert fail(server, timeout_s=0.2, retries=0).kind == "timeout"
    assert time.perf_counter() - started_s < 5.0


def test_nobody_there_is_no_connection() -> None:
    with socket.socket() as taken:  # bound and not listening
        taken.bind(("127.0.0.1", 0))
        nobody = ChatServer(url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        failed = fail(nobody, retries=2)
    assert (failed.kind, failed.http_attempts) == ("connection", 3)
    assert "cannot be reached" in failed.reason


@pytest.mark.parametrize(
    ("inner", "kind", "attempts"),
    [
        ({"message": "upstream is busy", "code": 429}, "rate_limit", 3),
        ({"message": "no such model", "code": 404}, "not_found", 1),
        ({"message": "upstream failed", "code": "provider_error"}, "server", 3),
        ("upstream failed", "server", 3),
    ],
)
def test_an_error_that_comes_as_a_success_is_an_error(
    server: ChatServer, inner: object, kind: str, attempts: int
) -> None:
    server.script = lambda _: Answer(raw={"error": inner})
    failed = fail(server, retries=2)
    assert (failed.kind, failed.http_attempts) == (kind, attempts)
    if kind == "rate_limit":
        assert "upstream is busy" in failed.reason


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{}", b'{"choices": 3}', b"\xff\xfe", DEEP,
     b'{"choices": [], "x": ' + b"[" * 90 + b"]" * 90 + b"}"],
)  # fmt: skip
def test_a_success_that_is_no_completion_is_tried_again(server: ChatServer, raw: bytes) -> None:
    server.first = [lambda _: Answer(raw=raw)]
    assert ask(server).http_attempts == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(raw=DEEP, status=400),
        Answer(raw=b'{"error": {"message": "half \\ud83d, \\u0000"}}', status=400),
        Answer(raw={"error": {"message": ["a"], "code": {}, "param": 3}}, status=422),
        Answer(raw=b"x", status=400, headers={"content-encoding": "gzip"}),
        Answer(raw=b"", status=304),
    ],
)
def test_a_refusal_may_look_like_anything(server: ChatServer, answer: Answer) -> None:
    server.script = lambda _: answer
    failed = fail(server)
    assert (failed.kind, failed.http_attempts) == ("bad_request", 1)
    assert len(failed.reason.encode()) < 500  # UTF-8 takes it, and it is no flood
    assert "\x00" not in failed.reason


def test_a_reply_cut_off_inside_an_emoji_can_be_stored(server: ChatServer) -> None:
    body = b'{"choices": [{"message": {"content": "so \\ud83d"}}], "x": NaN, "\\u0000": -Infinity}'
    server.script = lambda _: Answer(raw=body)
    reply = ask(server)
    assert reply.text == "so \ufffd"
    assert reply.reply["x"] is None
    assert "\x00" not in json.dumps(reply.reply, ensure_ascii=False, allow_nan=False)


def test_a_failed_list_of_models_says_why(server: ChatServer) -> None:
    server.can.key = "asked for"  # of chats alone; the list is open
    assert within(profile_of(server), lambda c: c.models())
    away = ChatServer(url=server.url.replace("/v1", "/v2"))
    with pytest.raises(ChatFailed, match="usually ends in /v1") as raised:
        within(profile_of(away), lambda c: c.models())
    assert raised.value.kind == "not_found"
