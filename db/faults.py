"""Errors of SQLite in words: what the person can act on, and what is our own bug."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from app.domain.errors import Bug, EnvironmentFault

NOT_OURS = "Choose another folder, or move that file away."

_BY_CODE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: (
        "The workspace {path} is being written by another program.",
        "Close the other window, or try again in a moment.",
    ),
    sqlite3.SQLITE_LOCKED: (
        "The workspace {path} is locked by another program.",
        "Close the other window, or try again in a moment.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The workspace {path} cannot be written.",
        "Make the folder and its files writable, or choose another folder.",
    ),
    sqlite3.SQLITE_PERM: (
        "The workspace {path} may not be opened.",
        "Make the folder and its files readable and writable.",
    ),
    sqlite3.SQLITE_FULL: (
        "The disk that holds {path} is full.",
        "Free some space; nothing that was saved is lost.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk that holds {path} reported a fault.",
        "Check the disk, and its free space; backups are in the workspace's backups folder.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The database {path} is damaged.",
        "Put the newest file of the workspace's backups folder in its place.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{path} is not a Callbench workspace database.",
        NOT_OURS,
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database {path} cannot be opened.",
        "Check that the folder exists and that you may write to it.",
    ),
}


def translate(error: BaseException, path: Path) -> Exception:
    """What to raise for an SQLite error on the database at `path`."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    known = None if code is None else _BY_CODE.get(code & 0xFF)
    if known is None:
        return Bug(f"database: {origin}")
    what, remedy = known
    return EnvironmentFault(what.format(path=path), remedy)


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours; nothing of SQLAlchemy leaves this package."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        raise translate(error, path) from error
