"""Endpoints, prices and capabilities in the workspace, and a test of an endpoint in words."""

from __future__ import annotations

import math
import socket
import time
from dataclasses import replace
from typing import Any

import pytest

from app.domain.endpoints import Capabilities, EndpointProfile, Price
from app.domain.errors import BadInput, Cancelled, NotFound
from app.domain.work import Quiet
from app.services.judging import endpoints as service
from app.services.judging.endpoint_rules import checked_price, checked_profile
from app.services.workspace import Workspace
from tests.support.chat_answers import error
from tests.support.chat_server import ChatServer
from tests.unit.chat.asking import MODEL, profile_of

LOCAL = EndpointProfile(
    name="local", base_url="http://localhost:8000/v1", key_ref="env:LOCAL_KEY", model="m",
    timeout_s=90.0, retries=2, concurrency=3, rpm=60.0, tpm=90_000.0,
)  # fmt: skip
FOUND = Capabilities(
    endpoint="local", model="m", rung="json", audio=False, json_mode=True,
    max_tokens_name="max_completion_tokens", temperature=False, probed_at="2026-01-31T00:00:00Z",
    notes=("one", "two"),
)  # fmt: skip
GOOD = Price(model="n", input_per_m=1.0, output_per_m=2.0)


def test_an_endpoint_is_stored_and_found_by_name(workspace: Workspace) -> None:
    assert service.endpoints(workspace) == ()
    other = replace(LOCAL, name="Another", rpm=None, tpm=None, key_ref="")
    assert service.save_endpoint(workspace, LOCAL).settings
    service.save_endpoint(workspace, other)
    assert service.endpoints(workspace) == (other, LOCAL)
    assert service.endpoint(workspace, "local") == LOCAL
    with pytest.raises(NotFound, match=r"'remote'.* Endpoints: Another, local"):
        service.endpoint(workspace, "remote")


def test_blanks_around_texts_are_taken_off(workspace: Workspace) -> None:
    typed = replace(
        LOCAL, name="  my  own ", base_url=" http://localhost:8000/v1/ ", model=" m ", key_ref=" "
    )
    service.save_endpoint(workspace, typed)
    (found,) = service.endpoints(workspace)
    assert (found.name, found.base_url) == ("my own", "http://localhost:8000/v1")
    assert (found.model, found.key_ref) == ("m", "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 61}, "up to 60"),
        ({"base_url": "localhost:8000"}, "no web address"),
        ({"base_url": "https://me:sk-123@host/v1"}, "no name, password"),
        ({"key_ref": "sk-0123456789abcdef"}, "no reference to a key"),
        ({"timeout_s": 0.0}, "timeout cannot be 0"),
        ({"timeout_s": math.nan}, "timeout"),
        ({"retries": -1}, "retries"),
        ({"concurrency": 0}, "at once"),
        ({"rpm": 0.0}, "requests a minute"),
        ({"tpm": -5.0}, "tokens a minute"),
        ({"rpm": math.inf}, "requests a minute"),
    ],
)
def test_what_cannot_be_used_is_refused_without_repeating_what_may_be_a_key(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=words) as raised:
        checked_profile(replace(LOCAL, **changes))
    assert "sk-" not in str(raised.value)


def test_what_is_refused_is_not_stored(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="no reference to a key"):
        service.save_endpoint(workspace, replace(LOCAL, key_ref="sk-0123456789abcdef"))
    assert service.endpoints(workspace) == ()
    with workspace.db.read() as uow:
        assert "sk-" not in repr(uow.settings.all())


def test_names_are_unique_whatever_their_case(workspace: Workspace) -> None:
    service.save_endpoint(workspace, LOCAL)
    for name, was in (("LOCAL", None), ("local", ""), ("Local", "")):
        with pytest.raises(BadInput, match="already"):
            service.save_endpoint(workspace, replace(LOCAL, name=name), was=was)
    service.save_endpoint(workspace, replace(LOCAL, name="Local"), was="local")
    assert [p.name for p in service.endpoints(workspace)] == ["Local"]


def test_what_was_found_out_is_remembered_by_endpoint_and_model(workspace: Workspace) -> None:
    service.save_endpoint(workspace, LOCAL)
    assert service.capabilities(workspace, "local", "m") is None
    service.remember(workspace, FOUND)
    service.remember(workspace, replace(FOUND, model="n", audio=True))
    service.remember(workspace, replace(FOUND, rung="schema"))  # found out anew
    assert service.capabilities(workspace, "local", "m") == replace(FOUND, rung="schema")
    assert service.capabilities(workspace, "other", "m") is None
    assert [c.model for c in service.all_capabilities(workspace)] == ["m", "n"]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"timeout_s": 5.0, "rpm": None, "key_ref": "env:ANOTHER"}, True),
        ({"base_url": "http://localhost:9000/v1"}, False),
        ({"model": "another"}, False),
    ],
)
def test_another_address_or_model_must_be_tested_anew(
    workspace: Workspace, changes: dict[str, Any], kept: bool
) -> None:
    service.save_endpoint(workspace, LOCAL)
    service.remember(workspace, FOUND)
    service.remember(workspace, replace(FOUND, endpoint="other"))
    service.save_endpoint(workspace, replace(LOCAL, **changes))
    assert (service.capabilities(workspace, "local", "m") == FOUND) is kept
    assert service.capabilities(workspace, "other", "m") is not None


def test_a_removed_endpoint_takes_what_was_known_of_it_along(workspace: Workspace) -> None:
    service.save_endpoint(workspace, LOCAL)
    service.remember(workspace, FOUND)
    service.remove_endpoint(workspace, "local")
    assert service.endpoints(workspace) == ()
    assert service.all_capabilities(workspace) == ()
    with pytest.raises(NotFound):
        service.remove_endpoint(workspace, "local")


def test_fields_of_a_newer_version_are_passed_over(workspace: Workspace) -> None:
    with workspace.db.human() as uow:
        uow.settings.put(service.PROFILES, [{**LOCAL.to_json(), "region": "moon"}])
    assert service.endpoints(workspace) == (LOCAL,)


def test_prices_are_kept_as_they_were_written_down(workspace: Workspace) -> None:
    table = (
        Price(model="gpt-4.1*", input_per_m=2.0, output_per_m=8.0, cached_per_m=0.5,
              as_of="2026-01-31"),
        Price(model="gpt-4.1*", input_per_m=0.0, output_per_m=0.0, endpoint="local",
              currency="eur"),
    )  # fmt: skip
    assert service.prices(workspace) == ()
    assert service.save_prices(workspace, table).settings
    assert service.prices(workspace) == (table[0], replace(table[1], currency="EUR"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": " "}, "model's name"),
        ({"input_per_m": -1.0}, "cannot be -1"),
        ({"output_per_m": math.nan}, "cannot be nan"),
        ({"cached_per_m": math.inf}, "cannot be inf"),
        ({"currency": "$"}, "no currency"),
        ({"as_of": "yesterday"}, "no date"),
    ],
)
def test_a_price_that_cannot_be_used_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        checked_price(replace(GOOD, **changes))


def test_two_prices_of_the_same_are_refused_and_the_table_stays(workspace: Workspace) -> None:
    service.save_prices(workspace, (GOOD,))
    with pytest.raises(BadInput, match="two prices of 'n'"):
        service.save_prices(workspace, (GOOD, replace(GOOD, model="n ")))
    assert service.prices(workspace) == (GOOD,)


def test_a_test_tells_what_an_endpoint_can_do(server: ChatServer) -> None:
    report = service.test_endpoint(profile_of(server))
    assert report.ok
    assert (report.models, report.model) == (("judge-large", "judge-small"), "judge-large")
    assert report.capabilities is not None
    assert (report.capabilities.rung, report.capabilities.audio) == ("schema", True)
    assert report.round_trip_ms is not None
    assert report.round_trip_ms >= 0
    words = " ".join(report.words)
    assert "lists 2 models" in words
    assert "keep to a JSON schema" in words
    assert "It hears" in words


def test_a_test_asks_the_model_that_is_named(server: ChatServer) -> None:
    server.can.strict_models = True
    profile = profile_of(server, model="judge-small")
    assert service.test_endpoint(profile).model == "judge-small"
    assert {a.body["model"] for a in server.asked} == {"judge-small"}
    report = service.test_endpoint(profile, " judge-huge ")
    assert (report.ok, report.model, report.capabilities) == (False, "judge-huge", None)
    words = " ".join(report.words)
    assert "judge-huge is not among them." in words
    assert "has no model 'judge-huge'" in words
    assert "Check the model's name" in words


def test_a_test_says_what_cannot_be_used(server: ChatServer) -> None:
    server.can.schema, server.can.audio, server.can.temperature = "ignored", False, False
    words = " ".join(service.test_endpoint(profile_of(server)).words)
    for expected in ("given in words", "takes no audio", "no temperature", "ignores it"):
        assert expected in words


def test_a_server_without_a_list_of_models_needs_a_name(server: ChatServer) -> None:
    server.can.models = ()
    nameless = service.test_endpoint(profile_of(server))
    assert (nameless.ok, nameless.words[-1]) == (False, "Type the name of a model to test it.")
    assert service.test_endpoint(profile_of(server), MODEL).ok


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "refused the key"), (404, "has no model"), (429, "Try again later"), (500, "failed")],
)
def test_a_failed_test_says_what_to_do_next(server: ChatServer, status: int, words: str) -> None:
    server.script = error(status)
    report = service.test_endpoint(profile_of(server, retries=0))
    assert not report.ok
    assert words in report.words[-1]


def test_faults_before_anything_is_sent_are_told_likewise(server: ChatServer) -> None:
    report = service.test_endpoint(profile_of(server, key_ref="env:NO_SUCH_KEY"))
    assert (report.ok, "NO_SUCH_KEY is not set" in report.words[0]) == (False, True)
    report = service.test_endpoint(replace(LOCAL, base_url="nowhere"))
    assert (report.ok, "no web address" in report.words[0]) == (False, True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        report = service.test_endpoint(replace(LOCAL, base_url=url, key_ref=""))
    assert (report.ok, len(report.words)) == (False, 1)
    assert "cannot be reached" in report.words[0]
    assert server.asked == []


class Impatient(Quiet):
    """Cancelled once the model is asked."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server
        self.notes: list[str] = []

    def progress(self, done: int, total: int, note: str = "") -> None:
        self.notes.append(note)

    def raise_if_cancelled(self) -> None:
        if self._server.asked:
            raise Cancelled


def test_a_test_can_be_cancelled_at_any_time(server: ChatServer) -> None:
    server.latency_s = 30.0
    work = Impatient(server)
    started_s = time.perf_counter()
    with pytest.raises(Cancelled):
        service.test_endpoint(profile_of(server, timeout_s=60.0), ctx=work)
    assert time.perf_counter() - started_s < 15.0
    assert work.notes == ["Asking for its models", "Asking judge-large"]
