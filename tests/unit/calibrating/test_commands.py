"""`callbench agreement` and `callbench calibrate`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import cli
from app.eval.calibration.apply import apply
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import noisy, truth, world

N = 120
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the workspace; its exit code and its JSON."""

    def made(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.run([*words, "--workspace", str(workspace.path), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return made


@pytest.fixture
def scored(workspace: Workspace) -> None:
    made = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        made.say(made.person(name), "tone", noisy(real, at, sd=0.4))
    judge = made.judge()
    made.say(judge, "tone", noisy(real, 9, bias=1.0, sd=0.4))
    made.say(judge, "help", noisy(real, 8))


@pytest.mark.usefixtures("scored")
def test_agreement_tells_figures_ceiling_and_verdict(run: Run) -> None:
    code, body = run("agreement", "--rubric", "synthetic", "--dimension", "tone")
    assert code == 0
    (cell,) = body["cells"]
    assert cell["judge"] == "judge@1"
    assert cell["calls"] == N
    assert cell["ceiling"]["people"]["value"] > cell["ceiling"]["judge"]["value"]
    assert cell["verdict"]["failing"]
    assert cell["people_among_themselves"]["alpha_ordinal"]["interval"] is not None
    assert sum(body["splits"]["items"].values()) == N
    code, german = run(
        "agreement", "--rubric", "synthetic", "--dimension", "tone", "--where", "language=de"
    )
    assert code == 0
    assert german["cells"][0]["calls"] == N // 2
    (people,) = body["people"]
    assert [r["name"] for r in people["raters"]] == ["Ann", "Ben", "Cleo"]
    assert people["figures"]["alpha_ordinal"]["value"] > 0.8
    nobody = run(
        "agreement", "--rubric", "synthetic", "--dimension", "tone", "--where", "language=fr"
    )[1]
    assert nobody["people"] == []
    assert nobody["cells"][0]["verdict"]["state"] == 0


@pytest.mark.usefixtures("scored")
def test_without_json_tables_and_words_are_printed(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--rubric", "synthetic", "--workspace", str(workspace.path)]
    capsys.readouterr()
    assert cli.run(["agreement", *words]) == 0
    assert cli.run(["calibrate", *words, "--judge", "judge@1"]) == 0
    shown = capsys.readouterr().out
    assert "people on" in shown
    assert "judge@1, tone: " in shown
    assert "bias" in shown


@pytest.mark.usefixtures("scored")
def test_a_dimension_without_labels_is_insufficient_not_an_error(run: Run) -> None:
    code, body = run("agreement", "--rubric", "synthetic", "--dimension", "help")
    assert code == 0
    assert body["cells"][0]["verdict"]["state"] == 0
    assert body["cells"][0]["judged"] == N
    assert body["cells"][0]["items"] == 0


@pytest.mark.usefixtures("scored")
def test_calibrate_writes_a_file_that_applies(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "calibration.json"
    words = ("calibrate", "--rubric", "synthetic", "--judge", "judge")
    code, body = run(*words, "--dimension", "tone", "--out", str(out))
    assert code == 0
    assert body["dimensions"][0]["correction"]["rmse_after"] < 1.0
    stored = json.loads(out.read_text("utf-8"))
    assert stored == body["dimensions"][0]["calibration"]
    given = {"tone": np.array([4.0]), "help": np.array([3.0])}
    again = apply(stored, {name: given[name] for name in stored["inputs"]})
    assert again[0] == pytest.approx(3.0, abs=0.5)
    code, error = run(*words, "--out", str(out))
    assert (code, "One file" in error["error"]["what"]) == (2, True)
    code, error = run(*words, "--dimension", "help", "--out", str(tmp_path / "x.json"))
    assert code == 1
    assert "too few" in error["error"]["what"]
    assert not (tmp_path / "x.json").exists()


@pytest.mark.usefixtures("scored")
def test_wrong_words_are_told(run: Run) -> None:
    assert run("agreement", "--rubric", "synthetic", "--split", "test")[0] == 2
    assert run("agreement", "--rubric", "synthetic", "--where", "language")[0] == 2
    code, error = run("agreement", "--rubric", "nothing")
    assert code == 1
    assert "synthetic" in error["error"]["remedy"]
