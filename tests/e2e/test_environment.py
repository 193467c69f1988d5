"""When the machine is in the way: a clear message, no traceback, nothing lost, the rest goes on."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench.many_files import make_folder

ROOT = Path(__file__).resolve().parents[2]


class Ran:
    """What a command said and did."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def is_refused(self, *words: str) -> None:
        """One line for a person that holds all the words, and an exit code that says so."""
        assert self.code == 1, self.err
        assert "Traceback" not in self.err + self.out
        assert len(self.err.strip().splitlines()) == 1, self.err
        assert self.err.startswith("error: ")
        for word in words:
            assert word in self.err


def callbench(*words: str | Path, prefix: tuple[str, ...] = (), **options: Any) -> Ran:
    command = [*prefix, sys.executable, "-m", "app", *map(str, words)]
    return Ran(
        subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False, **options
        )
    )


def in_workspace(folder: Path, *words: str | Path, **options: Any) -> Ran:
    return callbench(*words, "--workspace", folder, **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("six") / "recordings", 6)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    place = tmp_path_factory.mktemp("imported") / "ws"
    assert in_workspace(place, "import", folder / "call_0000.wav").code == 0
    return place


@pytest.fixture
def made(tmp_path: Path, imported: Path) -> Path:
    return Path(shutil.copytree(imported, tmp_path / "ws"))


def database(place: Path) -> Path:
    return place / "workbench.db"


def test_a_foreign_file_in_place_of_the_database(made: Path) -> None:
    database(made).write_bytes(b"not a database at all " * 1_000)
    in_workspace(made, "calls").is_refused(str(database(made)), "Choose another folder")


@pytest.mark.parametrize("damage", ["middle", "cut"])
def test_a_damaged_database_points_to_the_backups(made: Path, damage: str) -> None:
    whole = database(made).read_bytes()
    if damage == "cut":
        database(made).write_bytes(whole[:3_000])
    else:
        database(made).write_bytes(whole[:20_000] + os.urandom(200_000) + whole[220_000:])
    in_workspace(made, "calls").is_refused("damaged", "backups")


def test_a_newer_schema_is_left_alone(made: Path) -> None:
    with closing(sqlite3.connect(database(made))) as raw:
        raw.execute("PRAGMA user_version = 999")
    before = database(made).read_bytes()
    in_workspace(made, "calls").is_refused("newer", "nothing was changed")
    assert database(made).read_bytes() == before


def test_a_disk_that_fills_up_loses_nothing_that_was_there(made: Path, folder: Path) -> None:
    """A limit on the size of files stands for the full disk: writes fail in the same calls."""
    had = {c["id"] for c in in_workspace(made, "calls", "--json").json}
    size = max(p.stat().st_size for p in made.rglob("*") if p.is_file())
    limit = (size + 4_096, resource.RLIM_INFINITY)
    ran = in_workspace(
        made,
        "import",
        folder,
        "--json",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert "Traceback" not in ran.err + ran.out
    if ran.code:
        assert ran.err.startswith("error: ") or ran.json
    after = in_workspace(made, "calls", "--json").json
    assert had <= {c["id"] for c in after}
    again = in_workspace(made, "import", folder, "--json")
    assert again.code == 0, again.err
    assert len(in_workspace(made, "calls", "--json").json) == 6
    stored = list((made / "audio").rglob("*.wav"))
    assert len(stored) == 6, "no copy without its call"


def test_a_read_only_workspace_says_so(made: Path, folder: Path) -> None:
    prefix = _read_only(made)
    try:
        for words in (("calls",), ("import", str(folder / "call_0001.wav"))):
            in_workspace(made, *words, prefix=prefix).is_refused("read-only", "writable")
    finally:
        for path in (made, *made.rglob("*")):
            path.chmod(0o755)


def _read_only(place: Path) -> tuple[str, ...]:
    """Make a folder read-only; root, whom no mode stops, gets a command that mounts it so."""
    if os.geteuid():
        for path in (*place.rglob("*"), place):
            path.chmod(0o555 if path.is_dir() else 0o444)
        return ()
    mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    prefix = ("unshare", "--mount", "sh", "-c", mount, str(place))
    works = (
        shutil.which("unshare") and subprocess.run([*prefix, "true"], check=False).returncode == 0
    )
    if not works:
        pytest.skip("root, and no right to mount: nothing can be made read-only here")
    return prefix


def test_a_folder_of_which_some_are_broken(tmp_path: Path) -> None:
    mixed = make_folder(tmp_path / "mixed", 10, 5)
    ran = in_workspace(tmp_path / "ws", "import", mixed, "--json")
    assert "Traceback" not in ran.err
    assert len(ran.json["imported"]) == 10
    failed = {Path(f["path"]).name: f["reason"] for f in ran.json["failed"]}
    assert sorted(failed) == [f"broken_{n:04d}.wav" for n in range(5)]
    assert all(name in reason for name, reason in failed.items())
