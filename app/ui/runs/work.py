"""What is busy in this window, as the strip shows it: the lane of runs, and each run's workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.evaluation import Run
from app.tasks.runner import WORKERS, Lane
from app.ui.runs.feed import Feed
from app.ui.runs.judge_words import is_judging
from app.ui.runs.lane_strip import LaneState


def lanes_of(feeds: Iterable[Feed], runs: Mapping[str, Run]) -> list[LaneState]:
    """The lane first: it says why a run waits. Of other windows only their runs are known."""
    here = {feed.run_id: feed for feed in feeds}
    begun = [feed for feed in here.values() if feed.begun]
    lanes = [LaneState("Runs at a time", len(begun), WORKERS[Lane.BATCH])]
    for feed in begun:
        run = runs.get(feed.run_id)
        if run is not None and feed.capacity:
            lanes.append(LaneState(f"{run.code} {_what(run)}", len(feed.busy), feed.capacity))
    elsewhere = sum(run.state == "running" and run.id not in here for run in runs.values())
    if elsewhere:
        lanes.append(LaneState("In other windows", elsewhere, 0))
    return lanes


def _what(run: Run) -> str:
    if is_judging(run):
        return "requests"
    return "in flight" if run.where == "dask" else "workers"
