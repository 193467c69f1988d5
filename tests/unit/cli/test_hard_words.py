"""Words that do not fit, told as JSON where JSON was asked for; workspaces half made or lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.services.rubrics import rubric_versions
from app.services.workspace import Workspace
from tests.unit.cli.cli_support import Cli, runner


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.mark.parametrize(
    "words",
    [
        ("import", "--json"),
        ("import", "x.wav", "--channels", "left", "--json"),
        ("show", "--json"),
        ("calls", "--nonsense", "--json"),
        ("nonsense", "--json"),
    ],
)
def test_wrong_words_are_json_too(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words)
    assert ran.code == 2
    assert ran.json["error"]["what"]
    assert "--help" in ran.json["error"]["remedy"]


@pytest.mark.parametrize("offset", ["nan", "inf", "-1e12"])
def test_impossible_offsets(cli: Cli, tmp_path: Path, offset: str) -> None:
    ran = cli("import", "a.wav", "b.wav", "--pair", "--offset", offset, "--workspace", tmp_path)
    assert ran.code == 2
    assert "offset" in ran.err


@pytest.mark.parametrize("how", ["deleted", "emptied"])
def test_a_lost_database_is_not_replaced_by_an_empty_one(
    cli: Cli, tmp_path: Path, stereo_file: Path, how: str
) -> None:
    place = tmp_path / "ws"
    assert cli("import", stereo_file, "--workspace", place).code == 0
    (place / "workbench.db").write_bytes(b"")
    if how == "deleted":
        (place / "workbench.db").unlink()
    for words in (("import", stereo_file), ("calls",)):
        ran = cli(*words, "--workspace", place)
        assert ran.code == 1
        assert "backups" in ran.err
    assert list((place / "audio").rglob("*.wav"))


def test_a_workspace_killed_while_it_was_made_gets_its_rubrics(
    cli: Cli, tmp_path: Path, stereo_file: Path
) -> None:
    place = tmp_path / "ws"
    Workspace.open(place).close()
    assert cli("import", stereo_file, "--workspace", place).code == 0
    ws = Workspace.open(place)
    try:
        assert rubric_versions(ws)
    finally:
        ws.close()


@pytest.fixture
def stereo_file(tmp_path: Path, make_wav) -> Path:
    import numpy as np

    noise = 0.1 * np.random.default_rng(1).standard_normal((8000, 2))
    made = make_wav("noise.wav", noise)
    return Path(shutil.move(made, tmp_path / "call.wav"))


def test_a_transcript_cannot_steer_the_terminal(cli: Cli, tmp_path: Path) -> None:
    demo = Path(__file__).resolve().parents[3] / "assets" / "demo" / "calls" / "card-arrears.flac"
    shutil.copy(demo, tmp_path / "call.flac")
    text = "evil \x1b[31mred\x1b]0;title\x07 \x9b1m \u202eback"
    line = {"speaker": "agent", "start": 0.0, "end": 60.0, "text": text}
    (tmp_path / "call.json").write_text(json.dumps([line]), "utf-8")
    place = tmp_path / "ws"
    assert cli("import", tmp_path / "call.flac", "--workspace", place).code == 0
    shown = cli("show", "CB-00001", "--workspace", place)
    assert "evil \\x1b[31mred" in shown.out
    assert not set("\x1b\x07\x9b\u202e") & set(shown.out)
    told = cli("show", "CB-00001", "--workspace", place, "--json").json
    assert any(turn["text"] == text for turn in told["turns"])
