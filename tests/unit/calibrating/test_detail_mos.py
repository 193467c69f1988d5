"""Opinion studies beside predictions: P.1401 by hand, grey where votes are few."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.domain.evaluation import NewResult
from app.domain.metrics import MetricValue
from app.domain.ratings import Viewer
from app.services import raters
from app.services.calibrating.detail_mos import MosView, mos_of, opinion_studies
from app.services.opening import open_workspace
from app.services.workspace import Workspace
from tests.ui.test_studies_screen import open_acr, vote_all
from tests.unit.studies.conftest import fill as record

CALLS = 8


@pytest.fixture(scope="module")
def voted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Viewer, str]]:
    """Two raters' votes on clips of eight calls, and a model's predictions of their agents."""
    folder: Path = tmp_path_factory.mktemp("mos")
    ws = open_workspace(folder / "ws", create=True)
    ids = [call.id for call in record(ws, folder / "recordings", CALLS)]
    lead, study = open_acr(ws, ids)
    for name in ("Ann", "Berta"):
        vote_all(ws, study.id, name)
    with ws.db.machine() as uow:
        for at, call_id in enumerate(ids):
            values = [
                MetricValue(metric_id="dnsmos.ovrl", speaker="agent", value=2.0 + at / 4),
                MetricValue(metric_id="dnsmos.ovrl", speaker="caller", value=1.0),
            ]
            values += [MetricValue(metric_id="plcmos", speaker="agent", value=3.0)] * (at < 1)
            uow.evaluations.add(
                NewResult(call_id=call_id, evaluator="signal.dnsmos", version="1", args={},
                          inputs={}, key=f"k{at}", status="ok", values=tuple(values))
            )  # fmt: skip
    yield ws, lead, study.id
    ws.close()


@pytest.fixture(scope="module")
def view(voted: tuple[Workspace, Viewer, str]) -> MosView:
    return mos_of(*voted)


def test_predictions_are_of_the_speaker_that_was_heard(view: MosView) -> None:
    (found,) = view.predicted
    assert found.metric == "dnsmos.ovrl"
    assert min(p.predicted for p in found.points) >= 2.0, "the agent's alone"
    assert "PLCMOS" in view.missing


def test_figures_are_those_of_the_points(view: MosView) -> None:
    (found,) = view.predicted
    mos = np.array([p.mos for p in found.points])
    predicted = np.array([p.predicted for p in found.points])
    raw, first, third = found.fits
    assert raw is not None
    assert first is not None
    assert raw.rmse == pytest.approx(np.sqrt(((mos - predicted) ** 2).mean()))
    assert raw.pcc == pytest.approx(np.corrcoef(mos, predicted)[0, 1])
    assert first.coefficients
    assert third is None
    assert "needs 30 clips" in found.cubic_reason
    assert found.few_votes, "two votes a clip: rmse* says nothing"


def test_conditions_have_both_intervals(view: MosView) -> None:
    for name, told in view.results.conditions.items():
        if told.n >= 2:
            low, high = view.simple[name]
            assert told.mean is not None
            assert low <= told.mean <= high
            assert (low < high) == bool(told.sd), "votes that are all alike have no width"


def test_reviewers_see_no_study(voted: tuple[Workspace, Viewer, str]) -> None:
    ws, lead, study_id = voted
    assert [s.id for s in opinion_studies(ws, lead)] == [study_id]
    assert opinion_studies(ws, raters.sign_in(ws, "Rosa", "reviewer")) == []
