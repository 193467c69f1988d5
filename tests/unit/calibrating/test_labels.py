"""Labels from CSV, JSONL and EVA's files become calls, raters, rubrics and scores; once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import cli
from app.cli.output import Progress
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.eval.agreement.figures import judge_figures
from app.eval.calibration.rules import PRESETS
from app.services import documents, raters, timing
from app.services.assets import asset
from app.services.calibrating import agreement, gather, label_table
from app.services.calibrating.dimension import dimension
from app.services.calibrating.labels import LabelsImported, import_labels
from app.services.calibrating.published import published
from app.services.calibrating.report import write_report
from app.services.judging import call_tools
from app.services.rubrics import load_rubrics
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World

QUIET = Progress(quiet=True)
CSV = """id,who,dim,mark,conv
a,Ann,tone,1,c1
a,Ben,tone,2,c1
b,Ann,tone,3,c1
b,Ben,tone,x,c1
c,Ann,tone,2,c2
c,Ann,tone,1,c2
,Ann,tone,2,c2
c,Ben,tone,,c2
c,Ann,done,yes,c2
c,Ben,done,no,c2
"""
MAP = {"item": "id", "rater": "who", "criterion": "dim", "value": "mark", "call": "conv"}


@pytest.fixture
def lead(workspace: Workspace) -> Viewer:
    load_rubrics(workspace, asset("rubrics"))
    return raters.sign_in(workspace, "Lea", "lead")


def bring(ws: Workspace, lead: Viewer, path: Path, **more: Any) -> LabelsImported:
    return import_labels(QUIET, ws, lead, path, **more)


def test_a_table_comes_in_once_and_bad_rows_are_told(
    workspace: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    path = tmp_path / "My panel.csv"
    path.write_text(CSV, encoding="utf-8")
    looked = bring(workspace, lead, path, columns=MAP, dry_run=True)
    assert (looked.added, looked.calls_added) == (6, 2)
    with pytest.raises(NotFound):
        gather.load(workspace, lead, "labels.my_panel")
    found = bring(workspace, lead, path, columns=MAP)
    assert {(f.row, f.reason) for f in found.faults} == {
        (5, "'x' is no number"),
        (7, "Ann gave c another value in line 6"),
        (8, "item empty"),
        (9, "value empty"),
    }
    assert found.values == {"done": {0: 1, 1: 1}, "tone": {1: 1, 2: 2, 3: 1}}
    again = bring(workspace, lead, path, columns=MAP)
    assert (again.added, again.known, again.calls_added) == (0, 6, 0)
    read = gather.load(workspace, lead, "labels.my_panel")
    tone = dimension(read, "tone")
    assert tone.people.values.shape == (3, 2)
    assert tone.people.call_count == 2
    assert dimension(read, "done").criterion.scale == "nominal"


def test_a_changed_label_is_appended(workspace: Workspace, lead: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    rows = ["item,rater,value", "a,Ann,1", "b,Ann,3", "c,Ann,2"]
    path.write_text("\n".join(rows), encoding="utf-8")
    bring(workspace, lead, path)
    path.write_text("\n".join([*rows[:3], "c,Ann,3"]), encoding="utf-8")
    assert bring(workspace, lead, path).added == 1
    one = dimension(gather.load(workspace, lead, "labels.few"), "few")
    assert sorted(one.people.values[:, 0].tolist()) == [1.0, 3.0, 3.0]


def test_jsonl_with_text_and_the_code_of_a_call_that_is_here(
    workspace: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    first = tmp_path / "first.csv"
    first.write_text("item,rater,value\na,Ann,1\nb,Ann,0\n", encoding="utf-8")
    bring(workspace, lead, first)
    with workspace.db.read() as uow:
        code = next(iter(uow.calls.many(uow.calls.ids_of([1])))).code
    path = tmp_path / "more.jsonl"
    rows = [
        {"item": code, "rater": "Ben", "value": 1},
        {"item": "new", "rater": "Ben", "value": 0, "text": "Good morning to you."},
        ["no", "object"],
    ]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    found = bring(workspace, lead, path)
    assert (found.calls_known, found.calls_added) == (1, 1)
    assert [f.row for f in found.faults] == [3]


def test_what_cannot_be_mapped_is_asked_for(
    workspace: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("thing,person,mark\na,Ann,1\n", encoding="utf-8")
    assert label_table.preview(path).columns == ("thing", "person", "mark")
    with pytest.raises(BadInput, match="item, rater, value"):
        bring(workspace, lead, path)
    with pytest.raises(BadInput, match="no column nothing"):
        bring(workspace, lead, path, columns={"item": "nothing"})
    reviewer = raters.sign_in(workspace, "Rea", "reviewer")
    with pytest.raises(NotAllowed):
        bring(workspace, reviewer, path)


@pytest.mark.parametrize(
    ("name", "rubric", "criterion", "values"),
    [
        ("faithfulness", "faithfulness", "faithfulness", {1: 57, 2: 28, 3: 52}),
        (
            "conversation_progression", "conversation_progression", "conversation_progression",
            {1: 23, 2: 58, 3: 55},
        ),
        (
            "agent_speech_fidelity", "eva_labels.agent_speech_fidelity", "agent_speech_fidelity",
            {0: 122, 1: 25},
        ),
        (
            "key_entity_transcription", "eva_labels.key_entity_transcription",
            "key_entity_transcription", {0: 181, 1: 386},
        ),
    ],
)  # fmt: skip
def test_evas_files_come_in_with_the_published_label_mix(
    workspace: Workspace, lead: Viewer, shared_data: Path,
    name: str, rubric: str, criterion: str, values: dict[int, int],
) -> None:  # fmt: skip
    path = shared_data / "eva" / "judge_validation" / f"{name}.jsonl"
    found = bring(workspace, lead, path)
    assert found.values == {criterion: values}
    assert not found.faults
    assert bring(workspace, lead, path).added == 0
    one = dimension(gather.load(workspace, lead, rubric), criterion)
    assert len(one.items) == sum(values.values())
    assert len(one.people.raters) == 1
    gold = one.people.values[:, 0]
    perfect = judge_figures(one.people, gold, one.criterion.scale)
    assert perfect["kappa"].value == pytest.approx(1.0)
    if found.published is not None:
        assert found.published["n"] == len(one.items)


def test_a_labelled_trace_can_be_judged(
    workspace: Workspace, lead: Viewer, shared_data: Path, tmp_path: Path
) -> None:
    whole = shared_data / "eva" / "judge_validation" / "faithfulness.jsonl"
    path = tmp_path / "faithfulness.jsonl"
    first = whole.read_text("utf-8").split("\n")[0]
    path.write_text(first, encoding="utf-8")
    bring(workspace, lead, path)
    trace = json.loads(first)["trace"]
    with workspace.db.read() as uow:
        (call,) = uow.calls.many(uow.calls.ids_of([1]))
        kept = documents.load(uow, call.id, call_tools.DOCUMENTS)
    turns = timing.turn_set(workspace, call.id).turns
    assert turns[0].text == " ".join(trace[0]["utterance"].split())
    tools = call_tools.tools_of(call, kept, turns)
    asked = [e for e in trace if e["event_type"] == "tool_call"]
    assert [t.name for t in tools] == [e["tool_name"] for e in asked]
    assert tools[0].arguments
    assert tools[0].result


def test_the_command_tells_rows_and_reasons(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(CSV, encoding="utf-8")
    words = ["--map", ",".join(f"{k}={v}" for k, v in MAP.items()), "--json"]
    words += ["--workspace", str(workspace.path)]
    capsys.readouterr()
    code = cli.run(["labels", "import", str(path), *words])
    body = json.loads(capsys.readouterr().out)
    assert code == 1
    assert body["labels"] == {"added": 6, "known": 0}
    assert len(body["faults"]) == 4
    assert cli.run(["labels", "import", str(path), "--map", "item", *words[2:]]) == 2


def test_a_judge_on_labelled_calls_stands_beside_the_published_figure(
    workspace: Workspace, lead: Viewer, shared_data: Path, tmp_path: Path
) -> None:
    bring(workspace, lead, shared_data / "eva" / "judge_validation" / "faithfulness.jsonl")
    found = gather.load(workspace, lead, "faithfulness")
    one = dimension(found, "faithfulness")
    calls_ = [found.items[n].call_id for n in one.items.tolist()]
    labels = one.people.values[:, 0].astype(int)
    # Every ninth verdict is a level off, which is known of this judge.
    planted = [int(v) if at % 9 else (2 if v != 2 else 1) for at, v in enumerate(labels)]
    made = World(workspace, found.rubric, lead, tuple(calls_))
    made.say(made.judge("planted"), "faithfulness", planted)
    again = gather.load(workspace, lead, "faithfulness")
    (cell,) = agreement.matrix(again, PRESETS["default"])
    gaps = np.subtract.outer([1, 2, 3], [1, 2, 3]) ** 2
    seen = np.zeros((3, 3))
    np.add.at(seen, (labels - 1, np.array(planted) - 1), 1)
    chance = np.outer(seen.sum(1), seen.sum(0)) / seen.sum()
    expected = 1 - (gaps * seen).sum() / (gaps * chance).sum()
    figure = cell.found.judge["kappa_quadratic"]
    assert figure.value == pytest.approx(expected)
    assert figure.n == 137
    told = published("faithfulness")
    assert told is not None
    assert (told["kappa"], told["n"]) == (0.836, 137)
    assert cell.verdict.state == 0  # one person, so that there is no yardstick
    write_report(QUIET, workspace, lead, "faithfulness", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    row = next(line for line in page.splitlines() if "<td>Claude Opus 4.6</td>" in line)
    assert row.startswith(
        '<tr><th scope="row">κ, quadratic weights (QWK)</th><td class="n">0.836</td>'
    )
    assert row.endswith(f'<td class="n">{expected:.2f}</td></tr>')
    assert "humans" in {c.name for c in cell.verdict.failing}
