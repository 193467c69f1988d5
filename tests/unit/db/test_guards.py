from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.schema import guards

STORED = Path(__file__).parents[2] / "data" / "schema0001.db"


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the stored database, which has at least one row in each guarded table."""
    path = tmp_path / "x.db"
    path.write_bytes(STORED.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        yield connection


GUARDED = (*guards.IMMUTABLE, *guards.APPEND_ONLY)


@pytest.mark.parametrize("table", GUARDED)
def test_rows_can_be_neither_changed_nor_deleted(raw: sqlite3.Connection, table: str) -> None:
    count = raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    assert count > 0, f"the stored database has no row in {table}"
    column = raw.execute(f"PRAGMA table_info({table})").fetchone()[1]
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match=r"immutable|append-only"):
            raw.execute(statement)


@pytest.mark.parametrize(
    ("column", "value"),
    [("blind", None), ("blind", 2), ("status", "guessed"), ("phase", "final"), ("value", None)],
)
def test_a_score_row_must_say_what_it_is(
    raw: sqlite3.Connection, column: str, value: object
) -> None:
    """Insert a copy of a good row with one column spoilt."""
    cursor = raw.execute("SELECT * FROM score WHERE status = 'observed' LIMIT 1")
    row = dict(zip([d[0] for d in cursor.description], cursor.fetchone()))
    good = {**row, "seq": None, "id": "copy"}
    names = ", ".join(good)
    marks = ", ".join(f":{n}" for n in good)
    raw.execute(f"INSERT INTO score ({names}) VALUES ({marks})", good)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(
            f"INSERT INTO score ({names}) VALUES ({marks})", {**good, "id": "bad", column: value}
        )


@pytest.mark.parametrize("probability", [None, 0.0, -0.1, 1.5])
def test_an_assignment_needs_its_inclusion_probability(
    raw: sqlite3.Connection, probability: float | None
) -> None:
    cursor = raw.execute("SELECT * FROM assignment LIMIT 1")
    row = dict(zip([d[0] for d in cursor.description], cursor.fetchone()))
    bad = {**row, "id": "bad", "inclusion_prob": probability}
    marks = ", ".join(f":{n}" for n in bad)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(f"INSERT INTO assignment ({', '.join(bad)}) VALUES ({marks})", bad)


def test_types_are_strict(raw: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        raw.execute("UPDATE call SET rate_hz = 'fast'")
