"""Make or check the file before anything uses it: ours or not, older, current or newer.

Alembic is imported only where an upgrade is due: the ordinary start reads two numbers.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from app.domain.clock import utc_now
from app.domain.errors import EnvironmentFault, NotFound
from app.domain.ids import new_id
from db.faults import NOT_OURS
from db.schema.base import APPLICATION_ID, SCHEMA_VERSION

HEAD_REVISION = f"{SCHEMA_VERSION:04d}"
LOCK_WAIT_S = 10.0


def prepare(path: Path, backup_dir: Path, *, create: bool) -> None:
    """Leave a current database of ours at `path`, or raise and leave the file as it was.

    Raises:
        NotFound: there is none and `create` is false.
        EnvironmentFault: the file is not ours, or was made by a newer version, or is read-only.
        sqlite3.Error: locked, corrupt or full; the caller puts it in words.
    """
    if not path.exists() or path.stat().st_size == 0:
        if not create:
            raise NotFound(f"There is no workspace at {path.parent}.", "Check the folder's name.")
        _make(path)
        return
    with closing(_plain(path)) as connection:
        try:
            version = _version(connection, path)
        except sqlite3.OperationalError:
            _writable(path)  # WAL needs files beside the database: that is what failed
            raise
        _writable(path)
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
    if version < SCHEMA_VERSION:
        _upgrade(path, backup_dir, version)


def backup(path: Path, backup_dir: Path, label: str) -> Path:
    """Copy a live database with SQLite's own backup; whole even while others write.

    Returns:
        The copy, which appears under its name only once it is complete.
    """
    backup_dir.mkdir(parents=True, exist_ok=True)
    stamp = utc_now().replace(":", "").replace("-", "").replace(".", "")
    target = backup_dir / f"{path.stem}-{label}-{stamp}.db"
    partial = target.with_suffix(".part")
    with closing(_plain(path)) as source, closing(sqlite3.connect(partial)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    partial.replace(target)
    return target


def _plain(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=LOCK_WAIT_S)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema's version; refuses what is not ours and what is newer than this program."""
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if application != APPLICATION_ID:
        raise EnvironmentFault(f"{path} is a database, but not a Callbench workspace.", NOT_OURS)
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise EnvironmentFault(
            f"The workspace {path.parent} was made by a newer Callbench (schema {version}; this "
            f"one knows up to {SCHEMA_VERSION}).",
            "Install the newer version; nothing was changed.",
        )
    return version


def _writable(path: Path) -> None:
    for place in (path, path.parent):
        if not os.access(place, os.W_OK):
            raise EnvironmentFault(
                f"The workspace {path.parent} is read-only.",
                "Make the folder and its files writable, or choose another folder.",
            )


def _make(path: Path) -> None:
    """A new database, whole or not at all: made beside and moved into place."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    from db.schema import guards, metadata

    partial = path.with_name(f".{path.name}.{new_id()}.new")
    try:
        with closing(sqlite3.connect(partial, isolation_level=None)) as raw:
            # Durable when it is moved into place; a half-made file is deleted, never used.
            raw.execute("PRAGMA synchronous = OFF")
            engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                metadata.create_all(connection, checkfirst=False)
                for statement in guards.EXTRAS:
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql(
                    "INSERT INTO workspace (only, id, created_at) VALUES (1, ?, ?)",
                    (new_id(), utc_now()),
                )
                connection.exec_driver_sql(
                    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
                )
                connection.exec_driver_sql(
                    "INSERT INTO alembic_version VALUES (?)", (HEAD_REVISION,)
                )
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
                connection.exec_driver_sql("COMMIT")
            raw.execute("PRAGMA journal_mode = WAL")
            engine.dispose()
        _claim(partial, path)
    except OSError as error:
        raise EnvironmentFault(
            f"The workspace {path.parent} cannot be made: {error.strerror}.",
            "Choose a folder that you may write to.",
        ) from error
    finally:
        for leftover in (partial, *(Path(f"{partial}{end}") for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)


def _claim(partial: Path, path: Path) -> None:
    """Move the new file into place; where another process was first, keep the other's."""
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    if path.exists() and path.stat().st_size == 0:
        path.unlink()
    try:
        os.link(partial, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links: two windows may race here, once, on a new folder.
        partial.replace(path)


def _upgrade(path: Path, backup_dir: Path, version: int) -> None:
    """Upgrade a backed-up file; on failure the file is as it was and the backup stands."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(path.with_suffix(".upgrade.lock"), timeout=60):
            with closing(_plain(path)) as connection:
                if _version(connection, path) >= SCHEMA_VERSION:
                    return
            saved = backup(path, backup_dir, f"schema{version}")
            from db.migrations.upgrade import upgrade

            upgrade(path, saved)
    except Timeout as error:
        raise EnvironmentFault(
            f"Another window is upgrading {path.parent}.", "Try again in a minute."
        ) from error
