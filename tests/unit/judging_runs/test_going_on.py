"""Pausing, cancelling, closing the window, a lost lease, and what goes on from there."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.changes import Changes
from app.domain.errors import Cancelled, EnvironmentFault, NotAllowed
from app.domain.evaluation import Run
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import evaluating
from app.services.evaluating.attending import PausedByPerson, WindowClosed, unattended
from app.services.judging import driver, judging_runs
from app.services.judging.asks import Planned, Unit
from app.services.judging.planning import Planner
from app.services.workspace import Workspace
from tests.support.chat_answers import error
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import GIC, add_calls, replies

ASKS = 48


@pytest.fixture
def run(ws: Workspace, lead: Viewer, server: ChatServer) -> Run:
    server.latency_s = 0.4  # three rounds of it: time enough to be heard on a busy machine
    return judging_runs.create(ws, lead, add_calls(ws, 6), [GIC])


class Until(Quiet):
    """Interrupts once the endpoint was asked so often."""

    def __init__(self, server: ChatServer, asked: int, interruption: Cancelled) -> None:
        self._server, self._asked, self._interruption = server, asked, interruption

    def raise_if_cancelled(self) -> None:
        if len(self._server.asked) >= self._asked:
            raise self._interruption


@pytest.mark.parametrize("interruption", [PausedByPerson(), WindowClosed()])
def test_what_is_in_flight_when_it_is_interrupted_is_kept(
    ws: Workspace, run: Run, server: ChatServer, interruption: Cancelled
) -> None:
    with pytest.raises(Cancelled):
        evaluating.drive(Until(server, 10, interruption), ws, run.id)
    paused = evaluating.run(ws, run.id)
    assert (paused.state, paused.note) == ("paused", str(interruption))
    assert 10 <= len(server.asked) == paused.done == len(replies(ws)) < ASKS
    assert [r.id for r in unattended(ws)] == ([run.id] if "window" in paused.note else [])
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.done, done.steps) == ("done", ASKS, ASKS)
    assert len(server.keys) == len(set(server.keys)) == ASKS


@pytest.mark.parametrize(("wish", "state"), [("pause", "paused"), ("cancel", "cancelled")])
def test_wishes_of_other_windows_are_heard(
    ws: Workspace, run: Run, server: ChatServer, wish: str, state: str
) -> None:
    def ask() -> None:
        while len(server.asked) < 5:
            time.sleep(0.002)
        getattr(evaluating, wish)(ws, run.id)

    asking = threading.Thread(target=ask)
    asking.start()
    left = evaluating.drive(Quiet(), ws, run.id)
    asking.join()
    assert left.state == state
    assert 5 <= left.done == len(server.asked) < ASKS
    if state == "cancelled":
        with pytest.raises(NotAllowed):
            evaluating.drive(Quiet(), ws, run.id)


def test_only_one_of_two_drivers_gets_a_run(ws: Workspace, run: Run, server: ChatServer) -> None:
    found: list[object] = []

    def drive() -> None:
        try:
            found.append(evaluating.drive(Quiet(), ws, run.id).state)
        except NotAllowed:
            found.append("refused")

    both = [threading.Thread(target=drive) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(map(str, found)) == ["done", "refused"]
    assert len(server.keys) == len(set(server.keys)) == ASKS
    assert evaluating.run(ws, run.id).done == ASKS


def test_a_driver_whose_run_was_taken_over_stores_nothing_more(
    ws: Workspace, run: Run, server: ChatServer
) -> None:
    def take() -> None:
        while len(replies(ws)) < 8:
            time.sleep(0.002)
        with ws.db.machine() as uow:
            uow.connection.exec_driver_sql("UPDATE run SET owner = 'another'")

    taking = threading.Thread(target=take)
    taking.start()
    left = evaluating.drive(Quiet(), ws, run.id)
    taking.join()
    assert left.state == "running"  # as the other one has it
    assert left.done == len(replies(ws)) < ASKS


def test_counters_are_right_when_all_else_is_answered_meanwhile(
    ws: Workspace, lead: Viewer, run: Run, server: ChatServer
) -> None:
    with pytest.raises(Cancelled):
        evaluating.drive(Until(server, 12, PausedByPerson()), ws, run.id)
    before = evaluating.run(ws, run.id).done
    with ws.db.read() as uow:
        ids = uow.runs.call_ids(run.id)
    evaluating.drive(Quiet(), ws, judging_runs.create(ws, lead, ids, [GIC]).id)
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.steps) == ("done", ASKS)
    assert (done.done, done.reused) == (before, ASKS - before)
    assert len(server.asked) == ASKS


def test_a_run_without_hope_stops_and_says_why(ws: Workspace, run: Run, server: ChatServer) -> None:
    server.script = error(401, "bad key")
    left = evaluating.drive(Quiet(), ws, run.id)
    assert left.state == "paused"
    assert "10 requests in a row failed at loopback" in left.note
    assert 10 <= left.failed == len(replies(ws)) < ASKS
    server.script = ChatServer().script
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.done + done.failed) == ("done", ASKS)
    assert Counter(r["status"] for r in replies(ws)) == {"failed": left.failed, "ok": done.done}


def test_a_machine_in_the_way_pauses_the_run_and_loses_no_call(
    ws: Workspace, run: Run, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, planned = Planner.plan, []

    def full(self: Planner, unit: Unit) -> Planned:
        planned.append(unit)
        if len(planned) == 3:
            raise EnvironmentFault("The disk is full.", "Make room.")
        return plan(self, unit)

    with monkeypatch.context() as patch:
        patch.setattr(Planner, "plan", full)
        with pytest.raises(EnvironmentFault):
            evaluating.drive(Quiet(), ws, run.id)
    paused = evaluating.run(ws, run.id)
    assert (paused.state, paused.note) == ("paused", "The disk is full. Make room.")
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.steps, done.done) == ("done", ASKS, ASKS)
    assert len(server.keys) == len(set(server.keys)) == ASKS


def test_a_call_that_cannot_be_planned_is_left_out_with_its_reason(
    ws: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = Planner._asked

    def broken(self: Planner, unit: Unit, *rest: Any) -> Planned:
        if unit.call_id == first:
            raise ValueError("half a template")
        return planned(self, unit, *rest)

    with ws.db.read() as uow:
        first = uow.runs.call_ids(run.id)[0]
    monkeypatch.setattr(Planner, "_asked", broken)
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.done, done.skipped) == ("done", ASKS - 8, 1)
    (skip,) = judging_runs.skipped(ws, run.id)
    assert (skip.call_id, "half a template" in skip.reason) == (first, True)


def test_what_changes_is_told_together(ws: Workspace, run: Run) -> None:
    told: list[Changes] = []
    began_s = time.monotonic()
    evaluating.drive(Quiet(), ws, run.id, told=told.append)
    # counted, not timed: a busy machine may hold one telling up and let the next follow close;
    # the first change and the end are told at once
    assert len(told) <= (time.monotonic() - began_s) / driver.TELL_S + 2
    assert len(told) < ASKS
    whole = Changes()
    for changes in told:
        whole |= changes
    with ws.db.read() as uow:
        ids = frozenset(uow.runs.call_ids(run.id))
    assert (whole.runs, whole.scores, whole.calls) == (True, ids, ids)


def test_the_library_follows(ws: Workspace, judge: Callable[..., Run], lead: Viewer) -> None:
    (call_id,) = add_calls(ws, 1)
    judge([call_id])
    with ws.db.read() as uow:
        values = [s.answer.value for s in uow.scores.visible(lead) if s.answer.status == "observed"]
        shown = uow.connection.exec_driver_sql("SELECT judge FROM call_summary").scalar_one()
    assert shown == pytest.approx(sum(v for v in values if v is not None) / len(values))
