"""What a probe finds, against servers that can, cannot, and only say that they can."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.domain.endpoints import Capabilities, ChatFailed
from app.models.chat_audio import beeps
from app.models.chat_probe import BEEPS, RATE_HZ, SCHEMA, probe
from app.models.transcription import wav
from tests.support.chat_answers import (
    Answer,
    Asked,
    Behaviour,
    busy,
    error,
    malformed,
    ok,
    prose,
    thinking,
)
from tests.support.chat_server import ChatServer
from tests.unit.chat.asking import MODEL, profile_of


def probed(server: ChatServer, **changes: Any) -> Capabilities:
    return asyncio.run(probe(profile_of(server, **changes), MODEL, pause_s=0.005))


@pytest.mark.parametrize(
    ("schema", "json_mode", "rung", "has_json"),
    [
        ("yes", "yes", "schema", True),
        ("yes", "refused", "schema", False),
        ("refused", "yes", "json", True),
        ("refused", "refused", "text", False),
        ("refused", "ignored", "text", False),
        ("ignored", "yes", "json", True),
        ("ignored", "refused", "text", False),
        ("ignored", "ignored", "text", False),
    ],
)
def test_the_best_rung_that_is_obeyed_is_found(
    server: ChatServer, schema: Any, json_mode: Any, rung: str, has_json: bool
) -> None:
    server.can.schema, server.can.json_mode = schema, json_mode
    found = probed(server)
    assert (found.rung, found.json_mode, found.audio) == (rung, has_json, True)
    assert (found.endpoint, found.model) == ("loopback", MODEL)
    assert found.probed_at.endswith("Z")
    assert any("ignores it" in note for note in found.notes) == (schema == "ignored")


def test_names_and_values_that_a_reasoning_model_takes_are_found(server: ChatServer) -> None:
    server.can.max_tokens = server.can.temperature = False
    found = probed(server)
    assert (found.rung, found.max_tokens_name) == ("schema", "max_completion_tokens")
    assert not found.temperature
    assert len(server.asked) == 5  # what the first request learnt, the others know


@pytest.mark.parametrize("behaviour", [thinking, prose])
def test_an_object_counts_with_words_around_it(server: ChatServer, behaviour: Behaviour) -> None:
    server.script = behaviour
    assert probed(server).rung == "schema"


def test_a_server_that_keeps_to_nothing_is_told_apart(server: ChatServer) -> None:
    server.script = malformed
    found = probed(server)
    assert (found.rung, found.json_mode) == ("text", False)
    assert any("cannot be used" in note for note in found.notes)


@pytest.mark.parametrize("wrong", [{"swatch": "teal"}, {"swatch": "red", "layers": 1}, [], 3])
def test_another_object_than_asked_for_is_not_obedience(server: ChatServer, wrong: Any) -> None:
    server.script = lambda asked: Answer(content=f"{wrong}".replace("'", '"'))
    assert probed(server).rung == "text"


def test_the_sound_of_a_probe_is_a_real_recording(server: ChatServer) -> None:
    probed(server)
    (sound,) = [a.audio[0] for a in server.asked if a.audio]
    assert sound == wav(beeps(BEEPS, RATE_HZ), RATE_HZ)
    assert all(a.schema is None or a.schema == SCHEMA for a in server.asked)


def test_refused_sound_is_no_audio(server: ChatServer) -> None:
    server.can.audio = False
    found = probed(server)
    assert (found.audio, found.notes) == (False, ())


def hearing(answer: Answer) -> Behaviour:
    """As usual, but for requests with sound."""
    return lambda asked: answer if asked.audio else ok()(asked)


@pytest.mark.parametrize(
    ("text", "counted", "audio"),
    [
        ("3", None, True),
        ("Three beeps.", 0, True),
        ("I cannot hear anything.", 12, True),
        ("I cannot hear anything.", 0, False),
        ("13", None, False),
    ],
)
def test_sound_must_be_counted_or_answered_to(
    server: ChatServer, text: str, counted: int | None, audio: bool
) -> None:
    usage = None if counted is None else {"prompt_tokens_details": {"audio_tokens": counted}}
    server.script = hearing(Answer(text, usage=usage))
    found = probed(server)
    assert found.audio is audio
    assert any("no sign" in note for note in found.notes) is not audio


def test_a_server_that_breaks_at_sound_has_none_and_says_why(server: ChatServer) -> None:
    def broken(asked: Asked) -> Answer:
        return (error(500, "decoder crashed") if asked.audio else ok())(asked)

    server.script = broken
    found = probed(server)
    assert (found.rung, found.audio) == ("schema", False)
    assert any("decoder crashed" in note for note in found.notes)


def test_two_probes_share_no_key_so_that_no_proxy_answers_from_memory(server: ChatServer) -> None:
    probed(server)
    first = set(server.keys)
    probed(server)
    assert len(set(server.keys)) == 2 * len(first)


def test_a_busy_server_is_asked_again(server: ChatServer) -> None:
    server.first = [busy("0.01")]
    assert probed(server).rung == "schema"


@pytest.mark.parametrize(("status", "kind", "asked"), [(401, "auth", 1), (500, "server", 2)])
def test_an_endpoint_that_cannot_be_asked_has_no_capabilities(
    server: ChatServer, status: int, kind: str, asked: int
) -> None:
    server.script = error(status)
    with pytest.raises(ChatFailed) as raised:
        probed(server, retries=9)
    assert (raised.value.kind, len(server.asked)) == (kind, asked)


def test_the_schema_of_the_probe_cannot_be_met_by_chance(server: ChatServer) -> None:
    probed(server)
    question = next(a for a in server.asked if a.form == "json_schema")
    assert not any(name in question.text for name in SCHEMA["properties"])
