"""EVA's labels come in, a judge is asked about the same calls, and both figures stand together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app import cli
from app.domain.endpoints import EndpointProfile
from app.domain.work import Quiet
from app.services import opening, raters
from app.services.calibrating import agreement, gather, rules
from app.services.calibrating.labels import import_labels
from app.services.calibrating.published import figures
from app.services.judging import endpoints, judging_runs
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace
from tests.support.chat_server import ChatServer, serving
from tests.support.eva_labels import first_rows, kappa_quadratic, planted, verdict_of

ROWS = 24
METRICS = ("faithfulness", "conversation_progression")


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


@pytest.mark.parametrize("metric", METRICS)
def test_a_judge_is_run_on_the_labelled_calls(
    ws: Workspace, server: ChatServer, shared_data: Path, tmp_path: Path, metric: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path, rows = first_rows(shared_data, tmp_path, metric, ROWS)
    lead = raters.sign_in(ws, "Lee", "lead")
    came = import_labels(Quiet(), ws, lead, path)
    assert (came.added, came.faults) == (len(rows), ())
    order = _in_order(ws, metric)
    said = {row["id"]: verdict_of(row) for row in rows}
    server.script = planted(rows, said)

    run = judging_runs.create(
        ws, lead, order, [JudgeChoice(ref=metric, endpoint="here", model="m")]
    )
    done = judging_runs.drive(Quiet(), ws, run.id)
    assert done.state == "done", done
    assert not judging_runs.skipped(ws, run.id)

    found = gather.load(ws, lead, metric)
    (cell,) = agreement.matrix(found, rules.current(ws), dimensions=[metric])
    labels = np.array([row["expected_rating"] for row in rows])
    given = np.array([said[row["id"]] for row in rows])
    ours = cell.found.judge["kappa_quadratic"]
    assert ours.n == len(rows)
    assert ours.value == pytest.approx(kappa_quadratic(labels, given))

    beside = {f.name: f for f in figures(metric, metric)}
    assert beside["kappa_quadratic"].value == {"faithfulness": 0.836}.get(metric, 0.845)
    assert "published" in beside["kappa_quadratic"].words
    capsys.readouterr()
    words = ["agreement", "--rubric", metric, "--json", "--workspace", str(ws.path)]
    assert cli.run(words) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["published"]["kappa"] == beside["kappa_quadratic"].value
    told = next(c for c in body["cells"] if c["dimension"] == metric)
    assert told["judge_against_people"]["kappa_quadratic"]["value"] == pytest.approx(ours.value)


def test_nothing_was_published_of_other_criteria() -> None:
    assert figures("faithfulness", "hallucination") == ()
    assert figures("reply_basics", "brevity") == ()
    (kappa, _) = figures("eva_labels.agent_speech_fidelity", "agent_speech_fidelity")
    assert (kappa.name, kappa.value, kappa.low) == ("kappa", 0.777, 0.704)


def _in_order(ws: Workspace, metric: str) -> list[str]:
    with ws.db.read() as uow:
        found = {
            str(c.extra["label_item"]): c.id
            for c in uow.calls.many(uow.calls.ids_of(list(range(1, ROWS + 1))))
            if c.extra.get("label_set") == f"eva.{metric}"
        }
    return [found[key] for key in sorted(found, key=int)]
