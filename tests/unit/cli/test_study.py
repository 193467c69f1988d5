"""`callbench study` and `callbench votes` from a draft to the votes that come back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from app.domain.studies import Heard
from app.services import raters
from app.services.assets import asset
from app.services.opening import open_workspace
from app.services.studies import blocks, making, sessions, voting
from tests.unit.cli.cli_support import Cli, runner

DEMO = "bank-complaint-2"
CREATE = ("study", "create")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from app.cli import run

    folder = tmp_path_factory.mktemp("template")
    for name in (f"{DEMO}.flac", f"{DEMO}.json"):
        shutil.copy(asset("demo", "calls", name), folder / name)
    assert run(["import", str(folder / f"{DEMO}.flac"), "--workspace", str(folder / "ws")]) == 0
    return folder / "ws"


@pytest.fixture
def ws(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "ws"))


def rate(folder: Path, code: str) -> None:
    """Let somebody answer a whole study."""
    with_ws = open_workspace(folder)
    try:
        viewer, study = raters.sign_in(with_ws, "Ann", "reviewer"), making.get(with_ws, code)
        session = sessions.begin(with_ws, viewer, study.id)
        for kind in ("consent", "declaration", "device", "digits", "level"):
            sessions.note(with_ws, viewer, session, kind, {"passed": True})
        count = 0
        while (step := sessions.next_step(with_ws, viewer, session, "w")).kind != "done":
            if step.kind == "block_end":
                blocks.close_block(with_ws, viewer, session, step.block)
                continue
            assert step.trial is not None
            heard = Heard(plays=1, heard_pct=100.0)
            value = 1 + count % 5
            voting.vote(with_ws, viewer, session, step.trial.trial_id, value, heard)
            count += 1
    finally:
        with_ws.close()


def made(cli: Cli, ws: Path, *more: str) -> Any:
    found = cli(
        "study", "create", "--name", "Voices", "--instrument", "acr", "--set", "training=0",
        "--set", "traps_per_block=0", "--set", "golds_per_block=0", "--seed", 4, *more,
        "--workspace", ws, "--json",
    )  # fmt: skip
    assert found.code == 0, found.out
    return found.json


def test_a_study_from_draft_to_votes(cli: Cli, ws: Path, tmp_path: Path) -> None:
    study = made(cli, ws, "--set", "block=4")
    assert (study["code"], study["state"], study["design"]["block"]) == ("S-0001", "draft", 4)
    opened = cli("study", "open", "s-0001", "--per-call", 4, "--workspace", ws, "--json")
    assert (opened.code, opened.json["state"], opened.json["stimuli"]) == (0, "open", 4)
    listed = cli("study", "status", "--workspace", ws, "--json")
    assert [s["code"] for s in listed.json] == ["S-0001"]
    assert "S-0001" in cli("study", "status", "--workspace", ws).out
    rate(ws, "S-0001")
    status = cli("study", "status", "S-0001", "--workspace", ws, "--json").json
    assert (status["done"], status["left"], status["raters"][0]["done"]) == (4, 0, 4)
    results = cli("study", "results", "S-0001", "--workspace", ws, "--json").json
    (condition,) = results["conditions"].values()
    assert (condition["n"], condition["mean"]) == (4, 2.5)
    assert results["wording"].startswith("ACR, expert panel, 1 rater,")
    said = cli("study", "results", "S-0001", "--workspace", ws)
    assert "2.50" in said.out
    exported = cli(
        "study", "export", "S-0001", "--out", tmp_path / "x", "--workspace", ws, "--json"
    )
    assert exported.json["votes"] == 4
    back = cli("votes", "import", tmp_path / "x" / "votes.csv", "--workspace", ws, "--json")
    assert (back.code, back.json["added"], back.json["known"]) == (0, 0, 4)


def test_a_file_with_faults_says_which_rows(cli: Cli, ws: Path, tmp_path: Path) -> None:
    made(cli, ws)
    assert cli("study", "open", "S-0001", "--workspace", ws).code == 0
    file = tmp_path / "v.csv"
    file.write_text("workerid,file,vote\nW,nothing.wav,3\n", "utf-8")
    found = cli("votes", "import", file, "--study", "S-0001", "--workspace", ws)
    assert found.code == 1
    assert "row 2" in found.err
    assert "0 votes of 0 raters added" in found.out


def test_a_rubric_study(cli: Cli, ws: Path, tmp_path: Path) -> None:
    made_one = cli(
        "study", "create", "--name", "M", "--instrument", "rubric", "--rubric", "telephone_voice",
        "--workspace", ws,
    )  # fmt: skip
    assert (made_one.code, made_one.out.split()[0]) == (0, "S-0001")
    assert cli("study", "open", "S-0001", "--workspace", ws).code == 0
    results = cli("study", "results", "S-0001", "--workspace", ws, "--json").json
    assert (results["done"], results["wanted"]) == (0, 5)
    assert results["criteria"][0]["conditions"] == {}
    done = cli("study", "export", "S-0001", "--out", tmp_path / "x", "--workspace", ws, "--json")
    assert done.json["files"] == ["ratings.jsonl", "manifest.json"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((*CREATE, "--name", "x", "--instrument", "mos"), 2, "no instrument"),
        ((*CREATE, "--name", "", "--instrument", "acr"), 1, "no name"),
        ((*CREATE, "--name", "x", "--instrument", "acr", "--set", "colour=1"), 2, "no rule"),
        ((*CREATE, "--name", "x", "--instrument", "acr", "--set", "block=many"), 2, "number"),
        ((*CREATE, "--name", "x", "--instrument", "acr", "--query", "lat:"), 1, ""),
        (("study", "open", "S-0009"), 1, "no study"),
        (("study", "results", "S-0009"), 1, "no study"),
        (("votes", "import", "nowhere.csv"), 1, "cannot be read"),
    ],
)  # fmt: skip
def test_wrong_words_are_told(
    cli: Cli, ws: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    found = cli(*words, "--workspace", ws, "--json")
    assert found.code == code, found.out
    assert said in found.json["error"]["what"]
