from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault, NotFound
from app.services import raters
from app.services.workspace import Workspace
from db import opening
from db.migrations import upgrade as migrations
from db.opening import HEAD_REVISION
from db.schema import APPLICATION_ID, SCHEMA_VERSION

DATA = Path(__file__).parents[2] / "data"
STORED = DATA / "schema0001.db"


def schema_of(path: Path) -> list[tuple[str, str, str]]:
    """Every object of a database with its statement, blanks made even."""
    with closing(sqlite3.connect(path)) as raw:
        rows = raw.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name <> 'alembic_version'"
        ).fetchall()
    return sorted((kind, name, " ".join((sql or "").split())) for kind, name, sql in rows)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    Workspace.open(tmp_path / "ws").close()
    return tmp_path / "ws" / "workbench.db"


def test_new_workspace_has_its_folders_and_marks(made: Path) -> None:
    assert {p.name for p in made.parent.iterdir() if p.is_dir()} == {
        "audio",
        "cache",
        "backups",
        "exports",
    }
    with closing(sqlite3.connect(made)) as raw:
        assert raw.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        assert raw.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone()[0] == HEAD_REVISION


def test_every_table_is_strict(made: Path) -> None:
    with closing(sqlite3.connect(made)) as raw:
        rows = raw.execute("PRAGMA table_list").fetchall()
    loose = {
        name
        for _, name, kind, _, _, strict in rows
        if kind == "table" and not strict and "fts" not in name
    }
    assert loose == {"sqlite_schema", "sqlite_temp_schema", "alembic_version"}


def test_migrated_schema_is_the_metadata(made: Path, tmp_path: Path) -> None:
    migrated = tmp_path / "migrated.db"
    sqlite3.connect(migrated).close()
    migrations.upgrade(migrated, tmp_path / "none.db")
    assert schema_of(migrated) == schema_of(made)
    with closing(sqlite3.connect(migrated)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
        assert raw.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID


def test_stored_database_of_schema_1_opens_with_its_rows(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(STORED, folder / "workbench.db")
    ws = Workspace.open(folder)
    try:
        people = {v.name for v in raters.raters(ws)}
        with ws.db.read() as uow:
            call = uow.calls.get(uow.calls.resolve("CB-00001")[0])
            lead = next(v for v in raters.raters(ws) if v.is_lead)
            values = [s.answer.value for s in uow.scores.visible(lead)]
    finally:
        ws.close()
    assert {"Ann", "Lee"} <= people
    assert call is not None
    assert call.title == "Stored call"
    assert values == [2]


def test_stored_database_of_schema_2_opens_with_its_rows_and_guards(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(DATA / "schema0002.db", folder / "workbench.db")
    ws = Workspace.open(folder)
    try:
        lead = next(v for v in raters.raters(ws) if v.is_lead)
        with ws.db.read() as uow:
            assert [r.code for r in uow.runs.all()] == ["R-0001"]
            assert [s.answer.value for s in uow.scores.visible(lead)] == [2]
            assert uow.connection.exec_driver_sql("SELECT count(*) FROM item").scalar() == 1
            assert (
                uow.connection.exec_driver_sql("SELECT model FROM judge_version").scalar() == "none"
            )
        with pytest.raises(Exception, match="item is immutable"), ws.db.machine() as write:
            write.connection.exec_driver_sql("DELETE FROM item")
    finally:
        ws.close()


def test_newer_schema_is_refused_and_left_alone(made: Path) -> None:
    with closing(sqlite3.connect(made)) as raw:
        raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = made.read_bytes()
    with pytest.raises(EnvironmentFault, match="newer Callbench") as caught:
        Workspace.open(made.parent)
    assert "Install the newer version" in caught.value.remedy
    assert made.read_bytes() == before
    assert not list((made.parent / "backups").iterdir())


def test_foreign_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    path = tmp_path / "ws" / "workbench.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE t (a)")
    with pytest.raises(EnvironmentFault, match="not a Callbench workspace"):
        Workspace.open(path.parent)


def test_text_in_place_of_the_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "workbench.db").write_text("hello " * 1000)
    with pytest.raises(EnvironmentFault, match="not a Callbench workspace"):
        Workspace.open(tmp_path / "ws")


def test_corrupt_database_is_named_with_a_remedy(made: Path) -> None:
    data = bytearray(made.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    made.write_bytes(bytes(data))

    def use() -> None:
        ws = Workspace.open(made.parent)
        try:
            raters.raters(ws)
        finally:
            ws.close()

    with pytest.raises(EnvironmentFault, match="damaged") as caught:
        use()
    assert str(made) in caught.value.what
    assert "backups" in caught.value.remedy


def test_missing_workspace_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no workspace"):
        Workspace.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ws").write_text("x")
    with pytest.raises(EnvironmentFault, match="not a folder"):
        Workspace.open(tmp_path / "ws")


def test_empty_file_left_by_a_crash_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "workbench.db").touch()
    ws = Workspace.open(tmp_path / "ws")
    assert raters.raters(ws) == []
    ws.close()


def test_read_only_workspace_is_refused(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anything, so the answer of the system is put in its place.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(EnvironmentFault, match="read-only") as caught:
        Workspace.open(made.parent)
    assert "writable" in caught.value.remedy


def test_locked_database_says_so(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from db import engine

    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    ws = Workspace.open(made.parent)
    other = sqlite3.connect(made, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(EnvironmentFault, match="another program") as caught:
            raters.sign_in(ws, "Ann", "reviewer")
        assert "Close the other window" in caught.value.remedy
        other.execute("ROLLBACK")
        assert raters.sign_in(ws, "Ann", "reviewer").name == "Ann"
    finally:
        other.close()
        ws.close()


def test_full_disk_says_so_and_loses_nothing(made: Path) -> None:
    ws = Workspace.open(made.parent)
    try:
        raters.sign_in(ws, "Ann", "reviewer")
        with ws.db.human() as uow:
            pages = uow.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            uow.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(EnvironmentFault, match="full"), ws.db.human() as uow:
            uow.settings.put("big", "x" * 1_000_000)
        assert [v.name for v in raters.raters(ws)] == ["Ann"]
        with ws.db.read() as reader:
            assert reader.settings.get("big") is None
    finally:
        ws.close()


def older(path: Path) -> None:
    """Mark a database as one of an earlier schema."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 0")
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
        raw.commit()


def test_upgrade_copies_first(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(made)
    seen: list[Path] = []

    def fake(path: Path, saved: Path) -> None:
        seen.append(saved)
        with closing(sqlite3.connect(saved)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone()[0] == 0
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    monkeypatch.setattr(migrations, "upgrade", fake)
    Workspace.open(made.parent).close()
    assert [p.parent for p in seen] == [made.parent / "backups"]
    Workspace.open(made.parent).close()
    assert len(seen) == 1, "a current file is not upgraded again"


def test_failed_upgrade_leaves_file_and_backup(made: Path) -> None:
    older(made)  # revision 0000 is unknown: Alembic fails in the middle
    with pytest.raises(EnvironmentFault, match="could not be upgraded") as caught:
        Workspace.open(made.parent)
    (saved,) = (made.parent / "backups").glob("*.db")
    assert str(saved) in caught.value.remedy
    for path in (made, saved):
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone()[0] == 0
            assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_migration_that_fails_half_way_is_rolled_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE score (mine)")  # in the way of the first migration
        raw.commit()
    before = schema_of(path)
    with pytest.raises(EnvironmentFault, match="it is as it was"):
        migrations.upgrade(path, tmp_path / "saved.db")
    assert schema_of(path) == before


def test_backup_is_whole_while_someone_writes(made: Path) -> None:
    ws = Workspace.open(made.parent)
    try:
        raters.sign_in(ws, "Ann", "reviewer")
        with ws.db.human() as uow:
            uow.settings.put("uncommitted", 1)
            saved = opening.backup(made, ws.backup_dir, "test")
    finally:
        ws.close()
    with closing(sqlite3.connect(saved)) as raw:
        assert raw.execute("SELECT name FROM rater").fetchall() == [("Ann",)]
        assert raw.execute("SELECT count(*) FROM setting").fetchone()[0] == 0


def test_current_schema_opens_without_alembic_or_the_orm(made: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.services.workspace import Workspace\n"
        f"Workspace.open(Path({str(made.parent)!r})).close()\n"
        "print([m for m in ('alembic', 'sqlalchemy.orm', 'filelock', 'mako') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
