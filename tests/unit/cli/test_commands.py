"""Each command on good input: exit code, the JSON shapes that scripts rely on, and the text."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from app.services.assets import asset
from tests.unit.cli.cli_support import Cli, runner

DEMO = "bank-complaint-2"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one call of real two-party speech, imported once."""
    from app.cli import run

    folder = tmp_path_factory.mktemp("template")
    for name in (f"{DEMO}.flac", f"{DEMO}.json"):
        shutil.copy(asset("demo", "calls", name), folder / name)
    code = run(["import", str(folder / f"{DEMO}.flac"), "--workspace", str(folder / "ws")])
    assert code == 0
    return folder


@pytest.fixture
def ws(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template / "ws", tmp_path / "ws"))


@pytest.fixture
def recording(template: Path) -> Path:
    return template / f"{DEMO}.flac"


def test_import_reports_the_new_call_and_then_the_duplicate(
    cli: Cli, recording: Path, tmp_path: Path
) -> None:
    first = cli("import", recording, "--workspace", tmp_path / "new", "--json")
    assert first.code == 0
    (call,) = first.json["imported"]
    assert call["path"] == str(recording)
    assert (first.json["duplicates"], first.json["failed"]) == ([], [])
    again = cli("import", recording, "--workspace", tmp_path / "new", "--json")
    assert again.code == 0
    assert again.json["imported"] == []
    assert again.json["duplicates"] == [{"path": str(recording), "id": call["id"]}]


def test_a_dry_run_describes_and_changes_nothing(cli: Cli, recording: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    ran = cli("import", recording, "--workspace", new, "--dry-run", "--json")
    assert ran.code == 0
    assert ran.json["dry_run"] is True
    (found,) = ran.json["found"]
    assert found["path"] == str(recording)
    assert 0 < found["channels_confidence"] <= 1
    assert cli("calls", "--workspace", new, "--json").json == []
    assert "Nothing was changed" in cli("import", recording, "--workspace", new, "--dry-run").out


def test_calls_lists_ids_that_show_takes(cli: Cli, ws: Path) -> None:
    (row,) = cli("calls", "--workspace", ws, "--json").json
    assert row["turns"] > 4
    for ref in (row["id"], row["code"], row["code"].lower()):
        shown = cli("show", ref, "--workspace", ws, "--json")
        assert shown.code == 0
        assert shown.json["id"] == row["id"]


def test_calls_filters_by_query(cli: Cli, ws: Path) -> None:
    assert len(cli("calls", "--workspace", ws, "--query", "duration:>1s", "--json").json) == 1
    assert cli("calls", "--workspace", ws, "--query", "duration:>9000s", "--json").json == []
    assert "No calls" in cli("calls", "--workspace", ws, "--query", "duration:>9000s").out


def test_show_has_the_promised_shape_in_seconds(cli: Cli, ws: Path) -> None:
    (row,) = cli("calls", "--workspace", ws, "--json").json
    shown = cli("show", row["id"], "--workspace", ws, "--json").json
    promised = {
        "id", "duration_s", "rate_hz", "layer", "profile", "turns", "latencies", "overlaps",
        "interruptions", "warnings",
    }  # fmt: skip
    assert promised <= set(shown)
    assert shown["profile"] == "callbench-1"
    assert "silero" in shown["layer_detail"]["producer"]
    starts = [turn["start_s"] for turn in shown["turns"]]
    assert starts == sorted(starts)
    assert {turn["speaker"] for turn in shown["turns"]} == {"caller", "agent"}
    for turn in shown["turns"]:
        assert 0 <= turn["start_s"] < turn["end_s"] <= shown["duration_s"]
    turns = {turn["id"]: turn for turn in shown["turns"]}
    for latency in shown["latencies"]:
        turn, before = turns[latency["turn_id"]], turns[latency["previous_turn_id"]]
        assert latency["value_s"] == pytest.approx(turn["start_s"] - before["end_s"], abs=2e-6)
    for each in shown["interruptions"]:
        assert each["by"] in ("caller", "agent")
        assert each["yield_s"] is None or each["yield_s"] >= 0


def test_show_as_text_carries_units_layer_and_profile(cli: Cli, ws: Path) -> None:
    out = cli("show", "CB-00001", "--workspace", ws).out
    assert "profile callbench-1" in out
    assert "layer " in out
    assert " Hz" in out
    assert " ms" in out


def test_export_writes_a_folder_with_a_manifest(cli: Cli, ws: Path, tmp_path: Path) -> None:
    listed = cli("export", "list", "--json").json
    wanted = {"csv", "jsonl", "parquet", "textgrid", "rttm", "ctm", "stm", "eaf", "vtt", "audacity"}
    assert wanted <= set(listed)
    for name in ("csv", "textgrid"):
        out = tmp_path / name
        ran = cli("export", name, "--out", out, "--workspace", ws, "--json")
        assert ran.code == 0, ran
        assert any("manifest" in path.name for path in out.rglob("*"))
        assert len([p for p in out.rglob("*") if p.is_file()]) >= 2


def test_export_of_a_query_leaves_out_the_rest(cli: Cli, ws: Path, tmp_path: Path) -> None:
    ran = cli(
        "export", "csv", "--out", tmp_path / "x", "--query", "duration:>9000s",
        "--workspace", ws, "--json",
    )  # fmt: skip
    assert ran.code == 0
    assert ran.json["calls"] == 0


def test_two_mono_files_become_one_call(cli: Cli, tmp_path: Path, make_wav) -> None:
    time = np.arange(16_000) / 16_000
    caller = make_wav("a.wav", 0.3 * np.sin(2 * np.pi * 220 * time))
    agent = make_wav("b.wav", 0.3 * np.sin(2 * np.pi * 330 * time))
    ran = cli(
        "import", caller, agent, "--pair", "--offset", 0.5, "--workspace", tmp_path / "ws", "--json"
    )
    assert ran.code == 0, ran
    assert len(ran.json["imported"]) == 1
    shown = cli("show", ran.json["imported"][0]["id"], "--workspace", tmp_path / "ws", "--json")
    assert shown.json["duration_s"] == pytest.approx(1.5)


def test_doctor_reports_each_check(cli: Cli, ws: Path) -> None:
    ran = cli("doctor", "--workspace", ws, "--json")
    assert ran.code == 0, ran
    checks = {check["name"]: check for check in ran.json["checks"]}
    assert checks["workspace"]["calls"] == 1
    assert checks["workspace"]["problems"] == []
    assert checks["speech detector"]["status"] == "ok"
    assert checks["versions"]["packages"]["numpy"] == np.__version__
    assert "workspace" in cli("doctor", "--workspace", ws).out


def test_the_default_workspace_is_the_one_of_the_environment(
    cli: Cli, ws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBENCH_WORKSPACE", str(ws))
    assert len(cli("calls", "--json").json) == 1
