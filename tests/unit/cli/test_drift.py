"""`callbench drift`, `splits` and `rule`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app import cli
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import noisy, truth, world

N = 120
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a workspace with people and two versions of a judge."""
    made = world(workspace, N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        made.say(made.person(name), "tone", noisy(truth(N), at, sd=0.4))
    made.say(made.judge("keen"), "tone", noisy(truth(N), 20, sd=0.4))
    made.say(made.judge("keen", "m2"), "tone", noisy(truth(N), 21, bias=1.0, sd=0.4))

    def command(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.run([*words, "--workspace", str(workspace.path), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return command


def test_splits_are_frozen_once_and_for_good(run: Run) -> None:
    code, body = run("splits")
    assert (code, body["frozen_at"], sum(body["calls"].values())) == (0, None, N)
    assert run("splits", "--shares", "0.4,0.2,0.4")[0] == 2
    assert run("splits", "--freeze", "--shares", "a,b")[0] == 2
    code, body = run("splits", "--freeze", "--shares", "0.4,0.2,0.4")
    assert (code, body["shares"]["anchor_test"]) == (0, 0.4)
    assert run("splits", "--freeze")[1] == body
    code, error = run("splits", "--freeze", "--shares", "0.5,0.2,0.3")
    assert (code, "role for life" in error["error"]["remedy"]) == (1, True)


def test_the_rule_changes_with_a_reason_and_keeps_its_history(run: Run) -> None:
    code, body = run("rule")
    assert (code, body["ref"], body["history"]) == (0, "default@1", [])
    code, error = run("rule", "--set", "margin=0.1")
    assert (code, "needs a reason" in error["error"]["what"]) == (1, True)
    code, body = run("rule", "--set", "margin=0.1", "--set", "epsilon=none", "--reason", "Experts.")
    assert (code, body["ref"]) == (0, "default@2")
    assert (body["thresholds"]["margin"], body["thresholds"]["epsilon"]) == (0.1, None)
    code, body = run("rule", "--preset", "dashboard gate", "--reason", "As others do.")
    assert [e["ref"] for e in body["history"]] == ["dashboard gate@1", "default@2"]
    assert body["history"][1]["reason"] == "Experts."
    assert run("rule", "--set", "margin")[0] == 2
    assert run("rule", "--set", "nothing=1", "--reason", "x")[0] == 1


def test_drift_is_looked_at_and_kept_once_the_splits_are_frozen(run: Run) -> None:
    words = ("drift", "--rubric", "synthetic", "--judge", "keen")
    code, body = run(*words)
    (one,) = body["dimensions"]
    assert (code, one["dimension"], one["anchors"]["kept"]) == (0, "tone", None)
    assert one["anchors"]["beside"] == "keen@1 · m1"
    assert one["anchors"]["drifted"]
    assert one["anchors"]["mean"]["value"] > 0.4
    run("splits", "--freeze")
    assert run(*words, "--look-only")[1]["dimensions"][0]["anchors"]["kept"] is None
    kept = run(*words)[1]["dimensions"][0]["anchors"]["kept"]
    assert kept
    assert run(*words, "--before", "nobody")[0] == 1


def test_words_are_printed_too(
    run: Run, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("splits")[0] == 0
    where = ["--workspace", str(workspace.path)]
    assert cli.run(["drift", "--rubric", "synthetic", "--judge", "keen", *where]) == 0
    assert cli.run(["splits", *where]) == 0
    assert cli.run(["rule", *where]) == 0
    shown = capsys.readouterr().out
    assert "It has drifted." in shown
    assert "Not frozen." in shown
    assert "margin = 0.05" in shown
