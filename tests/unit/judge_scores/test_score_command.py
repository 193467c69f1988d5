"""`callbench score`: the JSON that scripts rely on, and the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services import raters
from app.services.workspace import Workspace
from tests.unit.cli.cli_support import Cli, runner
from tests.unit.judge_scores.score_support import (
    WORKED_GIC,
    WORKED_NODES,
    WORKED_TURNS,
    WORKED_VERDICTS,
    Judged,
    full,
)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return runner(capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with the worked vector on one call and a person's scores on another."""
    ws = Workspace.open(tmp_path / "ws")
    judged = Judged(ws)
    _, rubric = judged.flow("1.1", WORKED_NODES)
    one, two = judged.call(scenario_key="1.1", agent="mara"), judged.call(agent="tove")
    details = {node: {"first_turn": turn} for node, turn in WORKED_TURNS.items()}
    tfc = judged.judge(rubric, "tfc")
    judged.say(tfc, rubric, judged.whole(one), WORKED_VERDICTS, details)
    judged.gic_turns(judged.judge(judged.gic, "gic"), one, WORKED_GIC)
    judged.gic_turns(raters.sign_in(ws, "Ann", "reviewer").rater_id, two, [full(1)])
    ws.close()
    return tmp_path / "ws"


def test_figures_of_calls_and_agents_with_all_that_they_follow_from(cli: Cli, folder: Path) -> None:
    ran = cli("score", "--workspace", folder, "--json")
    assert ran.code == 0
    found = ran.json
    call = next(c for c in found["calls"] if c["agent"] == "mara")
    assert call["tfc"] == pytest.approx(0.7355)
    assert call["gic"] == pytest.approx(0.875)
    assert call["final"] == pytest.approx(0.798275)
    assert call["eva_a"] is None
    assert any(m.startswith("EVA-A: Task completion") for m in call["missing"])
    agent = next(a for a in found["agents"] if a["agent"] == "mara")
    assert (agent["n"], agent["final"]) == (1, pytest.approx(0.798275))
    assert agent["figures"]["gic"]["of"] == 1
    assert agent["figures"]["gic"]["interval"] is None
    assert found["weights"]["name"] == "OutboundEval"
    assert found["gates"]["turn_taking"] == 0.8
    assert found["judges"]["gic"]["ref"] == "gic@1"
    assert found["judges"]["conciseness"] is None
    assert found["na_mode"] == "exclude"


def test_other_sources_modes_and_sets_can_be_asked_for(cli: Cli, folder: Path) -> None:
    by_people = cli("score", "--judge", "people", "--workspace", folder, "--json").json
    values = {a["agent"]: a["gic"] for a in by_people["agents"]}
    assert values == {"mara": None, "tove": 0.5}
    paper = cli("score", "--na", "full", "--query", "agent:mara", "--workspace", folder, "--json")
    assert [c["gic"] for c in paper.json["calls"]] == [pytest.approx(0.90)]
    one = cli("score", "--call", "CB-00002", "--by-version", "--workspace", folder, "--json").json
    assert [c["call"] for c in one["calls"]] == ["CB-00002"]


def test_what_cannot_be_is_refused_with_the_way_out(cli: Cli, folder: Path) -> None:
    ran = cli("score", "--judge", "beauty", "--workspace", folder, "--json")
    assert ran.code == 1
    assert "gic@1" in ran.json["error"]["remedy"]
    assert cli("score", "--na", "zero", "--workspace", folder).code == 2


def test_people_read_two_tables_and_who_scored(cli: Cli, folder: Path) -> None:
    ran = cli("score", "--workspace", folder)
    assert ran.code == 0
    assert "0.798" in ran.out
    assert "0.7983" in ran.out
    assert "TFC: it has no scenario." in ran.out
    assert "gic: gic@1 · m1, 1 call" in ran.err
    empty = folder.parent / "empty"
    Workspace.open(empty).close()
    assert "Import some" in cli("score", "--workspace", empty).err
