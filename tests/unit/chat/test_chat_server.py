"""The loopback judge itself: a tool that lies would make every test beside it worthless."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.endpoints import EndpointProfile
from tests.support.chat_answers import HOSTILE, beyond_scale, hostile, ok, thinking
from tests.support.chat_schema import OPEN, Maker
from tests.support.chat_server import ChatServer
from tests.unit.chat.asking import ask, fail, request_of, within

ROOT = Path(__file__).resolve().parents[3]


class Evidence(BaseModel):
    model_config = ConfigDict(extra="forbid")
    turn: int = Field(ge=0, le=4)
    quote: str


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rationale: str
    evidence: list[Evidence] = Field(min_length=1, max_length=3)
    issue: Literal["none", "filler", "repetition"]
    rating: Literal[0, 1, 2]
    note: str | None
    certain: bool


SCHEMA = Verdict.model_json_schema()


def test_any_schema_gets_an_object_that_fits_and_every_value_comes_up() -> None:
    made = [Verdict.model_validate(Maker(SCHEMA, str(n)).value()) for n in range(200)]
    assert {v.rating for v in made} == {0, 1, 2}
    assert {v.issue for v in made} == {"none", "filler", "repetition"}
    assert {len(v.evidence) for v in made} == {1, 2, 3}
    assert {v.note is None for v in made} == {v.certain for v in made} == {True, False}
    assert Maker(SCHEMA, "7").value() == Maker(SCHEMA, "7").value()


@pytest.mark.parametrize("form", ["schema", "json", "text"])
def test_the_schema_is_met_on_every_rung(server: ChatServer, form: str) -> None:
    if form != "schema":
        server.can.schema = "refused"
    if form == "text":
        server.can.json_mode = "refused"
    reply = ask(server, request_of("{ not a schema } {}", schema=SCHEMA, key="k"))
    assert reply.rung == form
    Verdict.model_validate_json(reply.text)


def test_a_test_may_choose_what_the_judge_says(server: ChatServer) -> None:
    def choose(path: tuple[str, ...], _schema: Any) -> Any:
        return 2 if path == ("rating",) else OPEN

    server.script = ok(choose)
    said = [json.loads(ask(server, request_of(str(n), schema=SCHEMA)).text) for n in range(3)]
    assert [v["rating"] for v in said] == [2, 2, 2]


def test_levels_off_the_scale_are_off_and_all_else_is_as_it_should_be(server: ChatServer) -> None:
    server.script = beyond_scale
    found = json.loads(ask(server, request_of(schema=SCHEMA)).text)
    with pytest.raises(ValidationError) as raised:
        Verdict.model_validate(found)
    wrong = {str(fault["loc"][0]) for fault in raised.value.errors()}
    assert wrong == {"rating", "issue", "evidence"}


def test_hostile_words_come_in_a_valid_object(server: ChatServer) -> None:
    server.script = hostile
    found = Verdict.model_validate_json(ask(server, request_of(schema=SCHEMA)).text)
    assert found.rationale == HOSTILE
    server.script = thinking
    assert ask(server, request_of(schema=SCHEMA)).text.startswith("<think>")


def test_answers_follow_number_and_text_and_are_counted(server: ChatServer) -> None:
    server.at[1] = beyond_scale
    server.when["CALL-12"] = hostile
    texts = ["CALL-1", "CALL-2", "of CALL-12", "CALL-3"]
    said = [ask(server, request_of(text)).text for text in texts]
    assert [HOSTILE[:8] in text for text in said] == [False, False, True, False]
    assert ["99" in text for text in said] == [False, True, False, False]
    assert server.keys == [f"key of {text}" for text in texts]
    server.reset()
    assert server.asked == []


def test_a_script_that_fails_says_so(server: ChatServer) -> None:
    server.script = lambda _asked: 1 / 0  # type: ignore[assignment,return-value]
    assert "ZeroDivisionError" in fail(server).reason


def test_it_runs_in_a_process_of_its_own_and_tells_what_it_was_asked() -> None:
    words = ["--at", "2=busy", "--when", "CALL-12=refusal", "--reasoning", "--latency-ms", "5"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.chat_server", *words],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        try:
            url = process.stdout.readline().strip()
            profile = EndpointProfile(name="process", base_url=url)
            reply = within(profile, lambda c: c.ask(request_of("CALL-12")))
            told_by = url.removesuffix("/v1") + "/asked"
            with urllib.request.urlopen(told_by) as answer:
                told = json.load(answer)
        finally:
            process.kill()
            process.wait()
    assert reply.refusal
    # The limit's name refused, the temperature refused, busy, and then the model's refusal.
    assert [a["key"] for a in told["asked"]] == ["key of CALL-12"] * 4
    assert reply.http_attempts == 4
    assert told["most_in_flight"] == 1
