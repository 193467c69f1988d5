"""Labels with decimals come in, a judge is asked for numbers of their range, and both compare."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import cli
from app.domain.endpoints import EndpointProfile
from app.domain.judging import JudgeDefinition
from app.domain.work import Quiet
from app.services import opening, raters
from app.services.calibrating import agreement, gather, rules
from app.services.calibrating.detail_confusion import confusion_of
from app.services.calibrating.detail_limits import limits_of
from app.services.calibrating.detail_source import source_of
from app.services.calibrating.labels import import_labels
from app.services.judging import endpoints, judging_runs
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace
from tests.support.chat_answers import Answer, Asked, ok
from tests.support.chat_schema import OPEN
from tests.support.chat_server import ChatServer, serving

ITEMS = 24
PEOPLE = ("Ann", "Ben", "Cleo")
PROMPT = "{{ turns }}\n{{ criterion.question }}\n{{ criterion.anchors }}\n{{ reply }}"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as found:
        yield found


@pytest.fixture
def ws(tmp_path: Path, server: ChatServer) -> Iterator[Workspace]:
    made = opening.open_workspace(tmp_path / "ws", create=True)
    profile = EndpointProfile(name="here", base_url=server.url, concurrency=8, timeout_s=20.0)
    endpoints.save_endpoint(made, profile)
    yield made
    made.close()


def test_a_judge_gives_decimals_of_the_labels_range(
    ws: Workspace, server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = np.random.default_rng(3)
    real = chance.uniform(1.2, 4.8, ITEMS)
    votes = np.clip(real[:, None] + chance.normal(0, 0.3, (ITEMS, 3)), 1, 5).round(2)
    said = np.clip(real + chance.normal(0.2, 0.3, ITEMS), 1, 5).round(1)
    lead = raters.sign_in(ws, "Lee", "lead")
    path = _table(tmp_path / "mos.csv", votes)
    assert import_labels(Quiet(), ws, lead, path).faults == ()
    schemas: list[Any] = []
    server.script = lambda asked: _answer(asked, said, schemas)

    calls = _calls(ws)
    _judge(ws)
    choice = JudgeChoice(ref="mos", endpoint="here", model="m")
    run = judging_runs.create(ws, lead, [calls[n] for n in range(ITEMS)], [choice])
    assert judging_runs.drive(Quiet(), ws, run.id).state == "done"

    assert schemas[0] == {"type": "number", "minimum": 1, "maximum": 5}
    assert '"score": number from 1 to 5' in server.asked[0].text
    found = gather.load(ws, lead, "labels.mos")
    (cell,) = agreement.matrix(found, rules.current(ws))
    assert cell.failed == 1, "a score of 5.5 is off the scale"
    there = np.arange(ITEMS) != 7
    expected = np.corrcoef(votes[there].mean(1), said[there])[0, 1]
    assert cell.found.gold["pearson"].value == pytest.approx(expected)
    assert cell.found.evidence.agreement.measure == "pearson"
    assert cell.found.evidence.human_alpha == cell.found.people["alpha_interval"]
    assert not {n for n in (*cell.found.judge, *cell.found.people) if "kappa" in n}
    source = source_of(found, cell, rules.current(ws))
    assert confusion_of(source).binned == "6 bins of equal width."
    limits = limits_of(source)
    assert limits.jitter == 0
    assert limits.limits is not None
    assert limits.limits.bias == pytest.approx(float((said - votes.mean(1))[there].mean()))

    capsys.readouterr()
    words = ["agreement", "--rubric", "labels.mos", "--json", "--workspace", str(ws.path)]
    assert cli.run(words) == 0
    (told,) = json.loads(capsys.readouterr().out)["cells"]
    assert told["scale"] == "interval"
    assert told["ceiling"]["measure"] == "pearson"
    assert told["judge_against_people"]["icc_2_1"]["value"] is not None


def _table(path: Path, votes: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["item", "rater", "value", "text"])
        for n, row in enumerate(votes):
            out.writerows([f"i{n}", who, v, f"Sentence {n} of all."] for who, v in zip(PEOPLE, row))
    return path


def _calls(ws: Workspace) -> dict[int, str]:
    with ws.db.read() as uow:
        calls = uow.calls.many(uow.calls.ids_of(list(range(1, ITEMS + 1))))
    return {int(str(c.extra["label_item"])[1:]): c.id for c in calls}


def _judge(ws: Workspace) -> None:
    made = JudgeDefinition(
        id="", version=0, name="mos", title="MOS", kind="llm", unit="call", modality="text",
        context="whole", rubric="labels.mos", shape="single", prompts={"user": PROMPT},
    )  # fmt: skip
    with ws.db.human() as uow:
        uow.judges.add_definition(made)


def _answer(asked: Asked, said: Any, schemas: list[Any]) -> Answer:
    number = next(n for n in reversed(range(ITEMS)) if f"Sentence {n} of all." in asked.text)

    def choose(path: tuple[str, ...], schema: Mapping[str, Any]) -> Any:
        if path[-1:] != ("score",):
            return OPEN
        schemas.append(next(s for s in schema.get("anyOf", [schema]) if s.get("type") == "number"))
        return 5.5 if number == 7 else float(said[number])

    return ok(choose)(asked)
