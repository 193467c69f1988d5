"""`callbench import --source` from the files to `show` and `export`, on the shared runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.importing.readers import SOURCES, reader
from tests.unit.cli.cli_support import Cli, runner
from tests.unit.foreign.foreign_support import eva_audio, eva_run, tau2_run

MakeWav = Callable[..., Path]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.fixture
def sample(shared_data: Path) -> Path:
    return shared_data / "eva" / "sample_run"


@pytest.fixture
def fixture3(shared_data: Path) -> Path:
    return shared_data / "siblings" / "tau2_voice_fixture"


def test_the_eva_sample_from_import_to_export(cli: Cli, sample: Path, tmp_path: Path) -> None:
    ws = tmp_path / "ws"
    dataset = sample.parent / "scenarios" / "airline_dataset_sample.json"
    ran = cli(
        "import", sample, "--source", "eva", "--dataset", dataset, "--workspace", ws, "--json"
    )
    assert ran.code == 0, ran
    (one,) = ran.json["imported"]
    assert (one["code"], one["audio"], one["losses"], one["unknown"]) == (
        "CB-00001",
        "missing",
        [],
        [],
    )
    assert ran.json["failed"] == []
    assert any("recording was not there" in w for w in ran.json["warnings"])

    shown = cli("show", one["id"], "--workspace", ws, "--json").json
    assert shown["layer_detail"]["origin"] == "platform"
    assert len(shown["turns"]) == 18
    assert {t["speaker"] for t in shown["turns"]} == {"caller", "agent"}
    assert shown["turns"][1]["text"] == "Hi, I need to change my flight to March twenty fifth."
    assert [f["code"] for f in shown["findings"]] == ["audio_missing", "doubtful_log_end"]
    assert shown["voids"] == []

    again = cli("import", sample, "--source", "auto", "--workspace", ws, "--json")
    assert again.code == 0
    assert (again.json["imported"], [d["id"] for d in again.json["duplicates"]]) == (
        [],
        [one["id"]],
    )
    assert len(cli("calls", "--workspace", ws, "--json").json) == 1

    for name in cli("export", "list").out.split():
        out = tmp_path / f"out-{name}"
        assert cli("export", name, "--out", out, "--workspace", ws, "--json").code == 0, name
        assert any(p.is_file() for p in out.rglob("*")), name


def test_the_three_tau2_simulations(cli: Cli, fixture3: Path, tmp_path: Path) -> None:
    ws = tmp_path / "ws"
    look = cli("import", fixture3, "--source", "auto", "--dry-run", "--workspace", ws, "--json")
    assert look.code == 0
    assert (look.json["source"], look.json["imported"]) == ("tau2", [])
    assert [x["audio"] for x in look.json["found"]] == ["missing"] * 3
    assert look.json["found"][0]["documents"] == ["tau2/run.json", "tau2/simulation.json"]
    assert cli("calls", "--workspace", ws, "--json").json == []

    ran = cli("import", fixture3, "--source", "tau2", "--workspace", ws, "--json")
    assert ran.code == 0
    assert [c["code"] for c in ran.json["imported"]] == ["CB-00001", "CB-00002", "CB-00003"]
    for call in ran.json["imported"]:
        shown = cli("show", call["id"], "--workspace", ws, "--json").json
        assert shown["layer"] == "tau2 ticks"
        assert len(shown["turns"]) >= 18
    again = cli("import", fixture3, "--source", "tau2", "--workspace", ws, "--json")
    assert len(again.json["duplicates"]) == 3


def test_a_run_with_its_recordings_is_heard_as_well(
    cli: Cli, tmp_path: Path, make_wav: MakeWav
) -> None:
    run, ws = eva_run(tmp_path), tmp_path / "ws"
    eva_audio(run / "records" / "1.1.2", make_wav, 1.25)
    ran = cli("import", run, "--source", "eva", "--workspace", ws, "--json")
    assert ran.code == 0
    assert ran.json["imported"][0]["audio"] == "there"
    assert any("+1.750 s from the recording" in w for w in ran.json["imported"][0]["warnings"])
    shown = cli("show", "CB-00001", "--workspace", ws, "--json").json
    assert shown["rate_hz"] == 16_000
    assert "audio_missing" not in [f["code"] for f in shown["findings"]]


def test_people_are_told_in_lines(cli: Cli, tmp_path: Path) -> None:
    run, ws = eva_run(tmp_path, "1.1.2", "4.1.1"), tmp_path / "ws"
    (run / "records" / "4.1.1" / "user_simulator_events.jsonl").write_text("{")
    (run / "records" / "4.1.1" / "audit_log.json").write_text("{")
    ran = cli("import", run, "--source", "eva", "--workspace", ws)
    assert ran.code == 1
    assert "CB-00001  EVA airline 1.1.2" in ran.out
    assert "1 imported, 0 already there, 1 failed." in ran.out
    assert "not carried over: The scenario with its expected database" in ran.err
    assert "error: " in ran.err


def test_several_runs_of_several_systems_at_once(cli: Cli, tmp_path: Path) -> None:
    paths = (eva_run(tmp_path / "a"), tau2_run(tmp_path / "b"))
    ran = cli("import", *paths, "--source", "auto", "--workspace", tmp_path / "ws", "--json")
    assert ran.code == 0
    assert [c["source"] for c in ran.json["imported"]] == ["eva", "tau2"]


def test_without_source_a_run_is_hinted_at(cli: Cli, tmp_path: Path) -> None:
    run, ws = eva_run(tmp_path), tmp_path / "ws"
    ran = cli("import", run, "--workspace", ws, "--json")
    assert any("looks like EVA" in w and "--source eva" in w for w in ran.json["warnings"])
    assert ran.json["imported"] == []
    plain = tmp_path / "plain"
    plain.mkdir()
    assert cli("import", plain, "--workspace", ws, "--json").json["warnings"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "nobody"], "There is no source 'nobody'."),
        (["--source", "auto"], "of no system that is known here"),
        (["--source", "eva"], "holds no EVA record"),
        (["--source", "tau2", "--dataset", "x.json"], "no file x.json"),
        (["--source", "eva", "--channels", "mono"], "--channels does not go with --source"),
        (["--source", "eva", "--scores"], "--scores does not go with --source"),
    ],
)
def test_what_does_not_fit_is_said_with_the_remedy(
    cli: Cli, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    ran = cli("import", tmp_path / "empty", *words, "--workspace", tmp_path / "ws", "--json")
    assert ran.code in (1, 2)
    assert said in ran.json["error"]["what"]
    assert ran.json["error"]["remedy"]


def test_a_dataset_goes_with_eva_only(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text("[]")
    run = tau2_run(tmp_path)
    ran = cli(
        "import",
        run,
        "--source",
        "tau2",
        "--dataset",
        path,
        "--workspace",
        tmp_path / "w",
        "--json",
    )
    assert ran.code == 1
    assert "Only EVA runs" in ran.json["error"]["what"]


def test_a_path_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    for source in ("auto", "eva"):
        ran = cli("import", tmp_path / "gone", "--source", source, "--workspace", tmp_path / "w")
        assert ran.code == 1
        assert "There is nothing at" in ran.err


@pytest.mark.parametrize("source", SOURCES)
def test_every_reader_keeps_the_contract(source: str, tmp_path: Path) -> None:
    found = reader(source)
    assert found.source == source
    assert found.title
    assert found.sniff(tmp_path) is False
    assert found.sniff(tmp_path / "none") is False
    (tmp_path / "odd.json").write_bytes(b"\xff\x00[[[")
    assert found.sniff(tmp_path / "odd.json") is False
