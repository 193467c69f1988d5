"""Worker processes that die or hang, and a cluster of real worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.domain.errors import EnvironmentFault
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.eval.work import Job
from app.services import evaluating
from app.services.evaluating.pools import DaskPool, ProcessPool
from app.services.workspace import Workspace
from tests.unit.evaluating.conftest import BOTH, DETECT

Filled = Callable[[int], list[str]]


class Striking(ProcessPool):
    """Sends a signal to the worker that has just been given one call's step."""

    def __init__(self, workers: int, code: str, what: signal.Signals) -> None:
        super().__init__(workers)
        self._code, self._what = code, what

    def submit(self, job: Job) -> Any:
        future = super().submit(job)
        if job.source.call.code == self._code:
            slot = next(s for s in self._slots if s.holds(future))
            os.kill(slot._pid, self._what)
        return future


def test_process_pool_computes_what_threads_compute(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    ids = filled(4)
    run = evaluating.create(ws, lead, ids, BOTH, where="processes", workers=2)
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.done, done.failed) == ("done", 8, 0)
    here = evaluating.create(ws, lead, ids, BOTH, where="threads")
    assert evaluating.drive(Quiet(), ws, here.id).reused == 8


def test_killed_worker_costs_one_step(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    run = evaluating.create(ws, lead, filled(5), (DETECT,), where="processes", workers=2)
    pool = Striking(2, "CB-00003", signal.SIGKILL)
    try:
        done = evaluating.drive(Quiet(), ws, run.id, pool=pool)
    finally:
        pool.close()
    assert (done.state, done.done, done.failed) == ("done", 4, 1)
    (failure,) = evaluating.failures(ws, run.id)
    assert (failure.kind, failure.code) == ("died", "CB-00003")


def test_hanging_worker_costs_one_step(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    run = evaluating.create(ws, lead, filled(4), (DETECT,), where="processes", workers=2)
    pool = Striking(2, "CB-00002", signal.SIGSTOP)
    try:
        done = evaluating.drive(Quiet(), ws, run.id, pool=pool, step_limit_s=3.0)
    finally:
        pool.close()
    assert (done.state, done.done, done.failed) == ("done", 3, 1)
    (failure,) = evaluating.failures(ws, run.id)
    assert (failure.kind, failure.code) == ("timeout", "CB-00002")


def test_workers_are_gone_after_close(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    pool = ProcessPool(1)
    run = evaluating.create(ws, lead, filled(1), (DETECT,), where="processes", workers=1)
    evaluating.drive(Quiet(), ws, run.id, pool=pool)
    worker = psutil.Process(pool._slots[0]._pid)
    pool.close()
    gone, alive = psutil.wait_procs([worker], timeout=10)
    assert gone or all(p.status() == psutil.STATUS_ZOMBIE for p in alive)


@pytest.fixture
def cluster() -> Any:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=50,
    ) as made:
        yield made


def test_dask_cluster_of_real_processes(
    ws: Workspace, lead: Viewer, filled: Filled, cluster: Any
) -> None:
    run = evaluating.create(ws, lead, filled(4), BOTH, where="dask")
    done = evaluating.drive(Quiet(), ws, run.id, address=cluster.scheduler_address)
    assert (done.state, done.done, done.failed) == ("done", 8, 0)


def test_no_scheduler_is_told_in_words() -> None:
    with pytest.raises(EnvironmentFault, match="No Dask scheduler answers"):
        DaskPool("tcp://127.0.0.1:9", timeout_s=0.5)


ORPHAN = """
import sys
from app.services.evaluating.pools import ProcessPool
from app.eval.base import CallInput
from app.eval.work import Job
from app.domain.calls import Call
if __name__ == "__main__":
    pool = ProcessPool(1)
    call = Call(id="c", code="CB-1", title="", rate_hz=8000, frame_count=8, channel_map="mono",
                tracks=(), source_path="", content_sha256="", imported_at="")
    pool.submit(Job(evaluator="turns.callbench", source=CallInput(call=call))).result()
    print(pool._slots[0]._pid, flush=True)
    sys.stdin.read()
"""


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    worker = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    gone, alive = psutil.wait_procs([worker], timeout=10)
    parent.stdout.close()
    parent.stdin.close()
    assert gone or all(p.status() == psutil.STATUS_ZOMBIE for p in alive)
