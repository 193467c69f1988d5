"""Play for so many seconds while worker processes evaluate on every core; tell what went amiss.

    python probe_busy.py SECONDS WORKSPACE

The steps are those of a run, in the processes of a run, over and over; nothing is stored.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, wait
from itertools import cycle
from pathlib import Path
from typing import Any

from app.audio.player import Player
from app.domain.work import Quiet
from app.eval import registry
from app.eval.work import Job
from app.services import browsing, evaluating, raters
from app.services.demo import make_demo
from app.services.evaluating import inputs
from app.services.evaluating.pools import ProcessPool
from app.services.workspace import Workspace
from tests.sound.probe_heard import RATE, clicks

STEPS = ("signal.levels", "signal.dnsmos", "speech.prosody", "signal.plcmos", "asr.pocketsphinx")


def jobs(ws: Workspace) -> list[Job]:
    viewer = raters.cli_viewer(ws)
    ids = browsing.uuids(ws, browsing.call_ids(ws, viewer, browsing.parse_query("")))
    out = []
    for call_id in ids:
        for spec in evaluating.specs_for(ws, STEPS):
            evaluator = registry.build(spec.name, spec.args)
            shelf = inputs.shelf(ws, call_id)
            assert shelf is not None
            source = inputs.load(ws, shelf, evaluator)
            out.append(Job(evaluator=spec.name, args=spec.args, source=source))
    return out


def main() -> None:
    seconds, folder = float(sys.argv[1]), Path(sys.argv[2])
    ws = Workspace.open(folder)
    make_demo(Quiet(), ws)
    todo = cycle(jobs(ws))
    pool = ProcessPool(os.cpu_count() or 1)
    flying: set[Any] = {pool.submit(next(todo)) for _ in range(pool.capacity)}
    wait(flying, return_when=FIRST_COMPLETED)  # the workers are up
    player = Player()
    player.load(clicks(), RATE)
    player.loop(0, len(clicks()))
    player.play()
    time.sleep(2.0)
    before, done, failed = player.underruns, 0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ready, flying = wait(flying, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in ready:
            done += 1
            failed += future.result().outcome is None
            flying.add(pool.submit(next(todo)))
    report = {
        "seconds": seconds,
        "steps": done,
        "failed": failed,
        "underruns": player.underruns - before,
        "playing": player.state == "playing",
    }
    player.close()
    pool.close()
    ws.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
