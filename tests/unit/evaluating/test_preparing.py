"""A model that a run names is fetched before its first step, with progress; or said in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.changes import Changes
from app.domain.errors import EnvironmentFault
from app.domain.evaluation import EvaluatorSpec
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import evaluating
from app.services.workspace import Workspace
from tests.unit.asr.hearing import MICRO
from tests.unit.asr.hub_server import Hub, serving
from tests.unit.evaluating.conftest import DETECT

REPO = "someone/whisper-micro"
WHISPER = EvaluatorSpec(name="asr.whisper", args={"model": REPO, "language": "en", "device": "cpu"})
Filled = Callable[[int], list[str]]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with serving(REPO, MICRO) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        yield found


def evaluating_ids(ws: Workspace) -> list[str]:
    with ws.db.read() as uow:
        return uow.runs.call_ids(evaluating.runs(ws)[0].id)


def test_model_is_fetched_once_and_the_run_says_so(
    ws: Workspace, lead: Viewer, filled: Filled, hub: Hub
) -> None:
    run = evaluating.create(ws, lead, filled(2), (DETECT, WHISPER), where="threads")
    notes: list[str] = []

    def told(changes: Changes) -> None:
        if changes.runs:
            notes.append(evaluating.run(ws, run.id).note)

    done = evaluating.drive(Quiet(), ws, run.id, told=told)
    assert (done.state, done.done, done.failed, done.note) == ("done", 4, 0, "")
    assert any(n.startswith(f"Fetching Whisper {REPO}, ") for n in notes)
    asked = len(hub.asked)
    again = evaluating.create(ws, lead, evaluating_ids(ws), (WHISPER,), where="threads")
    assert evaluating.drive(Quiet(), ws, again.id).reused == 2
    assert len(hub.asked) == asked


def test_no_network_pauses_the_run_with_its_reason(
    ws: Workspace, lead: Viewer, filled: Filled, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    run = evaluating.create(ws, lead, filled(1), (DETECT, WHISPER), where="threads")
    with pytest.raises(EnvironmentFault):
        evaluating.drive(Quiet(), ws, run.id)
    paused = evaluating.run(ws, run.id)
    assert paused.state == "paused"
    assert paused.settled == 0
    assert "folder" in paused.note
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    assert evaluating.drive(Quiet(), ws, run.id).state == "done"
