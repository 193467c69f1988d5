"""Giving way: schemas, parameter names and sound that a model does not take, learnt once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from app.domain.endpoints import Capabilities, ChatReply, ChatRequest
from app.domain.judging import Rung
from app.models.chat import ChatClient
from app.models.chat_audio import audio_part
from app.models.chat_body import SCHEMA_WORDS, Manner, tokens_of
from tests.support.chat_answers import Answer, Behaviour, error, ok
from tests.support.chat_server import ChatServer
from tests.unit.chat.asking import MODEL, SCHEMA, ask, fail, profile_of, request_of, within

KNOWN = Capabilities(endpoint="loopback", model=MODEL, rung="schema", audio=True, json_mode=True)
SOUND = audio_part(np.zeros(1600, np.float32), 16_000)


def with_sound(text: str = "Judge this.") -> ChatRequest:
    content = [{"type": "text", "text": text}, SOUND]
    return request_of(text, messages=({"role": "user", "content": content},))


def in_turn(server: ChatServer, count: int = 3, **changes: Any) -> list[ChatReply]:
    """Replies of one client, one after the other."""

    async def one_by_one(client: ChatClient) -> list[ChatReply]:
        return [await client.ask(request_of(str(n))) for n in range(count)]

    return within(profile_of(server, **changes), one_by_one)


def test_without_schemas_json_mode_is_used_and_remembered(server: ChatServer) -> None:
    server.can.schema = "refused"
    replies = in_turn(server)
    assert [r.rung for r in replies] == ["json"] * 3
    assert [r.http_attempts for r in replies] == [2, 1, 1]
    first, second = server.asked[:2]
    assert first.form == "json_schema"
    assert second.body["response_format"] == {"type": "json_object"}
    assert first.text == "0"
    assert second.text.startswith(f"0\n\n{SCHEMA_WORDS}\n")
    assert json.loads(second.text.split(SCHEMA_WORDS)[1]) == SCHEMA
    assert json.loads(replies[2].text)["rating"] in (0, 1, 2)


def test_without_json_mode_words_are_all_there_is(server: ChatServer) -> None:
    server.can.schema = server.can.json_mode = "refused"
    replies = in_turn(server)
    assert [(r.rung, r.http_attempts) for r in replies] == [("text", 3), ("text", 1), ("text", 1)]
    assert "response_format" not in server.asked[-1].body
    assert replies[-1].request == server.asked[-1].body
    assert json.loads(replies[-1].text)["rating"] in (0, 1, 2)


def test_reasoning_models_get_the_names_and_values_that_they_take(server: ChatServer) -> None:
    server.can.max_tokens = server.can.temperature = False
    replies = in_turn(server)
    assert [r.http_attempts for r in replies] == [3, 1, 1]
    sent = server.asked[-1].body
    assert sent["max_completion_tokens"] == 300
    assert not {"max_tokens", "temperature"} & sent.keys()


def test_giving_way_uses_up_no_retry(server: ChatServer) -> None:
    server.can.schema = server.can.json_mode = "refused"
    server.can.max_tokens = server.can.temperature = False
    assert ask(server, retries=0).http_attempts == 5


def test_requests_that_are_refused_together_give_way_once(server: ChatServer) -> None:
    server.can.schema, server.latency_s = "refused", 0.02

    async def together(client: ChatClient) -> list[ChatReply]:
        return await asyncio.gather(*(client.ask(request_of(str(n))) for n in range(8)))

    replies = within(profile_of(server), together)
    assert {(r.rung, r.http_attempts) for r in replies} == {("json", 2)}


def test_what_one_model_refuses_says_nothing_of_another(server: ChatServer) -> None:
    def of_small(asked: Any) -> Answer:
        refused = asked.body["model"] == "judge-small" and asked.form == "json_schema"
        return (error(400, "no json_schema here") if refused else ok())(asked)

    server.script = of_small

    async def both(client: ChatClient) -> list[Rung]:
        models = ("judge-small", "judge-large")
        return [(await client.ask(request_of(model=model))).rung for model in models]

    assert within(profile_of(server), both) == ["json", "schema"]


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (KNOWN, {"response_format", "max_tokens", "temperature"}),
        (
            Capabilities(
                endpoint="loopback", model=MODEL, rung="text", audio=False, json_mode=False,
                max_tokens_name="max_completion_tokens", temperature=False,
            ),
            {"max_completion_tokens"},
        ),
    ],
)  # fmt: skip
def test_what_a_probe_found_is_taken_from_the_start(
    server: ChatServer, known: Capabilities, names: set[str]
) -> None:
    reply = within(profile_of(server), lambda c: c.ask(request_of()), known)
    assert reply.rung == known.rung
    assert server.asked[0].body.keys() == {"model", "messages"} | names


@pytest.mark.parametrize(
    "refusal",
    [
        error(400, "'max_tokens' is too large: 900. This model supports at most 300."),
        error(400, "temperature must be less than or equal to 2", param="temperature"),
        error(400, "This model's maximum context length is 8192 tokens; use less max_tokens"),
        error(400, "messages must not be empty"),
    ],
)
def test_a_mistake_of_the_request_is_told_and_not_got_round(
    server: ChatServer, refusal: Behaviour
) -> None:
    server.script = refusal
    failed = fail(server)
    assert (failed.kind, failed.http_attempts) == ("bad_request", 1)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"message": "Unrecognized request argument supplied: response_format"}}),
        (400, {"error": "either json_schema or grammar"}),
        (422, {"detail": [{"loc": ["body", "response_format"], "msg": "extra not permitted"}]}),
        (400, {"object": "error", "message": "guided decoding is off"}),
        (501, {"error": {"message": "structured output is not implemented"}}),
    ],
)
def test_servers_refuse_a_schema_in_words_of_their_own(
    server: ChatServer, status: int, body: dict[str, Any]
) -> None:
    def odd(asked: Any) -> Answer:
        if asked.form == "json_schema":
            return Answer(status=status, raw=body)
        return ok()(asked)

    server.script = odd
    assert ask(server).rung == "json"


def test_a_refusal_that_quotes_our_input_names_nothing(server: ChatServer) -> None:
    quoted = {
        "input": {"response_format": {}, "temperature": 0},
        "msg": "bad role",
        "loc": ["body"],
    }
    server.script = lambda _: Answer(status=422, raw={"detail": [quoted]})
    assert fail(server).http_attempts == 1


def test_both_names_of_the_limit_refused_is_the_end(server: ChatServer) -> None:
    server.script = lambda asked: error(
        400, f"unknown field {'max_tokens' if 'max_tokens' in asked.body else LIMIT}"
    )(asked)
    failed = fail(server)
    assert (failed.kind, failed.http_attempts) == ("bad_request", 2)


LIMIT = "max_completion_tokens"


def test_refused_sound_is_said_and_never_judged_without(server: ChatServer) -> None:
    server.can.audio = False
    failed = fail(server, with_sound())
    assert (failed.kind, failed.http_attempts, len(server.asked)) == ("no_audio", 1, 1)
    assert "input_audio" in failed.reason


def test_sound_is_not_sent_where_a_test_found_that_it_is_not_taken(server: ChatServer) -> None:
    deaf = Capabilities(endpoint="loopback", model=MODEL, rung="json", audio=False, json_mode=True)

    async def both(client: ChatClient) -> str:
        await client.ask(request_of())
        with pytest.raises(Exception, match="took no sound") as raised:
            await client.ask(with_sound())
        return str(raised.value.kind)  # type: ignore[attr-defined]

    assert within(profile_of(server), both, deaf) == "no_audio"
    assert len(server.asked) == 1


def test_the_schema_follows_the_sound_of_the_last_message(server: ChatServer) -> None:
    server.can.schema = "refused"
    ask(server, with_sound())
    (message,) = server.asked[1].body["messages"]
    assert [part["type"] for part in message["content"]] == ["text", "input_audio", "text"]


def test_the_words_are_the_same_every_time() -> None:
    manner = Manner(rung="text")
    assert manner.body(request_of()) == manner.body(request_of())
    original = request_of()
    manner.body(original)
    assert original == request_of()


def test_tokens_are_guessed_from_text_sound_and_the_limit_of_the_reply() -> None:
    plain = request_of("x" * 4000, schema=None, params={"max_tokens": 100})
    assert tokens_of(plain) == 1100
    chinese = request_of("中" * 1000, schema=None, params={"max_tokens": 0})
    assert 500 <= tokens_of(chinese) <= 1000
    minute = audio_part(np.zeros(60 * 16_000, np.float32), 16_000)
    heard = request_of(
        messages=({"role": "user", "content": [minute]},), schema=None, params={"max_tokens": 0}
    )
    assert tokens_of(heard) == 600
