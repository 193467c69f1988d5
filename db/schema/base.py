"""Shared parts of the table definitions. Tables are STRICT; ids are UUIDv7 text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import REAL, CheckConstraint, Column, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy import text as sql

APPLICATION_ID = 0x43424E43
"""`CBNC` in the file header: marks a database as ours."""

SCHEMA_VERSION = 6
"""`PRAGMA user_version`, equal to the number that the newest migration's name begins with."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *parts: Any) -> Table:
    """A STRICT table of this schema."""
    return Table(name, metadata, *parts, sqlite_strict=True)


def key() -> Column[str]:
    """The id as primary key."""
    return Column("id", Text, primary_key=True)


def serial() -> Column[int]:
    """Order of insertion as primary key: VACUUM may renumber a hidden rowid, never this."""
    return Column("seq", Integer, primary_key=True)


def unique_id() -> Column[str]:
    """The id of a table whose primary key is `seq`."""
    return Column("id", Text, nullable=False, unique=True)


def text(name: str, *, null: bool = False, default: str | None = None) -> Column[str]:
    """A text column."""
    return Column(name, Text, nullable=null, server_default=default)


def integer(name: str, *, null: bool = False, default: int | None = None) -> Column[int]:
    """An integer column."""
    shown = None if default is None else sql(str(default))
    return Column(name, Integer, nullable=null, server_default=shown)


def real(name: str, *, null: bool = False) -> Column[float]:
    """A floating-point column."""
    return Column(name, REAL, nullable=null)


def flag(name: str, *, default: int | None = 0) -> Column[int]:
    """0 or 1; checked by `is_flag`."""
    return integer(name, default=default)


def ref(name: str, target: str, *, null: bool = False) -> Column[str]:
    """A foreign key to a text id."""
    return Column(name, Text, ForeignKey(target), nullable=null)


def one_of(column: str, *values: str) -> CheckConstraint:
    """A check that the column holds one of the values."""
    listed = ", ".join(f"'{v}'" for v in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def is_flag(*columns: str) -> CheckConstraint:
    """A check that each column is 0 or 1."""
    test = " AND ".join(f"{c} IN (0, 1)" for c in columns)
    return CheckConstraint(test, name="_".join(columns))
