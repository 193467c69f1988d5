"""Tables keep every value in every format; CSV cells are safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.domain.ratings import score_value
from app.services.exporting.columns import BY_ID, CALLS, SCORES, TURNS, Column, Schema
from app.services.exporting.tables import WRITERS, read
from app.services.formats.cells import guard, unguard

NASTY = (
    "", "=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'", "''", "'=1", 'say "hi"', "a,b",
    "a\r\nb",
    "你好", "😀👩‍💻", "<b>x</b>", "NULL", "nan", "\u2028", " padded ", "\x00",
)  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=30, alphabet=st.characters(exclude_categories=["Cs"]))
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=3,
)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "int": st.integers(-(2**62), 2**62),
    "real": st.floats(allow_nan=False, allow_infinity=False),
    "score": st.floats(-1e6, 1e6).map(score_value),
    "seconds": st.integers(-(10**12), 10**12).map(lambda us: us / 1_000_000),
    "flag": st.booleans(),
    "json": st.lists(JSON, max_size=2),
}


def values(column: Column) -> st.SearchStrategy[Any]:
    """Values that a column may hold. Nullable text is never empty: that is how None is told."""
    found = KINDS[column.kind]
    if column.nullable:
        return st.none() | (found.filter(bool) if column.kind == "text" else found)
    return found


def rows(schema: Schema) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a schema."""
    row = st.fixed_dictionaries({c.name: values(c) for c in schema.columns})
    return st.lists(row, max_size=2)


@pytest.mark.parametrize("name", sorted(WRITERS))
@pytest.mark.parametrize("schema", [TURNS, SCORES, CALLS], ids=lambda s: s.id)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_written_read_and_written_again(name: str, schema: Schema, data: st.DataObject) -> None:
    original = data.draw(rows(schema))
    suffix, write = WRITERS[name]
    first = write(schema, original)
    found, again = read(first, suffix)
    assert again == original
    assert found is (schema if original else None)
    assert write(schema, again) == first


@given(text=TEXT)
def test_guarded_cells_start_no_formula_and_come_back(text: str) -> None:
    cell = guard(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguard(cell) == text


def test_csv_is_plain_utf8_with_line_feeds() -> None:
    row = {c.name: {"text": "=x", "int": -3, "seconds": -0.5}.get(c.kind) for c in TURNS.columns}
    row |= {"segment_ids": ["s1"], "voids": []}
    data = WRITERS["csv"][1](TURNS, [row])
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    cells = next(csv.DictReader(io.StringIO(data.decode("utf-8"))))
    assert cells["text"] == "'=x"
    assert cells["latency_s"] == "-0.500000"
    assert cells["schema"] == "callbench.turns/1"


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_no_rows_still_have_a_header(name: str) -> None:
    suffix, write = WRITERS[name]
    assert read(write(TURNS, []), suffix) == (None, [])


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(b"a,b\n1,2\n", ".csv"), (b"{}\n", ".jsonl"), (b"junk", ".parquet"), (b"\xff\xfe", ".csv")],
)
def test_foreign_tables_are_refused(data: bytes, suffix: str) -> None:
    with pytest.raises(BadInput):
        read(data, suffix)


def test_schemas_have_no_column_twice() -> None:
    for schema in BY_ID.values():
        names = [c.name for c in schema.all_columns]
        assert len(names) == len(set(names))
