"""Schemas of replies: the files that ship, the strict subset, and reasons before scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

from app.eval.judging.judge import parse, plan
from app.eval.judging.reply_schemas import in_words
from tests.support.chat_schema import Maker
from tests.unit.judging.judge_calls import (
    MODEL_JUDGES,
    call_of,
    judge_named,
    other_call,
    rubric_for,
)

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "make_judge_schemas"
ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}


@cache
def shipped() -> dict[Path, str]:
    loader = SourceFileLoader("make_judge_schemas", str(SCRIPT))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return dict(module.schemas())


def objects_in(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every schema inside a schema, itself first."""
    yield schema
    for one in schema.get("properties", {}).values():
        yield from objects_in(one)
    for one in [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]:
        yield from objects_in(one)


def sent(name: str) -> Mapping[str, Any]:
    other = other_call() if name == "pairwise" else None
    return plan(judge_named(name), rubric_for(name), call_of(), other).asks[0].requests[0].schema


def test_the_files_say_what_the_shapes_say() -> None:
    made = shipped()
    assert {path.parts[-3] for path in made} == set(MODEL_JUDGES)
    for path, text in made.items():
        assert path.read_text("utf-8") == text, f"run {SCRIPT.name}"


@pytest.mark.parametrize("name", [n for n in MODEL_JUDGES if n != "tfc"])
def test_what_is_sent_is_the_file(name: str) -> None:
    file = next(path for path in shipped() if path.parts[-3] == name)
    assert sent(name) == json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("name", MODEL_JUDGES)
def test_a_strict_decoder_takes_it(name: str) -> None:
    for schema in objects_in(sent(name)):
        assert set(schema) <= ALLOWED
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize("name", MODEL_JUDGES)
def test_a_reason_comes_before_what_it_is_for(name: str) -> None:
    verdicts = 0
    for schema in objects_in(sent(name)):
        fields = schema.get("properties", {})
        for last in {"score", "rating", "status", "outcome", "choice"} & fields.keys():
            if "properties" not in fields[last]:
                verdicts += 1
                assert list(fields)[-1] == last
                assert "reason" in fields
    assert verdicts


@pytest.mark.parametrize("name", MODEL_JUDGES)
def test_anything_that_fits_it_can_be_parsed(name: str) -> None:
    schema = sent(name)
    for seed in ("a", "b", "c"):
        value = Maker(schema, seed).value()
        assert parse(json.dumps(value), schema) == value


@pytest.mark.parametrize("name", MODEL_JUDGES)
def test_the_prompt_says_what_the_reply_looks_like(name: str) -> None:
    other = other_call() if name == "pairwise" else None
    for ask in plan(judge_named(name), rubric_for(name), call_of(), other).asks:
        for request in ask.requests:
            assert in_words(request.schema) in request.messages[-1]["content"]


def test_a_schema_in_words() -> None:
    schema = sent("gic")
    assert in_words(schema).splitlines() == [
        "{", '  "reason": "…",', '  "evidence_turns": [number, …],',
        '  "score": 0 or 1 or 2 or null', "}",
    ]  # fmt: skip
