"""Commands on bad input: a message naming the thing and the remedy, the right exit code."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli.cli_support import Cli, runner


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.fixture
def ws(tmp_path: Path, cli: Cli, make_wav) -> Path:
    tone = 0.2 * np.sin(np.arange(16_000)[:, None] * np.array([0.1, 0.2]))
    folder = tmp_path / "ws"
    assert cli("import", make_wav("good.wav", tone), "--workspace", folder).code == 0
    return folder


def test_broken_files_are_named_and_the_rest_is_imported(
    cli: Cli, tmp_path: Path, make_wav
) -> None:
    folder = tmp_path / "mixed"
    good = make_wav("mixed/good.wav", 0.1 * np.random.default_rng(1).standard_normal((8000, 2)))
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("not audio at all")
    (folder / "cut.flac").write_bytes(b"fLaC\x00\x00\x00\x22")
    ran = cli("import", folder, "--workspace", tmp_path / "ws", "--json")
    assert ran.code == 1
    assert [call["path"] for call in ran.json["imported"]] == [str(good)]
    failed = {Path(f["path"]).name: f["reason"] for f in ran.json["failed"]}
    assert set(failed) == {"empty.wav", "text.wav", "cut.flac"}
    assert all(len(reason) > 20 for reason in failed.values())
    text = cli("import", folder, "--workspace", tmp_path / "other")
    assert text.code == 1
    assert "empty.wav" in text.err


def test_a_missing_file_fails_the_import(cli: Cli, tmp_path: Path) -> None:
    ran = cli("import", tmp_path / "nowhere.wav", "--workspace", tmp_path / "ws", "--json")
    assert ran.code == 1
    assert "nowhere.wav" in ran.out


def test_a_missing_transcript_is_named(cli: Cli, tmp_path: Path, make_wav) -> None:
    wav = make_wav("x.wav", np.zeros((800, 2)))
    ran = cli(
        "import", wav, "--transcript", tmp_path / "no.vtt", "--workspace", tmp_path / "ws", "--json"
    )
    assert ran.code == 1
    assert "no.vtt" in ran.json["error"]["what"]
    assert ran.json["error"]["remedy"]


def test_an_unknown_call_is_an_error_in_both_forms(cli: Cli, ws: Path) -> None:
    text = cli("show", "CB-99999", "--workspace", ws)
    assert text.code == 1
    assert text.out == ""
    assert text.err.startswith("error: ")
    assert "CB-99999" in text.err
    as_json = cli("show", "CB-99999", "--workspace", ws, "--json")
    assert as_json.code == 1
    assert "CB-99999" in as_json.json["error"]["what"]


def test_a_workspace_that_is_not_there_is_not_made_by_reading(cli: Cli, tmp_path: Path) -> None:
    for words in (["calls"], ["show", "x"], ["export", "csv", "--out", tmp_path / "o"]):
        ran = cli(*words, "--workspace", tmp_path / "none", "--json")
        assert ran.code == 1
        assert "none" in ran.json["error"]["what"]
    assert not (tmp_path / "none").exists()


def test_a_bad_query_says_which_filter(cli: Cli, ws: Path) -> None:
    ran = cli("calls", "--query", "latency:>soon", "--workspace", ws, "--json")
    assert ran.code == 1
    assert "latency" in ran.json["error"]["what"]


@pytest.mark.parametrize(
    "words",
    [
        ["export", "docx", "--out", "x"],
        ["export", "csv"],
        ["nonsense"],
        ["import"],
        ["show"],
        ["import", "x.wav", "--channels", "left"],
        ["import", "a.wav", "--pair"],
        ["screenshot", "library", "x.png", "--size", "big"],
        ["screenshot", "library", "x.png", "--size", "1x1"],
    ],
)
def test_wrong_usage_exits_with_two(cli: Cli, words: list[str]) -> None:
    ran = cli(*words)
    assert ran.code == 2
    assert ran.err


def test_a_corrupt_database_is_said_in_words(cli: Cli, ws: Path) -> None:
    path = ws / "workbench.db"
    path.write_bytes(b"this is not a database" * 400)
    ran = cli("calls", "--workspace", ws, "--json")
    assert ran.code == 1
    assert "workbench.db" in ran.json["error"]["what"] or "ws" in ran.json["error"]["what"]
    assert ran.json["error"]["remedy"]
    doctor = cli("doctor", "--workspace", ws, "--json")
    assert doctor.code == 1
    checks = {check["name"]: check for check in doctor.json["checks"]}
    assert checks["workspace"]["status"] == "failed"
    assert "backups" in checks["workspace"]["remedy"]


def test_a_newer_database_is_refused_and_left_alone(cli: Cli, ws: Path) -> None:
    path = ws / "workbench.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    ran = cli("calls", "--workspace", ws, "--json")
    assert ran.code == 1
    assert "newer" in ran.json["error"]["what"]
    assert path.read_bytes() == before


def test_a_folder_that_may_not_be_written_is_said_in_words(cli: Cli, tmp_path: Path) -> None:
    place = tmp_path / "locked"
    place.mkdir(mode=0o500)
    if os.access(place, os.W_OK):  # root may write anywhere but where the kernel itself refuses
        place = Path("/sys/kernel/locked")
    ran = cli("demo", "--workspace", place / "ws", "--json")
    assert ran.code == 1
    assert "locked" in ran.json["error"]["what"]
    assert ran.json["error"]["remedy"]


def test_a_workspace_that_is_a_file_is_refused(cli: Cli, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("x")
    ran = cli("import", place, "--workspace", place, "--json")
    assert ran.code == 1
    assert "file" in ran.json["error"]["what"]


def test_a_fault_of_ours_is_one_line_and_its_details_are_logged(
    cli: Cli, ws: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from app.services import browsing

    def broken(*_: object) -> None:
        raise ZeroDivisionError("planned")

    monkeypatch.setattr(browsing, "call_rows", broken)
    ran = cli("calls", "--workspace", ws)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "ZeroDivisionError" in ran.err
    assert "planned" in caplog.text


def test_without_a_display_the_window_says_so(tmp_path: Path) -> None:
    quiet = {
        k: v
        for k, v in os.environ.items()
        if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "app", "--workspace", str(tmp_path / "ws")],
        capture_output=True,
        text=True,
        check=False,
        env=quiet,
        cwd=Path(__file__).resolve().parents[3],
    )
    if sys.platform != "linux":
        pytest.skip("other systems always have a display")
    assert done.returncode == 1
    assert done.stderr.startswith("error: There is no display")
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error(ws: Path) -> None:
    """`callbench calls | head -0`: the pipe closes before anything is written."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "app", "calls", "--workspace", str(ws), "--json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[3],
    )
    os.close(writing)
    assert done.stderr == ""
