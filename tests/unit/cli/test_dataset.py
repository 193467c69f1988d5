"""`callbench export calibration`, the import of what it wrote, and wrong words."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import noisy, truth, world
from tests.unit.cli.cli_support import Cli, runner

N = 40


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.fixture
def ws(workspace: Workspace) -> Path:
    made = world(workspace, N)
    made.say(made.person("Ann"), "tone", noisy(truth(N), 1))
    made.say(made.judge(), "tone", noisy(truth(N), 2))
    return workspace.path


def test_out_in_and_out_again_by_words(cli: Cli, ws: Path, tmp_path: Path) -> None:
    words = ("export", "calibration", "--adapters", "all", "--json")
    one = cli(*words, "--out", tmp_path / "one", "--workspace", ws)
    assert one.code == 0
    assert one.json["rows"]["scores"] == 2 * N
    assert any(n.startswith("arena") for n in one.json["notes"])
    other = tmp_path / "other"
    came = cli("import", tmp_path / "one", "--workspace", other, "--json")
    assert (came.code, came.json["calls_added"]) == (0, N)
    assert came.json["rubric"] == "synthetic@1"
    two = cli(*words, "--rubric", "synthetic", "--out", tmp_path / "two", "--workspace", other)
    assert two.json["frozen_at"] == one.json["frozen_at"]
    names = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    same = [(tmp_path / x / n).read_bytes() for x in ("one", "two") for n in names]
    assert same[: len(names)] == same[len(names) :]
    again = cli("import", tmp_path / "one", "--workspace", other)
    assert "0 calls added (40 already here)" in again.out


def test_calibrate_still_writes_it(cli: Cli, ws: Path, tmp_path: Path) -> None:
    ran = cli(
        "calibrate", "--rubric", "synthetic", "--export", tmp_path / "set", "--without-judges",
        "--workspace", ws, "--json",
    )  # fmt: skip
    assert (ran.code, ran.json["rows"]["scores"]) == (0, N)


@pytest.mark.parametrize(
    "words",
    [
        ["export", "calibration"],
        ["export", "calibration", "--out", "x", "--adapters", "parquet"],
        ["export", "calibration", "--out", "x", "--query", "a"],
        ["export", "csv", "--out", "x", "--audio"],
        ["import", "set", "--dry-run"],
    ],
)
def test_wrong_words_are_told(cli: Cli, ws: Path, tmp_path: Path, words: list[str]) -> None:
    cli("export", "calibration", "--out", tmp_path / "set", "--workspace", ws)
    told = [str(tmp_path / "set") if w == "set" else w for w in words]
    ran = cli(*told, "--workspace", ws, "--json")
    assert ran.code == 2
    assert ran.json["error"]["what"]


def test_a_damaged_folder_is_told_and_leaves_nothing(cli: Cli, ws: Path, tmp_path: Path) -> None:
    cli("export", "calibration", "--out", tmp_path / "set", "--workspace", ws)
    (tmp_path / "set" / "scores.jsonl").write_text("{}")
    ran = cli("import", tmp_path / "set", "--workspace", tmp_path / "other", "--json")
    assert ran.code == 1
    assert "nothing was taken" in ran.json["error"]["what"]
    assert cli("calls", "--workspace", tmp_path / "other", "--json").json == []
