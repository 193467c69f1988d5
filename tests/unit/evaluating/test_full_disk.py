"""The disk fills up while a run computes: it pauses and says why, and goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from app.domain.changes import Changes
from app.domain.errors import EnvironmentFault
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.eval.work import Done
from app.services import evaluating
from app.services.evaluating.pools import ThreadPool
from app.services.workspace import Workspace
from tests.unit.evaluating.conftest import DETECT, LEVELS, TURNS

UNLIMITED = 2**31 - 2


def allow(ws: Workspace, pages: int | None = None) -> None:
    """Let the database have no more pages than these, or than it has by now."""
    with ws.db.machine() as uow:
        sql = uow.connection.exec_driver_sql
        pages = pages or sql("PRAGMA page_count").scalar_one()
        sql(f"PRAGMA max_page_count = {pages}")


def results(ws: Workspace) -> list[tuple[str, str]]:
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql("SELECT call_id, evaluator FROM result")
        return sorted((row[0], row[1]) for row in rows)


def test_a_run_pauses_on_a_full_disk_and_goes_on(
    ws: Workspace, lead: Viewer, filled: Callable[[int], list[str]]
) -> None:
    ids = filled(12)
    run = evaluating.create(ws, lead, ids, (DETECT, LEVELS, TURNS))
    told = 0

    def on_told(_changes: Changes) -> None:
        nonlocal told
        told += 1
        if told == 8:
            allow(ws)

    pool = ThreadPool(2)
    with pytest.raises(EnvironmentFault, match="full"):
        evaluating.drive(Quiet(), ws, run.id, pool=pool, told=on_told)
    paused = evaluating.run(ws, run.id)
    assert paused.state == "paused"
    assert "is full. Free some space; nothing that was saved is lost." in paused.note
    assert 0 < paused.settled < paused.steps
    assert paused.failed == 0
    assert len(results(ws)) == paused.settled

    allow(ws, UNLIMITED)
    done = evaluating.drive(Quiet(), ws, run.id, pool=pool)
    pool.close()
    assert (done.state, done.settled, done.failed, done.note) == ("done", 36, 0, "")
    names = sorted(s.name for s in (DETECT, LEVELS, TURNS))
    assert results(ws) == sorted((i, name) for i in ids for name in names)


def test_a_full_cache_fails_no_step(
    ws: Workspace,
    lead: Viewer,
    filled: Callable[[int], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = evaluating.create(ws, lead, filled(2), (LEVELS,))
    full = Done(failure="environment", reason="No space left on device.")
    space = SimpleNamespace(free=0)
    pool = ThreadPool(1)
    with monkeypatch.context() as patch:
        patch.setattr("app.services.evaluating.pools.perform", lambda _job, _watch: full)
        patch.setattr("app.services.evaluating.driver.shutil.disk_usage", lambda _path: space)
        with pytest.raises(EnvironmentFault, match="full"):
            evaluating.drive(Quiet(), ws, run.id, pool=pool)
    paused = evaluating.run(ws, run.id)
    assert (paused.state, paused.failed) == ("paused", 0)
    done = evaluating.drive(Quiet(), ws, run.id, pool=pool)
    pool.close()
    assert (done.state, done.done, done.failed) == ("done", 2, 0)
