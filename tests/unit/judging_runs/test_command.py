"""`callbench judge` and `callbench judges`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.services.judging import endpoints
from app.services.workspace import Workspace
from tests.support.chat_answers import error
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import add_calls, beyond_scale


@pytest.fixture
def call_json(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*words: str) -> tuple[int, Any]:
        code = cli.run([*words, "--workspace", str(ws.path), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


GIC = ("judge", "--judge", "gic", "--endpoint", "loopback", "--model", "m")


def test_a_run_says_all_that_became_of_it(
    ws: Workspace, call_json: Any, server: ChatServer
) -> None:
    add_calls(ws, 4)
    add_calls(ws, 1, agent_turns=0)
    server.when = {"CALL-001": beyond_scale, "CALL-002": error(400, "no")}
    code, told = call_json(*GIC)
    assert code == 1
    assert (told["run"], told["state"], told["done"], told["reused"]) == ("R-0001", "done", 16, 0)
    assert (len(told["unscored"]), len(told["failed"]), len(told["skipped"])) == (8, 8, 1)
    assert told["skipped"][0]["call"].startswith("CB-")
    bad = told["unscored"][0]
    assert (bad["turn"], bad["kind"], bad["attempt"]) == (2, "off_scale", 2)
    assert bad["criterion"]
    assert bad["reason"]
    assert 0 < told["scored"] <= 16
    assert told["tokens"] > 0
    assert (told["cost"], told["currency"]) == (None, None)  # no price is known
    server.when.clear()
    code, told = call_json(*GIC, "--retry-failed")
    assert (code, told["done"], told["reused"]) == (0, 16, 16)


def test_caps_stop_a_run_and_resuming_raises_them(
    ws: Workspace, call_json: Any, server: ChatServer
) -> None:
    add_calls(ws, 2)
    code, told = call_json(*GIC, "--max-requests", "5")
    assert (code, told["state"], told["note"]) == (
        1, "paused", "Stopped at its cap of 5 requests.",
    )  # fmt: skip
    code, told = call_json("judge", "--resume", "R-0001", "--max-requests", "16")
    assert (code, told["state"], told["done"], told["requests"]) == (0, "done", 16, 16)


def test_wrong_words_are_refused(ws: Workspace, call_json: Any, tmp_path: Path) -> None:
    add_calls(ws, 1)
    assert call_json("judge")[0] == 2
    assert call_json("judge", "--judge", "gic", "--resume", "R-0001")[0] == 2
    code, told = call_json("judge", "--judge", "nobody")
    assert code == 1
    assert "There is no judge nobody" in told["error"]["what"]
    endpoints.remove_endpoint(ws, "loopback")
    code, told = call_json("judge", "--judge", "gic")
    assert (code, told["error"]["what"].endswith("needs an endpoint.")) == (1, True)
    code, told = call_json("judge", "--judge", "baseline_verbosity")
    assert (code, told["done"]) == (0, 1)


def test_people_are_told_in_words(
    ws: Workspace, capsys: pytest.CaptureFixture[str], server: ChatServer
) -> None:
    add_calls(ws, 2)
    server.when["CALL-001"] = beyond_scale
    assert cli.run([*GIC, "--workspace", str(ws.path)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("R-0001: 8 judged, 0 known before, 0 not applicable, 8 unscored,")
    assert "24 requests" in told.out
    assert "turn 2 gic@1" in told.err
    assert cli.run(["judges", "--workspace", str(ws.path)]) == 0
    assert "gic@1" in capsys.readouterr().out


def test_judges_are_listed_with_what_they_have_judged_with(ws: Workspace, call_json: Any) -> None:
    add_calls(ws, 1)
    call_json(*GIC)
    code, told = call_json("judges")
    assert code == 0
    gic = next(j for j in told if j["name"] == "gic")
    assert (gic["version"], gic["kind"], gic["unit"], gic["rubric"]) == (1, "llm", "turn", "gic")
    (bound,) = gic["bound"]
    assert (bound["model"], len(bound["sha256"])) == ("m", 64)
