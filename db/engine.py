"""Connections: one writer for people, one for what can be recomputed, a pool for reads.

People's scores and notes commit with `synchronous=FULL`, so that an acknowledged key press
outlives a power cut. What can be recomputed commits with NORMAL. Reads have connections of their
own, each on its snapshot, and never wait for a writer (WAL). Call from any thread.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from db.faults import plain_words
from db.gate import WriteGate
from db.library_cache import LibraryCache
from db.opening import prepare
from db.unit_of_work import Reader, UnitOfWork

BUSY_TIMEOUT_MS = 10_000
CACHE_KIB = 65_536
MMAP_BYTES = 1 << 28
READERS = 6

Synchronous = Literal["FULL", "NORMAL"]


class Database:
    """An open workspace database.

    Args:
        path: the file; made if it is missing and `create` is true.
        backup_dir: where the copy goes that is made before an upgrade.
        create: whether a missing file is made.

    Raises:
        EnvironmentFault: newer schema, not ours, corrupt, locked, read-only or full.
    """

    def __init__(self, path: Path, backup_dir: Path, *, create: bool = True) -> None:
        self.path = path
        with plain_words(path):
            prepare(path, backup_dir, create=create)
        self._gate = WriteGate()
        self._human = _engine(path, "FULL", writes=True)
        self._machine = _engine(path, "NORMAL", writes=True)
        self._readers = _engine(path, "NORMAL", writes=False)
        self._cache = LibraryCache()
        self._watch_lock = threading.Lock()
        self._watch: sqlite3.Connection | None = None
        self.own_commits = 0

    @contextmanager
    def human(self) -> Iterator[UnitOfWork]:
        """A transaction for what a person did: on disk before the block is left."""
        yield from self._write(self._human, person=True)

    @contextmanager
    def machine(self) -> Iterator[UnitOfWork]:
        """A transaction for what can be recomputed: safe against a crash of the program."""
        yield from self._write(self._machine, person=False)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A snapshot for reading; any number of threads at a time."""
        with (
            plain_words(self.path),
            self._readers.connect() as connection,
            connection.begin() as transaction,
        ):
            yield Reader(connection, self._cache)
            transaction.rollback()

    def data_version(self) -> int:
        """A number that changes when any connection has committed, this process's or another's.

        Cheap enough to be polled several times a second.
        """
        with plain_words(self.path), self._watch_lock:
            if self._watch is None:
                self._watch = connect(self.path, "NORMAL", writes=False)
            row = self._watch.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    def pragma(self, name: str, *, writer: Literal["human", "machine"]) -> int:
        """The value of a pragma on a writer's connection, for `doctor` and tests."""
        chosen = self._human if writer == "human" else self._machine
        with (
            self._gate.held(person=True),
            plain_words(self.path),
            chosen.connect() as connection,
        ):
            return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())

    def close(self) -> None:
        """Close every connection; the last one checkpoints the log into the file."""
        with self._gate.held(person=True):
            self._human.dispose()
            self._machine.dispose()
        self._readers.dispose()
        with self._watch_lock:
            if self._watch is not None:
                self._watch.close()
                self._watch = None

    def _write(self, engine: Engine, *, person: bool) -> Iterator[UnitOfWork]:
        with (
            self._gate.held(person=person),
            plain_words(self.path),
            engine.connect() as connection,
        ):
            with connection.begin():
                yield UnitOfWork(connection, self._cache)
            self.own_commits += 1


def _engine(path: Path, synchronous: Synchronous, *, writes: bool) -> Engine:
    def creator() -> sqlite3.Connection:
        return connect(path, synchronous, writes=writes)

    if writes:
        engine = create_engine("sqlite+pysqlite://", creator=creator, poolclass=StaticPool)
    else:
        engine = create_engine(
            "sqlite+pysqlite://",
            creator=creator,
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=64,
        )
    verb = "BEGIN IMMEDIATE" if writes else "BEGIN"

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(verb)

    # The driver's own transaction control is off (isolation_level None): it would begin late,
    # and a deferred writer can fail with BUSY in the middle of its work.
    event.listen(engine, "begin", begin)
    return engine


def connect(path: Path, synchronous: Synchronous, *, writes: bool) -> sqlite3.Connection:
    """A bare connection with the pragmas of this workspace."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1000
    )
    for statement in (
        f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
        "PRAGMA foreign_keys = ON",
        f"PRAGMA synchronous = {synchronous}",
        f"PRAGMA cache_size = -{CACHE_KIB}",
        f"PRAGMA mmap_size = {MMAP_BYTES}",
        "PRAGMA temp_store = MEMORY",
        f"PRAGMA query_only = {'OFF' if writes else 'ON'}",
    ):
        connection.execute(statement)
    return connection
