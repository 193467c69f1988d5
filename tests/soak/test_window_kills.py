"""`kill -9` of the real window while someone scores: the reopened screen shows all that was saved.

`CALLBENCH_KILLS` sets the number of kills (100 by default).
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
from typing import Any

import pytest

from app.domain.work import Quiet
from app.services import browsing, importing, raters
from app.services.opening import open_workspace
from bench.many_files import make_folder

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("CALLBENCH_KILLS", "100"))
CHILD = Path(__file__).with_name("window_rater.py")
Answers = dict[str, list[Any]]


def killed_after(
    folder: Path, call_id: str, seed: int, moment_s: float, home: Path
) -> list[Answers]:
    """Run the window, kill it some time after its form stands; what it showed as saved."""
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(folder), call_id, str(seed)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "CALLBENCH_CONFIG_DIR": str(home),
        },
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(moment_s)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split(b"\n")[:-1]
    child.stdout.close()
    child.wait()
    assert first, "the window ended before its form stood"
    return [json.loads(line)["answers"] for line in (first, *rest)]


@pytest.mark.timeout(3_600)
def test_kills_of_the_window_lose_no_score(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    ws = open_workspace(folder, create=True)
    recordings = make_folder(tmp_path / "recordings", 1)
    run = importing.scan(Quiet(), ws, [recordings], importing.ImportOptions())
    importing.commit(Quiet(), ws, run)
    viewer = raters.sign_in(ws, "Ann", "reviewer")
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(""))
    call_id = browsing.uuids(ws, seqs)[0]
    ws.close()

    draw = random.Random(20261121)
    shown: Answers = {}
    saved = 0
    for kill in range(KILLS):
        lines = killed_after(folder, call_id, kill, draw.uniform(0.0, 0.6), tmp_path / "config")
        reopened = lines[0]
        changed = [k for k in {*shown, *reopened} if shown.get(k) != reopened.get(k)]
        # The one key that was being saved when the kill came may show or not.
        assert len(changed) <= 1, f"kill {kill}: {changed}"
        shown = lines[-1]
        saved += len(lines) - 1
    assert saved > KILLS, "the raters did some work before they died"
    print(f"{KILLS} kills, {saved} saved answers, none lost")  # noqa: T201


@pytest.mark.timeout(3_600)
def test_a_thousand_files_of_which_fifty_are_broken(tmp_path: Path) -> None:
    mixed = make_folder(tmp_path / "mixed", 950, 50)
    command = [sys.executable, "-m", "app", "import", str(mixed), "--json"]
    began = time.monotonic()
    done = subprocess.run(
        [*command, "--workspace", str(tmp_path / "ws")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    took_s = time.monotonic() - began
    assert "Traceback" not in done.stderr
    report = json.loads(done.stdout)
    assert len(report["imported"]) == 950
    assert sorted(Path(f["path"]).name for f in report["failed"]) == [
        f"broken_{n:04d}.wav" for n in range(50)
    ]
    print(f"950 imported, 50 refused by name, {took_s:.0f} s")  # noqa: T201
