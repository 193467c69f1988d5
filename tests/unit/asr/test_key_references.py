"""Keys by reference: found where they lie, and shown nowhere."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.domain.errors import BadInput, EnvironmentFault, UserError
from app.models import secrets
from app.models.asr import RATE_HZ, never
from app.models.endpoint_calls import EndpointSession
from app.models.endpoint_words import Endpoint
from app.models.transcription import Transcription
from tests.unit.asr.hearing import hear
from tests.unit.asr.speech_server import Answer, Request, serving

KEY = "sk-very-secret-0123456789"


@pytest.fixture
def drawer() -> Iterator[Any]:
    """A keyring in memory, with its entries in `kept`; it can be locked."""
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.errors import KeyringLocked

    class Drawer(KeyringBackend):
        priority = 1  # type: ignore[assignment]

        def __init__(self) -> None:
            super().__init__()
            self.is_locked = False
            self.kept = {("callbench", "openai"): KEY}

        def get_password(self, service: str, username: str) -> str | None:
            if self.is_locked:
                raise KeyringLocked("locked")
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

        def delete_password(self, service: str, username: str) -> None:
            raise NotImplementedError

    before, made = keyring.get_keyring(), Drawer()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_variable_is_looked_up_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", f" {KEY}\n")
    assert secrets.resolve("env:SOME_KEY").reveal() == KEY
    monkeypatch.setenv("SOME_KEY", "another")
    assert secrets.resolve(" env:SOME_KEY ").reveal() == "another"
    monkeypatch.delenv("SOME_KEY")
    with pytest.raises(EnvironmentFault, match="SOME_KEY is not set"):
        secrets.resolve("env:SOME_KEY")


def test_the_keyring_is_asked(drawer: Any) -> None:
    assert secrets.resolve("keyring:callbench/openai").reveal() == KEY
    with pytest.raises(EnvironmentFault, match="no 'other' of the service 'callbench'"):
        secrets.resolve("keyring:callbench/other")
    drawer.is_locked = True
    with pytest.raises(EnvironmentFault, match="KeyringLocked"):
        secrets.resolve("keyring:callbench/openai")


def test_a_machine_without_a_keyring_is_told(drawer: Any) -> None:
    import keyring
    from keyring.backends import fail

    keyring.set_keyring(fail.Keyring())
    with pytest.raises(EnvironmentFault, match="env:NAME"):
        secrets.resolve("keyring:callbench/openai")


def test_no_reference_is_no_key() -> None:
    assert secrets.resolve("").reveal() == ""
    assert secrets.check("  ") == ""


@pytest.mark.parametrize(
    "literal",
    [KEY, f"env:{KEY}", f"keyring:{KEY}", "env:", "keyring:a/", "env:A B", f"file:{KEY}", "ENV:X"],
)
def test_a_key_itself_is_refused_and_not_repeated(literal: str) -> None:
    with pytest.raises(BadInput, match="no reference to a key") as caught:
        secrets.resolve(literal)
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("text", ["two\nlines", "ключ", "a\x00b", "a\tb"])
def test_what_no_header_can_hold_is_refused(
    monkeypatch: pytest.MonkeyPatch, drawer: Any, text: str
) -> None:
    drawer.kept = {("s", "n"): text}
    with pytest.raises(BadInput, match="cannot be sent as a key") as caught:
        secrets.resolve("keyring:s/n")
    assert text not in str(caught.value)


def test_a_secret_shows_in_no_text_and_leaves_no_process() -> None:
    secret = secrets.Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {[secret]}"
    assert secret.redact(f"wrong key {KEY}!") == "wrong key [key]!"
    for leave in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="does not leave"):
            leave(secret)


def told(request: Request, status: int) -> Answer:
    """A server that repeats the key that it was sent, as some do."""
    return Answer({"error": {"message": f"wrong: {request.headers['authorization']}"}}, status)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_the_key_is_sent_and_shows_nowhere_else(
    status: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with serving() as server:
        server.script = lambda request: told(request, status)
        endpoint = Endpoint(
            base_url=server.url, key_ref="env:SOME_KEY", retries=1, pause_s=0.01, timeout_s=5
        )
        engine = Transcription(endpoint=endpoint, model="m")
        with pytest.raises(UserError, match="wrong: Bearer \\[key\\]") as caught:
            hear(engine, np.ones(RATE_HZ, np.float32), None)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    shown = "".join(traceback.format_exception(caught.value))
    assert "wrong" in shown
    for text in (shown, repr(engine), engine.producer, caplog.text):
        assert KEY not in text


def test_the_key_of_openai_goes_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    with serving() as server:
        with EndpointSession(Endpoint(base_url=server.url, retries=0)) as session:
            hear(
                Transcription(endpoint=Endpoint(base_url=server.url), model="m"),
                np.ones(RATE_HZ, np.float32),
                None,
            )
            assert session.ask("x", lambda client: client.api_key, never) == "none"
        (request,) = server.requests
    sent = " ".join(f"{k}: {v}" for k, v in request.headers.items())
    assert KEY not in sent
    assert "secret" not in sent
