"""Runs go on while a window is open, stop with it, and go on in the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.changes import Changes
from app.services import evaluating
from app.services.evaluating import attending, choosing
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.runs.feed import CountedPool, Feed
from tests.ui import runs_rig as rig

LONG_AGO = "2026-01-01T00:00:00.000000Z"
LONG_MS = 20_000


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[rig.Gate]:
    yield rig.use_evaluators(monkeypatch)
    rig.forget_evaluators()


@pytest.fixture
def ids(workspace: Workspace, tmp_path: Path, gate: rig.Gate) -> list[str]:
    return rig.add_recordings(workspace, tmp_path / "recordings", 4)


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any, ids: list[str]) -> Iterator[UiContext]:
    with rig.window_on(workspace) as made:
        yield made


def until_state(qtbot: Any, ctx: UiContext, run: Any, state: str) -> None:
    qtbot.waitUntil(lambda: rig.state_of(ctx, run) == state, timeout=LONG_MS)


def until_idle(qtbot: Any, ctx: UiContext) -> None:
    qtbot.waitUntil(lambda: not ctx.runs.feeds and not ctx.runner.live, timeout=LONG_MS)


def until_begun(qtbot: Any, ctx: UiContext, run: Any) -> None:
    """Until a worker is on one of its steps."""

    def begun() -> bool:
        feed = ctx.runs.feed(run.id)
        return feed is not None and bool(feed.busy)

    qtbot.waitUntil(begun, timeout=LONG_MS)


def test_a_run_is_carried_out_and_every_call_is_told_of(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    told: list[Changes] = []
    ctx.bus.changed.connect(lambda changes, by: told.append(changes) if by is ctx.runs else None)
    run = rig.make_run(ctx, ids, "test.held", "test.fails")
    gate.open()
    ctx.runs.start(run.id)
    until_state(qtbot, ctx, run, "done")
    until_idle(qtbot, ctx)
    done = evaluating.run(ctx.ws, run.id)
    assert (done.done, done.failed) == (8, 0)
    assert frozenset().union(*(changes.metrics for changes in told)) == frozenset(ids)
    assert told[-1].runs
    assert told[-1].everything, "another window may have written meanwhile"


def test_what_many_steps_change_is_told_together(
    qtbot: Any, workspace: Workspace, tmp_path: Path, ctx: UiContext, gate: rig.Gate
) -> None:
    more = rig.add_recordings(workspace, tmp_path / "more", 24)
    told: list[Changes] = []
    ctx.bus.changed.connect(lambda changes, _by: told.append(changes))
    gate.open()
    run = rig.make_run(ctx, more, "test.held", "test.fails")
    ctx.runs.start(run.id)
    until_idle(qtbot, ctx)
    steps = evaluating.run(ctx.ws, run.id).done
    assert len([changes for changes in told if changes.metrics]) < steps


def test_pausing_keeps_what_is_done_and_resuming_does_the_rest_once(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    ctx.runs.start(run.id)
    gate.pass_on()
    qtbot.waitUntil(lambda: evaluating.run(ctx.ws, run.id).done == 1, timeout=LONG_MS)
    until_begun(qtbot, ctx, run)
    ctx.runs.pause(run.id)
    assert ctx.runs.asked(run.id) == "pause"
    until_state(qtbot, ctx, run, "paused")
    until_idle(qtbot, ctx)
    paused = evaluating.run(ctx.ws, run.id)
    assert (paused.note, paused.done) == (attending.PAUSED_NOTE, 1)
    assert ctx.runs.asked(run.id) == ""
    gate.open()
    ctx.runs.resume(run.id)
    until_state(qtbot, ctx, run, "done")
    assert evaluating.run(ctx.ws, run.id).done == 4
    with ctx.ws.db.read() as uow:
        count = uow.connection.exec_driver_sql("SELECT count(*) FROM result").scalar_one()
    assert count == 4


def test_resuming_at_once_after_pausing_still_goes_on(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    ctx.runs.start(run.id)
    until_begun(qtbot, ctx, run)
    ctx.runs.pause(run.id)
    ctx.runs.resume(run.id)
    gate.open()
    until_state(qtbot, ctx, run, "done")


def test_stopping_ends_a_run_and_keeps_its_results(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    ctx.runs.start(run.id)
    gate.pass_on(2)
    qtbot.waitUntil(lambda: evaluating.run(ctx.ws, run.id).done == 2, timeout=LONG_MS)
    ctx.runs.cancel(run.id)
    until_state(qtbot, ctx, run, "cancelled")
    until_idle(qtbot, ctx)
    stored = evaluating.values_of(ctx.ws, ids, ["held"])
    assert len(stored) == 2


def test_a_third_run_waits_and_can_be_paused_before_its_turn(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    first, second, third = (rig.make_run(ctx, ids[n : n + 1], "test.held") for n in range(3))
    for run in (first, second, third):
        ctx.runs.start(run.id)
    until_begun(qtbot, ctx, first)
    until_begun(qtbot, ctx, second)
    feed = ctx.runs.feed(third.id)
    assert feed is not None
    assert not feed.begun
    ctx.runs.pause(third.id)
    until_state(qtbot, ctx, third, "paused")
    gate.open()
    until_idle(qtbot, ctx)
    assert [rig.state_of(ctx, run) for run in (first, second, third)] == ["done", "done", "paused"]


def test_a_closed_window_pauses_its_run_and_the_next_goes_on(
    qtbot: Any, workspace: Workspace, ids: list[str], gate: rig.Gate, qapp: Any
) -> None:
    with rig.context(workspace) as first:
        run = rig.make_run(first, ids, "test.held")
        waiting = [rig.make_run(first, ids[:1], "test.held") for _ in range(2)]
        for each in (run, *waiting):
            first.runs.start(each.id)
        until_begun(qtbot, first, run)
        first.runs.close()
        first.runner.close()
    closed = evaluating.run(workspace, run.id)
    assert (closed.state, closed.note) == ("paused", attending.CLOSED_NOTE)
    with rig.window_on(workspace) as second:
        for each in waiting:  # they were made moments ago: only time tells them from a new one
            rig.set_run(second, each, created_at=LONG_AGO)
        gate.open()
        second.runs.begin()
        for each in (run, *waiting):
            until_state(qtbot, second, each, "done")
        ended = evaluating.run(workspace, run.id)
        # What the first held when it closed may end as the gate opens: then it is there already.
        assert (ended.done + ended.reused, ended.failed) == (4, 0)


def test_a_run_that_a_person_paused_stays_paused(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    evaluating.pause(ctx.ws, run.id)
    ctx.runs.begin()
    with qtbot.waitSignal(ctx.runs.counted, timeout=300, raising=False):
        ctx.runs.look()
    until_idle(qtbot, ctx)
    assert rig.state_of(ctx, run) == "paused"


def test_a_run_whose_machine_went_away_is_taken_on(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.held")
    rig.set_run(ctx, run, state="running", owner="gone", beat_at=LONG_AGO)
    gate.open()
    ctx.runs.begin()
    until_state(qtbot, ctx, run, "done")


def test_another_windows_run_is_left_alone_and_counted(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    from app.domain.clock import utc_now

    run = rig.make_run(ctx, ids, "test.held")
    rig.set_run(ctx, run, state="running", owner="other", beat_at=utc_now())
    said: list[str] = []
    ctx.bus.message.connect(lambda _level, what, _remedy: said.append(what))
    ctx.runs.begin()
    with qtbot.waitSignal(ctx.runs.counted) as counted:
        ctx.runs.look()
    assert counted.args == [1]
    assert ctx.runs.feeds == ()
    ctx.runs.start(run.id)
    until_idle(qtbot, ctx)
    assert rig.state_of(ctx, run) == "running"
    assert said == []


def test_failures_are_tried_again_in_a_run_of_their_own(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    rig.FAILING.update({"CB-00002", "CB-00003"})
    before = rig.run_through(ctx, ids, "test.fails")
    assert before.failed == 2
    rig.FAILING.clear()
    made: list[Any] = []
    ctx.runs.retry_failed(before.id, made.append)
    qtbot.waitUntil(lambda: bool(made), timeout=LONG_MS)
    until_state(qtbot, ctx, made[0], "done")
    again = evaluating.run(ctx.ws, made[0].id)
    assert (again.calls, again.done, again.failed) == (2, 2, 0)
    assert evaluating.failures(ctx.ws, before.id) == []


def test_a_cluster_that_is_not_there_is_said_once_and_pauses_the_run(
    qtbot: Any, ctx: UiContext, ids: list[str], gate: rig.Gate
) -> None:
    run = rig.make_run(ctx, ids, "test.fails", where="dask")
    choosing.keep_address(ctx.ws, run.id, "nonsense://127.0.0.1:1")
    said: list[str] = []
    ctx.bus.message.connect(lambda _level, what, _remedy: said.append(what))
    ctx.runs.begin()
    ctx.runs.start(run.id)
    qtbot.waitUntil(lambda: bool(said), timeout=LONG_MS)
    until_idle(qtbot, ctx)
    ctx.runs.look()
    until_idle(qtbot, ctx)
    assert len(said) == 1
    stored = evaluating.run(ctx.ws, run.id)
    assert stored.state == "paused"
    assert "nonsense" in stored.note


def test_a_driver_gets_no_room_before_it_has_heard_what_is_asked() -> None:
    class Endless:
        capacity = 3

    feed = Feed("r")
    pool = CountedPool(Endless(), feed._must_look_up)  # type: ignore[arg-type]
    assert (pool.capacity, pool.size) == (3, 3)
    feed.ask("pause")
    assert (pool.capacity, pool.size) == (0, 3)
    with pytest.raises(attending.PausedByPerson):
        feed.raise_if_cancelled()
