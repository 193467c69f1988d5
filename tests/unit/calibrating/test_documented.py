"""What docs/calibration.md promises: its lines apply a correction, and its files are there."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cli.output import Progress
from app.services.calibrating.adapters import FORMS
from app.services.calibrating.export import export_dataset
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import noisy, truth, world

DOC = Path(__file__).resolve().parents[3] / "docs" / "calibration.md"
MOST_LINES = 20
N = 240
QUIET = Progress(quiet=True)


def documented() -> str:
    (block,) = re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.S)
    return str(block)


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    made = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben")):
        made.say(made.person(name), "tone", noisy(real, at, sd=0.4))
        made.say(made.person(name), "help", noisy(real, at + 20, sd=0.4))
    bent = [1, 1, 2, 4, 5]
    for at, model in enumerate(("m1", "m2")):
        judge = made.judge(model=model)
        made.say(judge, "tone", noisy(real, 9 + at, bias=1.0, sd=0.4))
        made.say(judge, "help", [bent[v - 1] for v in noisy(real, 11 + at, sd=0.3)])
    out = tmp_path / "set"
    export_dataset(QUIET, workspace, made.lead, "synthetic", out)
    return out


def test_the_lines_apply_each_correction_exactly(folder: Path) -> None:
    code = documented()
    assert len(code.strip().splitlines()) <= MOST_LINES
    space: dict[str, Any] = {}
    exec(code, space)
    with (folder / "paired.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    raw = {(r["judge_sha256"], r["dimension"], r["item_id"]): r["judge_raw"] for r in rows}
    applied = 0
    for path in sorted((folder / "calibration").iterdir()):
        body = json.loads(path.read_text("utf-8"))
        sha = body["judge"]["sha256"]
        mine = [r for r in rows if (r["judge_sha256"], r["dimension"]) == (sha, body["dimension"])]
        scores = {
            name: [float(raw.get((sha, name, r["item_id"])) or "nan") for r in mine]
            for name in body["inputs"]
        }
        again = space["apply"](body, scores)
        told = np.array([float(r["judge_corrected"]) for r in mine])
        assert (again == told).all()
        applied += len(mine)
    assert applied >= 2 * N


def test_each_form_of_a_correction_is_in_the_lines() -> None:
    """Against the function of this program, on forms that the data above may not have led to."""
    from app.eval.calibration.apply import apply

    space: dict[str, Any] = {}
    exec(documented(), space)
    forms: list[dict[str, Any]] = [
        {"form": "linear", "params": {"intercept": 0.5, "slopes": [0.7, 0.2], "means": [3.0, 2.0]},
         "inputs": ["a", "b"], "range": [1, 5]},
        {"form": "steps", "params": {"x": [1.0, 3.0, 5.0], "y": [1.5, 2.0, 4.5]}, "inputs": ["a"],
         "range": [1, 5]},
        {"form": "logit", "params": {"slopes": [1.3], "cuts": [1.0, 2.5, 4.0],
                                     "levels": [1, 2, 3, 4]}, "inputs": ["a"], "range": [1, 4]},
    ]  # fmt: skip
    scores = {"a": [1.0, 2.5, float("nan"), 9.0], "b": [1.0, float("nan"), 2.0, 3.0]}
    for body in forms:
        np.testing.assert_array_equal(space["apply"](body, scores), apply(body, scores))


def test_what_it_names_is_there(folder: Path) -> None:
    text = DOC.read_text("utf-8")
    for table in ("calls", "items", "scores", "gold", "paired"):
        assert all(
            (folder / f"{table}.{suffix}").is_file() for suffix in ("csv", "jsonl", "parquet")
        )
    for name in ("manifest.json", "calibration.jsonl", "transcripts.jsonl", "README.md"):
        assert f"`{name}`" in text
        assert (folder / name).is_file()
    assert all(f"`{form}`" in text for form in FORMS)
    for row in (folder / "scores.jsonl").read_text("utf-8").splitlines():
        assert json.loads(row)["status"] in text
