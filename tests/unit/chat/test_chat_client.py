"""What is sent and what comes back when nothing goes wrong."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from app.domain.endpoints import ChatReply
from app.domain.errors import BadInput
from app.domain.judging import Usage
from app.models.chat import ChatClient
from app.models.chat_reply import usage_of
from tests.support.chat_answers import Answer, Asked, filtered, given, no_usage, refusal, truncated
from tests.support.chat_server import ChatServer
from tests.unit.chat.asking import MODEL, SCHEMA, ask, profile_of, request_of, until, within


def test_a_request_goes_out_with_its_schema_and_its_key(server: ChatServer) -> None:
    reply = ask(server)
    (asked,) = server.asked
    assert asked.key == "key of Judge this."
    assert asked.headers["authorization"] == "Bearer none"
    assert asked.body == {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Judge this."}],
        "temperature": 0,
        "max_tokens": 300,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "verdict", "strict": True, "schema": SCHEMA},
        },
    }
    assert reply.request == asked.body
    assert json.loads(reply.text)["rating"] in (0, 1, 2)
    assert (reply.rung, reply.finish, reply.http_attempts) == ("schema", "stop", 1)
    assert (reply.request_id, reply.model) == ("req-0", f"{MODEL}-2026-01-01")
    assert reply.reply["choices"][0]["message"]["content"] == reply.text


def test_parameters_without_a_value_are_left_out_and_others_reach_the_server(
    server: ChatServer,
) -> None:
    params = {"seed": None, "max_completion_tokens": 50, "top_k": 1, "reasoning_effort": "low"}
    ask(server, request_of(params=params, schema=None))
    sent = dict(server.asked[0].body)
    del sent["messages"]
    assert sent == {"model": MODEL, "max_tokens": 50, "top_k": 1, "reasoning_effort": "low"}


def test_usage_is_what_the_server_counted(server: ChatServer) -> None:
    details = {
        "prompt_tokens": 900,
        "completion_tokens": 40,
        "prompt_tokens_details": {"cached_tokens": 512, "audio_tokens": 30},
        "completion_tokens_details": {"reasoning_tokens": 20},
    }
    server.script = lambda _: Answer("{}", usage=details)
    counted = Usage(prompt=900, completion=40, cached=512, audio=30, reasoning=20)
    assert ask(server).usage == counted


def test_missing_usage_is_unknown_and_not_zero(server: ChatServer) -> None:
    server.script = no_usage
    assert ask(server).usage == Usage()
    odd = {"usage": {"prompt_tokens": True, "completion_tokens": "9", "prompt_tokens_details": 3}}
    assert usage_of(odd) == Usage()


@pytest.mark.parametrize(
    ("behaviour", "finish", "has_text"),
    [(truncated, "length", True), (filtered, "content_filter", False), (refusal, "stop", False)],
)
def test_a_reply_that_is_no_verdict_is_handed_over_as_it_is(
    server: ChatServer, behaviour: object, finish: str, has_text: bool
) -> None:
    server.script = behaviour  # type: ignore[assignment]
    reply = ask(server)
    assert (reply.finish, bool(reply.text), len(server.asked)) == (finish, has_text, 1)
    assert (reply.refusal != "") == (behaviour is refusal)


def test_text_in_parts_is_joined_and_reasoning_is_no_text(server: ChatServer) -> None:
    parts = [
        {"type": "thinking", "text": "Hm."},
        {"type": "text", "text": '{"rating": '},
        {"type": "text", "text": "1}"},
    ]
    choice = {"message": {"content": parts}, "finish_reason": "stop"}
    server.script = lambda _: Answer(raw={"id": "chatcmpl-x", "choices": [choice]})
    reply = ask(server)
    assert (reply.text, reply.model) == ('{"rating": 1}', MODEL)


def test_no_choice_is_an_empty_reply(server: ChatServer) -> None:
    server.script = lambda _: Answer(raw={"choices": []})
    reply = ask(server)
    assert (reply.text, reply.finish, reply.reply) == ("", "", {"choices": []})


def test_latency_is_that_of_the_attempt_alone(server: ChatServer) -> None:
    server.latency_s = 0.15

    async def three(client: ChatClient) -> list[ChatReply]:
        return await asyncio.gather(*(client.ask(request_of(str(i))) for i in range(3)))

    # One at a time: with its wait the last alone would take as long as all together.
    started_s = time.perf_counter()
    replies = within(profile_of(server, concurrency=1), three)
    took_ms = (time.perf_counter() - started_s) * 1000
    assert all(r.latency_ms >= 145 for r in replies)
    assert sum(r.latency_ms for r in replies) <= took_ms


def test_no_more_requests_at_once_than_the_profile_allows(server: ChatServer) -> None:
    server.latency_s = 0.02

    async def many(client: ChatClient) -> list[ChatReply]:
        return await asyncio.gather(*(client.ask(request_of(str(i))) for i in range(30)))

    replies = within(profile_of(server, concurrency=5), many)
    assert server.most_in_flight == 5
    assert sorted(server.keys) == sorted(f"key of {i}" for i in range(30))
    assert len({r.request_id for r in replies}) == 30


@pytest.mark.parametrize("limits", [{"rpm": 1200.0}, {"tpm": 1200.0 * 310}])
def test_limits_of_the_profile_hold_for_all_requests_together(
    server: ChatServer, limits: dict[str, float]
) -> None:
    usage = {"prompt_tokens": 300, "completion_tokens": 10}
    server.script = lambda _: Answer("{}", usage=usage)

    async def many(client: ChatClient) -> None:
        await asyncio.gather(*(client.ask(request_of(str(i))) for i in range(32)))

    started_s = time.monotonic()
    within(profile_of(server, concurrency=32, **limits), many)
    # Twenty a second, of which a second's share may leave at once: the other twelve take 0.6 s.
    assert max(a.at_s for a in server.asked) - started_s >= 0.59


def test_models_are_listed_by_name(server: ChatServer) -> None:
    assert within(profile_of(server), lambda c: c.models()) == ("judge-large", "judge-small")


def test_an_address_that_is_none_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(BadInput, match="no web address"):
        within(profile_of(ChatServer(url="localhost:8000")), lambda c: c.models())


def test_a_cancel_ends_requests_under_way_and_those_that_wait(server: ChatServer) -> None:
    server.latency_s = 30.0

    async def cancelled(client: ChatClient) -> tuple[int, int]:
        asking = [asyncio.create_task(client.ask(request_of(str(i)))) for i in range(6)]
        await until(lambda: len(server.asked) == 2)
        for task in asking:
            task.cancel()
        done = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(d, asyncio.CancelledError) for d in done)
        server.latency_s = 0.0
        await client.ask(request_of("afterwards"))  # the slots are free again
        return len(asyncio.all_tasks()), len(done)

    assert within(profile_of(server, concurrency=2), cancelled) == (1, 6)
    assert server.left == 2
    assert len(server.asked) == 3


def test_organisation_project_and_headers_of_the_environment_stay_here(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-environment")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-mine: header-of-the-environment")
    ask(server)
    assert "environment" not in json.dumps(dict(server.asked[0].headers))


def test_any_text_survives_the_way_there_and_back(server: ChatServer) -> None:
    text = "Ärger “中文” \U0001f4a3 \u202e </think> {{ x }} \x07"

    def echo(asked: Asked) -> Answer:
        return given({"rationale": asked.text, "rating": 1})(asked)

    server.script = echo
    reply = ask(server, request_of(text, key="k"))
    assert json.loads(reply.text)["rationale"] == text
