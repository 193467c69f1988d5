"""Replies as models give them: wrapped, thought aloud, cut off, off the scale, hostile."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.eval.judging.asks import ReplyProblem
from app.eval.judging.judge import parse
from app.eval.judging.replies import MAX_CHARS
from app.eval.judging.reply_schemas import closed, list_of, one_of, strict_schema

MODEL = closed(
    "Reply",
    {
        "reason": str,
        "evidence_turns": list[int],
        "kinds": list_of(one_of(("a", "b"))),
        "sure": bool,
        "score": one_of((0, 1, 2)) | None,
    },
)
SCHEMA = strict_schema(MODEL)
GOOD: dict[str, Any] = {
    "reason": "Because.", "evidence_turns": [2, 3], "kinds": ["a"], "sure": True, "score": 1,
}  # fmt: skip
TEXT = json.dumps(GOOD)


def kind_of(text: str) -> str:
    with pytest.raises(ReplyProblem) as problem:
        parse(text, SCHEMA)
    assert problem.value.reason.endswith((".", '"', "…"))
    return problem.value.kind


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"\n  {TEXT}\n",
        f"```json\n{TEXT}\n```",
        f"Here you are:\n```\n{TEXT}\n```\nAnything else?",
        f"<think>Maybe {{ or }}? {TEXT.replace('1}', '2}')}</think>{TEXT}",
        f"<THINK>\nlong\n</THINK>\n\n{TEXT}",
        f"It began without the mark. {TEXT.replace('1}', '2}')}</think> {TEXT}",
        f"A set {{a, b}} and a {{ stray brace. {TEXT}",
        f'First {{"draft": true}}, then {TEXT}',
        f"{TEXT.replace('1}', '0}')} no, wait: {TEXT}",
        json.dumps({**GOOD, "confidence": 0.9}),
        TEXT.replace("1}", "1.0}"),
        TEXT.replace("1}", '"1"}'),
        json.dumps({k: GOOD[k] for k in reversed(GOOD)}),
        f"{TEXT}\n</think-not>",
    ],
)
def test_the_object_is_found_whatever_is_around_it(text: str) -> None:
    assert parse(text, SCHEMA) == GOOD


def test_marks_inside_a_string_are_part_of_it() -> None:
    reply = {**GOOD, "reason": "They said </think> and <think> and ```."}
    assert parse(json.dumps(reply), SCHEMA) == reply


def test_line_breaks_in_a_string_are_let_pass() -> None:
    assert parse(TEXT.replace("Because.", "One\nTwo\t"), SCHEMA)["reason"] == "One\nTwo\t"


def test_what_no_database_could_keep_is_replaced() -> None:
    text = TEXT.replace("Because.", "a\\ud800b\\u0000c")
    reason = parse(text, SCHEMA)["reason"]
    assert reason == "a\ufffdb\ufffdc"
    reason.encode()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("I would say it was fine.", "parse"),
        ("I'm sorry, I can't help with that.", "refused"),
        ("I cannot assess this conversation.", "refused"),
        (TEXT[:-1], "truncated"),
        (TEXT[:20], "truncated"),
        (f"```json\n{TEXT[:-3]}", "truncated"),
        ("<think>It went on and on", "truncated"),
        (f"<think>{TEXT}", "truncated"),
        (f"{TEXT}</think>", "truncated"),
        (f"[{TEXT[1:-1]}]", "parse"),
        ("[1, 2]", "parse"),
        ("{}", "parse"),
        (TEXT.replace('"sure": true, ', ""), "parse"),
        (TEXT.replace("true", '"yes"'), "parse"),
        (TEXT.replace("[2, 3]", "2"), "parse"),
        (TEXT.replace("[2, 3]", "[true]"), "parse"),
        (TEXT.replace("1}", "3}"), "off_scale"),
        (TEXT.replace("1}", "-1}"), "off_scale"),
        (TEXT.replace("1}", "1.5}"), "off_scale"),
        (TEXT.replace("1}", "1e400}"), "off_scale"),
        (TEXT.replace("1}", "true}"), "parse"),
        (TEXT.replace("1}", "NaN}"), "parse"),
        (TEXT.replace("1}", "Infinity}"), "parse"),
        (TEXT.replace("1}", '"high"}'), "parse"),
        (TEXT.replace('"a"', '"c"'), "off_scale"),
        (TEXT.replace("1}", '1, "score": 2}'), "parse"),
        (f'{{"a": 1, "a": {TEXT}}}', "parse"),
        (f'{{"verdict": {TEXT}}}', "parse"),
        (TEXT.replace("1}", "9" * 5000 + "}"), "parse"),
        ("x" * (MAX_CHARS + 1), "parse"),
    ],
)
def test_what_cannot_be_used_says_why(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    ["{" * 300_000, '{"a":' * 70_000, '{"a":[' * 60_000, "[" * 300_000, '{"' * 150_000,
     '{"a" ' * 70_000, "<think>" * 50_000, "</think>" * 40_000, '{"a": 1, "a": 2}' * 20_000],
)  # fmt: skip
def test_monstrous_replies_are_given_up(text: str) -> None:
    assert kind_of(text) in ("parse", "truncated")
    assert kind_of(f"{text}\x00") in ("parse", "truncated")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 5) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(GOOD)), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(list(GOOD)), JSON), st.booleans())
def test_what_pydantic_takes_strictly_is_taken_and_nothing_that_it_refuses_in_full(
    changed: dict[str, Any], whole: bool
) -> None:
    from pydantic import ValidationError

    value = {**GOOD, **changed} if whole else changed
    # Even strictly, pydantic takes False for the choice 0.
    assume(not isinstance(value.get("score"), bool))
    try:
        expected = MODEL.model_validate(value, strict=True).model_dump(by_alias=True)
    except ValidationError:
        expected = None
    try:
        found = parse(json.dumps(value), SCHEMA)
    except ReplyProblem:
        found = None
    if expected is not None:
        assert found == json.loads(json.dumps(expected).replace("\\u0000", "\\ufffd"))
    if found is not None:
        MODEL.model_validate(found, strict=True)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('{}[]",:<>/think score012\\`\n'), max_size=80))
def test_no_text_breaks_the_reader(noise: str) -> None:
    for text in (noise, f"{noise}{TEXT}", f"{TEXT}{noise}"):
        try:
            found = parse(text, SCHEMA)
        except ReplyProblem:
            continue
        assert found["score"] in (None, 0, 1, 2)
        assert all(math.isfinite(n) for n in found["evidence_turns"])
