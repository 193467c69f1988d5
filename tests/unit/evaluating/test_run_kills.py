"""A run that is killed at any moment goes on: nothing is computed twice, nothing is missed.

`CALLBENCH_RUN_CALLS` and `CALLBENCH_RUN_KILLS` set the size (the soak asks for 1,000 calls).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import evaluating
from app.services.workspace import Workspace
from tests.unit.evaluating.conftest import BOTH, fill

ROOT = Path(__file__).parents[3]
CALLS = int(os.environ.get("CALLBENCH_RUN_CALLS", "16"))
KILLS = int(os.environ.get("CALLBENCH_RUN_KILLS", "3"))

CHILD = """
import sys
from pathlib import Path
from app.domain.work import Quiet
from app.services import evaluating
from app.services.workspace import Workspace
from db.repos import runs
runs.LEASE_S = 0
if __name__ == "__main__":
    ws = Workspace.open(Path(sys.argv[1]))
    evaluating.drive(Quiet(), ws, sys.argv[2], told=lambda _c: print("step", flush=True))
    print("over", flush=True)
"""


def killed_after(script: Path, ws: Workspace, run_id: str, steps: int, moment_s: float) -> bool:
    """Drive the run in a process and kill it with its workers some time after so many steps.

    Returns whether it was over before.
    """
    child = subprocess.Popen(
        [sys.executable, str(script), str(ws.path), run_id],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert child.stdout is not None
    for _ in range(steps):
        if child.stdout.readline() != b"step\n":
            break
    time.sleep(moment_s)
    os.killpg(child.pid, signal.SIGKILL)
    over = b"over" in child.stdout.read()
    child.stdout.close()
    child.wait()
    return over


def test_killed_run_repeats_nothing_and_misses_nothing(
    ws: Workspace, lead: Viewer, tmp_path: Path
) -> None:
    ids = fill(ws, tmp_path / "recordings", CALLS)
    with ws.db.read() as uow:
        poisoned = uow.calls.get(ids[CALLS // 2])
    assert poisoned is not None
    ws.audio_path(poisoned.tracks[0].audio_sha256, ".wav").write_bytes(b"no sound")
    script = tmp_path / "drive.py"
    script.write_text(CHILD)
    run = evaluating.create(ws, lead, ids, BOTH, where="processes", workers=2)
    draw = random.Random(7)
    seen = 0
    for _ in range(KILLS):
        if killed_after(
            script, ws, run.id, draw.randint(1, max(1, CALLS // KILLS)), draw.uniform(0, 0.1)
        ):
            break
        now = evaluating.run(ws, run.id)
        assert now.settled > seen
        seen = now.settled
    with ws.db.machine() as uow:  # the lease of the killed process runs out
        uow.connection.exec_driver_sql("UPDATE run SET beat_at = '2020-01-01T00:00:00Z'")
    done = evaluating.run(ws, run.id)
    if done.state != "done":
        done = evaluating.drive(Quiet(), ws, run.id)
    assert done.state == "done"
    assert done.settled == done.steps == 2 * CALLS
    # The poisoned call has no timing, so that its turns do not apply.
    assert (done.done, done.failed, done.skipped) == (2 * CALLS - 2, 1, 1)
    (failure,) = evaluating.failures(ws, run.id)
    assert failure.call_id == poisoned.id
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql(
            "SELECT count(*), count(DISTINCT call_id || evaluator) FROM result"
        ).one()
        doubled = uow.connection.exec_driver_sql(
            "SELECT count(*) FROM (SELECT 1 FROM layer GROUP BY call_id, kind HAVING count(*) > 1)"
        ).scalar_one()
        assert uow.connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert tuple(rows) == (2 * CALLS - 1, 2 * CALLS - 1)
    assert doubled == 0
    print(json.dumps({"calls": CALLS, "settled_when_killed": seen}))  # noqa: T201
