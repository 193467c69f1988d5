"""Paired tests over the samples of a set of calls (Full-Duplex-Bench 1.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.evaluation import NewResult
from app.domain.metrics import MetricValue
from app.eval.turns import fdb15_metrics as m
from app.services.adaptation_figures import RESPOND, adaptation_figures
from app.services.workspace import Workspace

SLEEP = ([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
         [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])  # fmt: skip
"""Student's own data: t = 4.0621, p = 0.002833 with 9 degrees of freedom."""


def put(ws: Workspace, call_id: str, metric_id: str, **components: Any) -> None:
    value = MetricValue(metric_id=metric_id, value=1.0, profile="fdb-1.5", components=components)
    result = NewResult(
        call_id=call_id, evaluator=f"x.{metric_id}", version="1", args={}, key=metric_id,
        inputs={}, status="ok", values=(value,),
    )  # fmt: skip
    with ws.db.machine() as uow:
        uow.evaluations.add(result)


def test_samples_that_were_answered_are_tested_in_pairs(
    ws: Workspace, make_call: Callable[..., str]
) -> None:
    ids = []
    for at, (before, after) in enumerate(zip(*SLEEP)):
        conditions = {"task": "overlap", "sample": str(at), "clean": False}
        ids.append(make_call(extra={"conditions": conditions}))
        put(ws, ids[-1], m.PITCH.id, before=[before], after=[after])
        put(ws, ids[-1], RESPOND, labelled=1, labels=1)
    ignored = make_call(extra={"conditions": {"task": "overlap", "sample": "x"}})
    put(ws, ignored, m.PITCH.id, before=[1.0], after=[99.0])
    put(ws, ignored, RESPOND, labelled=0, labels=1)
    (found,) = adaptation_figures(ws, [*ids, ignored])
    told = found.components["pre_post"]
    assert (found.metric_id, found.n, found.calls) == (m.PITCH.id, 10, 11)
    assert found.value == pytest.approx(1.58)
    assert (told["t"], told["p"]) == pytest.approx((4.0621, 0.002833), abs=5e-5)
    assert found.components["clean_post"] is None


def test_too_few_samples_say_so_and_none_say_nothing(
    ws: Workspace, make_call: Callable[..., str]
) -> None:
    call_id = make_call()
    assert adaptation_figures(ws, [call_id]) == []
    put(ws, call_id, m.RATE.id, before=[100.0], after=[120.0])
    put(ws, call_id, RESPOND, labelled=1, labels=1)
    (found,) = adaptation_figures(ws, [call_id])
    assert (found.value, found.status) == (None, "undefined")
    assert "Fewer than two" in found.reason
