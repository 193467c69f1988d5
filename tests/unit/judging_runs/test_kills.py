"""A judge run whose process is killed goes on: no stored answer is asked for again, none is lost.

`CALLBENCH_JUDGE_CALLS` and `CALLBENCH_JUDGE_KILLS` set the size.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.domain.evaluation import Run
from app.domain.work import Quiet
from app.services import evaluating, raters
from app.services.judging import judging_runs
from app.services.workspace import Workspace
from tests.unit.judging_runs.conftest import DIMENSIONS, GIC, add_calls, open_shop, replies

ROOT = Path(__file__).parents[3]
CALLS = int(os.environ.get("CALLBENCH_JUDGE_CALLS", "20"))
KILLS = int(os.environ.get("CALLBENCH_JUDGE_KILLS", "3"))
CONCURRENCY = 8

CHILD = """
import sys
from pathlib import Path
from app.domain.work import Quiet
from app.services import evaluating
from app.services.workspace import Workspace
from app.services.judging import storing
from db.repos import runs
runs.LEASE_S = 0
commit, land = storing.Store.commit, storing.Store._land
landed = []
def told_land(self, uow, message):
    land(self, uow, message)
    landed.append(message)
def told_commit(self, inbox, worked_ms):
    found = commit(self, inbox, worked_ms)
    if landed:
        print("stored", flush=True)
    landed.clear()
    return found
storing.Store.commit, storing.Store._land = told_commit, told_land
if __name__ == "__main__":
    ws = Workspace.open(Path(sys.argv[1]))
    evaluating.drive(Quiet(), ws, sys.argv[2])
    print("over", flush=True)
"""


@contextmanager
def apart(*words: str) -> Iterator[str]:
    """The loopback judge in a process of its own; its address."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.chat_server", *words],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def asked(url: str) -> list[str]:
    """Idempotency keys of all requests, in order."""
    with urlopen(f"{url.removesuffix('/v1')}/asked") as answer:
        return [each["key"] for each in json.load(answer)["asked"]]


def killed_after(script: Path, ws: Workspace, run: Run, commits: int, moment_s: float) -> bool:
    """Drive the run in a process and kill it after so many commits; whether it was over."""
    child = subprocess.Popen(
        [sys.executable, str(script), str(ws.path), run.id],
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )  # fmt: skip
    assert child.stdout is not None
    for _ in range(commits):
        if child.stdout.readline() != b"stored\n":
            break
    time.sleep(moment_s)
    os.killpg(child.pid, signal.SIGKILL)
    over = b"over" in child.stdout.read()
    child.stdout.close()
    child.wait()
    return over


def noted(ws: Workspace, run: Run) -> set[str]:
    """Idempotency keys of the replies that were on disk, if not in the database."""
    path = ws.cache_dir / "judging" / f"{run.id}.jsonl"
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return {json.loads(line)[0] for line in lines if line.endswith(b"\n")}


def stored(ws: Workspace) -> set[str]:
    return {f"{r['key']}-{r['attempt']}" for r in replies(ws)}


@pytest.mark.slow
def test_killed_run_asks_nothing_again_that_was_answered(tmp_path: Path) -> None:
    draw = random.Random(11)
    with apart("--latency-ms", "30", "--when", "CALL-003=malformed") as url:
        ws = open_shop(tmp_path / "ws", url, concurrency=CONCURRENCY)
        lead = raters.sign_in(ws, "Lee", "lead")
        ids = add_calls(ws, CALLS)
        run = judging_runs.create(ws, lead, ids, [GIC])
        script = tmp_path / "drive.py"
        script.write_text(CHILD)
        settled: dict[str, int] = {}
        lost = 0
        for _ in range(KILLS):
            over = killed_after(script, ws, run, draw.randint(2, 12), draw.uniform(0, 0.03))
            known, sent = stored(ws) | noted(ws, run), asked(url)
            assert known >= settled.keys()
            assert known <= set(sent)
            # What was in flight when the process died.
            assert len(set(sent) - known) <= CONCURRENCY + lost
            lost = len(set(sent) - known)
            assert_counted(ws, run)
            # From here on nothing of this may be asked again.
            settled.update({key: Counter(sent)[key] for key in known if key not in settled})
            if over:
                break
        with ws.db.machine() as uow:  # the lease of the killed process runs out
            uow.connection.exec_driver_sql("UPDATE run SET beat_at = '2020-01-01T00:00:00Z'")
        done = evaluating.run(ws, run.id)
        if done.state != "done":
            done = evaluating.drive(Quiet(), ws, run.id)
        sent_in_all = Counter(asked(url))
        try:
            assert len(settled) > KILLS  # the processes did get somewhere
            assert {key: sent_in_all[key] for key in settled} == settled
            assert stored(ws) == set(sent_in_all)
            assert noted(ws, run) == set()
            asks = CALLS * DIMENSIONS
            assert (done.state, done.steps, done.settled) == ("done", asks, asks)
            assert (done.done, done.failed) == (asks - DIMENSIONS, DIMENSIONS)
            rows = replies(ws)
            assert len({(r["key"], r["attempt"]) for r in rows}) == len(rows)
            assert len({r["key"] for r in rows}) == asks
            with ws.db.read() as uow:
                scores = uow.scores.visible(lead, newest=False)
                assert uow.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert len(scores) == asks
            assert len({(s.item_id, s.criterion_id) for s in scores}) == asks
        finally:
            ws.close()


def assert_counted(ws: Workspace, run: Run) -> None:
    """The counters say what the database holds, at whatever moment the process died."""
    now = evaluating.run(ws, run.id)
    with ws.db.read() as uow:
        scored = uow.connection.exec_driver_sql("SELECT count(*) FROM score").scalar_one()
    assert now.done + now.failed == scored
