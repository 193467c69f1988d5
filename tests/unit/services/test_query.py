from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fold import fold, marks
from app.domain.query import Alternative, Query, QueryError, Term, Words, parse
from app.domain.query_fields import FIELDS, Field
from app.domain.query_writing import chips, to_text


def values(field: Field) -> st.SearchStrategy[Any]:
    if field.kind == "category":
        return st.text(min_size=1).map(str.strip).filter(bool)
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "date":
        return st.dates().map(str)
    return st.integers(-5_000, 10_000_000).map(float)


@st.composite
def alternatives(draw: st.DrawFn, field: Field) -> Alternative:
    if field.kind in ("category", "choice"):
        return Alternative("=", draw(values(field)))
    if draw(st.booleans()):
        low, high = sorted([draw(values(field)), draw(values(field))])
        return Alternative("..", low, high)
    return Alternative(draw(st.sampled_from(["=", ">", ">=", "<", "<="])), draw(values(field)))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    found = draw(st.lists(alternatives(field), min_size=1, max_size=3, unique=True))
    names = ["wer", "latency.p50@agent"] if field.needs_dimension else ["", "empathy", "a-b_2"]
    dimension = draw(st.sampled_from(names)) if field.dimensions else ""
    return Term(field.name, tuple(found), draw(st.booleans()), dimension)


words = st.builds(Words, st.text(min_size=1).filter(lambda t: t.strip()), st.booleans())
queries = st.builds(lambda parts: Query(tuple(parts)), st.lists(st.one_of(terms(), words)))


@given(queries)
def test_text_and_query_are_the_same_thing(query: Query) -> None:
    assert parse(to_text(query)) == query


@given(queries)
def test_chips_are_the_parts(query: Query) -> None:
    made = chips(query)
    assert parse(" ".join(c.text for c in made)) == query
    assert len(made) == len(query.parts)


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    refused: QueryError | None = None
    query = Query()
    try:
        query = parse(text)
    except QueryError as error:
        refused = error
    assert parse(to_text(query)) == query
    if refused is not None:
        assert refused.what
        assert refused.token
        assert text[refused.at : refused.at + len(refused.token)] == refused.token


def test_what_is_typed_is_what_is_meant() -> None:
    query = parse('p95:>1s  agent:nora,marlow -tag:"two words" judge.empathy:<3 card "blue one"')
    assert query.parts == (
        Term("p95", (Alternative(">", 1000.0),)),
        Term("agent", (Alternative("=", "nora"), Alternative("=", "marlow"))),
        Term("tag", (Alternative("=", "two words"),), negated=True),
        Term("judge", (Alternative("<", 3.0),), dimension="empathy"),
        Words("card"),
        Words("blue one"),
    )
    assert [(c.label, c.value) for c in chips(query)] == [
        ("p95", ">1s"),
        ("agent", "nora, marlow"),
        ("not tag", "two words"),
        ("judge empathy", "<3"),
        ("", "card"),
        ("", "blue one"),
    ]
    assert query.found_words == ("card", "blue one")


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("latncy:>2s", "no filter “latncy”", "latency:"),
        ("agnt:x", "no filter “agnt”", "agent:"),
        ("http://x", "no filter “http”", "quotes"),
        ("p95:>1", "lacks a unit", "p95:>1s"),
        ("p95:>fast", "is no time", "p95:>1s"),
        ("p95:", "lacks a value", "p95:>1s"),
        ("p95:2s..1s", "ends before it begins", ""),
        ("overlap:many", "is no number", "overlap:>=3"),
        ("human:some", "none of none, partial, complete", "human:none"),
        ("date:yesterday", "is no date", "date:"),
        ("date:2026-13-01", "no month 13", ""),
        ("date:2026-02-30", "no day 2026-02-30", ""),
        ('tag:"open', "not closed", ""),
        ('""', "empty", ""),
        ("agent.x:nora", "has no parts", "agent:nora"),
    ],
)
def test_errors_say_which_token_and_what_would_do(text: str, what: str, remedy: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(f"card {text}")
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert (caught.value.token, caught.value.at) == (text, 5)


def test_times_and_lone_marks_are_plain_text() -> None:
    assert parse("12:30 - 退款").parts == (Words("12:30"), Words("-"), Words("退款"))


def test_aliases_and_case_of_fields() -> None:
    assert parse("OVERLAPS:>1 lang:de") == parse("overlap:>1 language:de")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_keeps_what_tells_words_apart() -> None:
    assert fold("CAFÉ Straße Ω") == fold("cafe strasse ω")
    assert fold("が") != fold("か")
    assert fold("ﾃﾞｰﾀ") == fold("データ")


@given(st.text(max_size=40), st.text(min_size=1, max_size=3))
def test_marks_lie_on_the_word(text: str, needle: str) -> None:
    for start, end in marks(text, (needle,)):
        assert 0 <= start < end <= len(text)
        assert fold(needle) in fold(text[start:end])
