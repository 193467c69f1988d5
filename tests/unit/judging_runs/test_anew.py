"""Anchors are rerun: the same judge version is asked the same again, and its scores are repeats."""

from __future__ import annotations

import pytest

from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import evaluating
from app.services.calibrating import anchors, drifting, gather, rerunning, splits
from app.services.judging import judging_runs
from app.services.workspace import Workspace
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import GIC, add_calls, replies


def test_a_run_that_asks_anew_asks_what_was_answered(
    ws: Workspace, lead: Viewer, server: ChatServer
) -> None:
    calls = add_calls(ws, 1)
    first = judging_runs.create(ws, lead, calls, [GIC])
    asked = evaluating.drive(Quiet(), ws, first.id).steps
    again = judging_runs.create(ws, lead, calls, [GIC])
    evaluating.drive(Quiet(), ws, again.id)
    assert len(server.asked) == asked
    anew = judging_runs.create(ws, lead, calls, [GIC], anew=True)
    assert evaluating.drive(Quiet(), ws, anew.id).done == asked
    assert len(server.asked) == 2 * asked
    assert sorted(r["attempt"] for r in replies(ws)) == [1] * asked + [2] * asked


def test_anchors_are_rerun_by_the_same_version_at_the_same_endpoint(
    ws: Workspace, lead: Viewer, server: ChatServer
) -> None:
    calls = add_calls(ws, 8)
    evaluating.drive(Quiet(), ws, judging_runs.create(ws, lead, calls, [GIC]).id)
    rubric = next(iter(gather_rubrics(ws)))
    found = gather.load(ws, lead, rubric)
    (judge,) = found.judges.values()
    with pytest.raises(BadInput, match="no frozen anchors"):
        rerunning.rerun_anchors(ws, lead, found, judge)
    splits.freeze(ws, lead, {"train": 0.2, "dev": 0.2, "anchor_test": 0.6})
    found = gather.load(ws, lead, rubric)
    held = drifting.anchor_calls(found)
    assert 0 < len(held) <= len(calls)
    before = len(server.asked)
    run = rerunning.rerun_anchors(ws, lead, found, judge)
    assert run.title.startswith("Anchors, gic@")
    evaluating.drive(Quiet(), ws, run.id)
    assert len(server.asked) > before
    found = gather.load(ws, lead, rubric)
    assert list(found.judges.values()) == [judge]
    key = found.rubric.criteria[0].key
    runs = anchors.reruns(found, judge, key)
    assert runs is not None
    assert len(set(runs.calls.tolist())) <= len(held)


def gather_rubrics(ws: Workspace) -> list[str]:
    from db.repos.calibration_facts import CalibrationFacts

    with ws.db.read() as uow:
        return list(CalibrationFacts(uow.connection).rubrics_scored())
