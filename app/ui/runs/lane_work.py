"""What the supervisor has done on lanes: plain functions, off the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.errors import UserError
from app.domain.evaluation import JUDGING

if TYPE_CHECKING:
    from app.domain.changes import Changes
    from app.domain.evaluation import Run
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace
    from app.tasks.runner import TaskContext
    from app.ui.runs.feed import Feed


def carry_out(ctx: TaskContext, ws: Workspace, run_id: str, feed: Feed) -> None:
    """On the lane: drive the run until it is over or interrupted."""
    if not feed.begin(ctx):
        return
    from app.services import evaluating
    from app.services.evaluating import attending, choosing, pools

    run = evaluating.run(ws, run_id)
    if run.kind == JUDGING:
        evaluating.drive(feed, ws, run_id, told=feed.told)
        return
    try:
        address = choosing.address(ws, run_id)
        pool = feed.watch(pools.open_pool(run.where, run.workers, address))
    except UserError as error:
        feed.told(attending.put_off(ws, run_id, str(error)))
        raise
    try:
        evaluating.drive(feed, ws, run_id, pool=pool, told=feed.told)
    finally:
        pool.close()


def look(_ctx: TaskContext, ws: Workspace) -> tuple[list[str], int]:
    """Which runs may be taken on, and how many are active."""
    from app.services.evaluating import attending

    return [run.id for run in attending.unattended(ws)], attending.active(ws)


def queue(ws: Workspace, run_id: str) -> Changes:
    """Let a paused run wait for its turn."""
    from app.services.evaluating import attending

    return attending.queue(ws, run_id)


def pause(ws: Workspace, run_id: str) -> Changes:
    """Pause a run, whoever works on it."""
    from app.services import evaluating

    return evaluating.pause(ws, run_id)


def cancel(ws: Workspace, run_id: str) -> Changes:
    """End a run, whoever works on it."""
    from app.services import evaluating

    return evaluating.cancel(ws, run_id)


def retry(ws: Workspace, viewer: Viewer, run_id: str) -> Run:
    """A new run over what failed, to be computed where the old one was."""
    from app.services import evaluating
    from app.services.evaluating import choosing

    made = evaluating.retry_failed(ws, viewer, run_id)
    address = choosing.address(ws, run_id)
    if address:
        choosing.keep_address(ws, made.id, address)
    return made
