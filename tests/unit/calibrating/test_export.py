"""The calibration dataset: what is in it, that its bytes repeat, and what must not be there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app import cli
from app.cli.output import Progress
from app.domain.errors import BadInput, NotAllowed
from app.eval.calibration.apply import apply
from app.services import raters
from app.services.calibrating import gather
from app.services.calibrating.export import check_leaks, export_dataset
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 90
QUIET = Progress(quiet=True)


@pytest.fixture
def panel(workspace: Workspace) -> World:
    made = world(workspace, N)
    real = truth(N)
    ann = made.person("=Ann+Formula")
    made.say(ann, "tone", noisy(real, 1, sd=0.4))
    made.say(made.person("Ben"), "tone", noisy(real, 2, sd=0.4))
    made.say(made.person("Dora"), "tone", [5] * N, blind=False)
    made.say(made.judge(), "tone", noisy(real, 3, bias=1.0, sd=0.4))
    made.draw(ann, made.calls[:50], 0.5)
    return made


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_folder_holds_what_its_manifest_says(panel: World, tmp_path: Path) -> None:
    out = tmp_path / "set"
    made = export_dataset(QUIET, panel.ws, panel.lead, "synthetic", out)
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    for name, told in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == told["sha256"]
    assert made.counts == {"calls": N, "items": N, "scores": 4 * N, "gold": N, "paired": N}
    found = gather.load(panel.ws, panel.lead, "synthetic")
    assert manifest["frozen_at"] == found.frozen_at
    assert manifest["sampling"]["items_with_known_probability"] == 50
    assert manifest["verdicts"][0]["dimension"] == "tone"
    gold = rows(out / "gold.jsonl")
    assert {len(g["votes"]) for g in gold} == {2}  # type: ignore[arg-type]
    assert sum(not s["blind"] for s in rows(out / "scores.jsonl")) == N
    assert "Ann" not in (out / "scores.csv").read_text("utf-8")


def test_the_stored_correction_gives_the_exported_column(panel: World, tmp_path: Path) -> None:
    out = tmp_path / "set"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", out)
    (stored,) = (out / "calibration").iterdir()
    body = json.loads(stored.read_text("utf-8"))
    paired = rows(out / "paired.jsonl")
    again = apply(body, {"tone": np.array([p["judge_raw"] for p in paired], float)})
    np.testing.assert_allclose(again, np.array([p["judge_corrected"] for p in paired], float))
    assert {p["weight"] for p in paired} == {2.0, None}


def test_the_same_data_gives_the_same_bytes(panel: World, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", one)
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", two)
    names = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file())
    assert all((one / n).read_bytes() == (two / n).read_bytes() for n in names)


def test_without_judges_nothing_of_them_is_there(panel: World, tmp_path: Path) -> None:
    out = tmp_path / "set"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", out, with_judges=False)
    assert not (out / "paired.csv").exists()
    assert not (out / "calibration").exists()
    assert {s["rater_kind"] for s in rows(out / "scores.jsonl")} == {"human"}
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert not {"judges", "verdicts"} & set(manifest)


def test_each_line_says_all_of_an_item(panel: World, tmp_path: Path) -> None:
    out = tmp_path / "set"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", out)
    found = rows(out / "calibration.jsonl")
    assert len(found) == N
    first = found[0]
    assert {k for k, v in first.items() if v} >= {"human", "judges", "audio", "split", "criterion"}
    assert len(first["human"]) == 3  # type: ignore[arg-type]
    assert sum(not h["blind"] for h in first["human"]) == 1  # type: ignore[attr-defined]
    provenances = {g["provenance"] for g in (x["gold"] for x in found) if g}  # type: ignore[index]
    assert "unanimous" in provenances
    blind = tmp_path / "blind"
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", blind, with_judges=False)
    assert all(not x["judges"] for x in rows(blind / "calibration.jsonl"))


def test_a_rationale_that_a_spreadsheet_would_run_is_marked(panel: World, tmp_path: Path) -> None:
    panel.say(panel.person("Eve"), "tone", [3], rationale="=HYPERLINK(1)")
    export_dataset(QUIET, panel.ws, panel.lead, "synthetic", tmp_path / "set")
    text = (tmp_path / "set" / "scores.csv").read_text("utf-8")
    assert ",'=HYPERLINK(1)," in text
    assert ",=HYPERLINK" not in text


def test_a_call_in_two_splits_is_refused(panel: World) -> None:
    found = gather.load(panel.ws, panel.lead, "synthetic")
    check_leaks(found)
    first, second = found.items[0].call_id, found.items[1].call_id
    copy = replace(found.calls[second], root_sha256=found.calls[first].root_sha256)
    leaking = replace(
        found, calls={**found.calls, second: copy}, roles=("train", "dev", *found.roles[2:])
    )
    with pytest.raises(BadInput, match="train and in dev"):
        check_leaks(leaking)


def test_a_reviewer_exports_nothing(panel: World, tmp_path: Path) -> None:
    reviewer = raters.sign_in(panel.ws, "Ben", "reviewer")
    with pytest.raises(NotAllowed):
        export_dataset(QUIET, panel.ws, reviewer, "synthetic", tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_the_command_writes_it(
    panel: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["calibrate", "--rubric", "synthetic", "--workspace", str(panel.ws.path), "--json"]
    capsys.readouterr()
    assert cli.run([*words, "--export", str(tmp_path / "set")]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["rows"]["paired"] == N
    assert cli.run(words) == 2
    assert cli.run([*words, "--judge", "judge", "--export", str(tmp_path / "x")]) == 2
