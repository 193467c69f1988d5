"""The command line from the recording to the export, on real recordings of other people."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.unit.cli.cli_support import Cli, runner


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.fixture
def recordings(shared_data: Path) -> list[Path]:
    return [
        shared_data / "speech" / "stereo_diarization.wav",
        shared_data / "eva" / "demo" / "audio_mixed.mp3",
    ]


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_real_recordings_from_import_to_export(
    cli: Cli, recordings: list[Path], tmp_path: Path
) -> None:
    ws = tmp_path / "ws"
    ran = cli("import", *recordings, "--workspace", ws, "--json")
    assert ran.code == 0, ran
    ids = {Path(call["path"]).name: call["id"] for call in ran.json["imported"]}
    assert set(ids) == {path.name for path in recordings}

    stereo = cli("show", ids["stereo_diarization.wav"], "--workspace", ws, "--json").json
    assert (stereo["duration_s"], stereo["rate_hz"]) == (5.0, 16_000)
    assert {turn["speaker"] for turn in stereo["turns"]} == {"caller", "agent"}
    assert stereo["overlaps"], "both speak at once in this recording"

    mono = cli("show", ids["audio_mixed.mp3"], "--workspace", ws, "--json").json
    assert mono["duration_s"] == pytest.approx(291.27, abs=0.05)
    assert mono["rate_hz"] == 24_000
    assert mono["turns"]
    assert any("mono" in warning for warning in mono["warnings"])
    assert "latency" in {void for finding in mono["findings"] for void in finding["voids"]}

    for name in cli("export", "list", "--json").json:
        first, second = tmp_path / name / "1", tmp_path / name / "2"
        for out in (first, second):
            ran = cli("export", name, "--out", out, "--workspace", ws, "--json")
            assert ran.code == 0, ran
            assert ran.json["calls"] == 2
        assert digest(first) == digest(second)
        assert len(digest(first)) > 1

    again = cli("import", *recordings, "--workspace", ws, "--json").json
    assert again["imported"] == []
    assert {row["id"] for row in again["duplicates"]} == set(ids.values())


def test_swapped_channels_swap_the_speakers(
    cli: Cli, recordings: list[Path], tmp_path: Path
) -> None:
    shown = {}
    for order in ("caller,agent", "agent,caller"):
        ws = tmp_path / order.replace(",", "-")
        ran = cli("import", recordings[0], "--channels", order, "--workspace", ws, "--json")
        call_id = ran.json["imported"][0]["id"]
        turns = cli("show", call_id, "--workspace", ws, "--json").json["turns"]
        shown[order] = [(t["speaker"], t["start_s"], t["end_s"]) for t in turns]
    swap = {"caller": "agent", "agent": "caller"}
    swapped = [(swap[who], start, end) for who, start, end in shown["caller,agent"]]
    assert sorted(swapped) == sorted(shown["agent,caller"])
