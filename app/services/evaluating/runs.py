"""Runs: make one, carry it out, ask it to stop, try its failures again, look at it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotFound
from app.domain.evaluation import JUDGING, EvaluatorSpec, Failure, Run, StepProgress, Where
from app.domain.ratings import Viewer
from app.domain.work import Work
from app.eval import registry
from app.services.evaluating.catalogue import title_of
from app.services.evaluating.driver import STEP_LIMIT_S, Driver
from app.services.evaluating.pools import Pool, open_pool
from app.services.workspace import Workspace

GROUNDWORK = frozenset({"speech.detect", "signal.integrity"})
"""What a run is not named after."""


def create(
    ws: Workspace,
    viewer: Viewer,
    call_ids: Sequence[str],
    specs: Sequence[EvaluatorSpec],
    *,
    title: str = "",
    query: str = "",
    where: Where = "processes",
    workers: int = 0,
    retry_failed: bool = False,
    kind: str = "metrics",
) -> Run:
    """Store a new run; it waits until `drive` takes it.

    Args:
        ws: the workspace.
        viewer: who asks for it.
        call_ids: its calls, frozen from now on, in this order.
        specs: what is computed on each.
        title: as shown; made of the evaluators where it is empty.
        query: which query chose the calls, for people to read.
        where: threads, processes or a Dask cluster.
        workers: how many at a time; 0 for one a core.
        retry_failed: try steps again that failed before on the same inputs.
        kind: `metrics`.

    Raises:
        BadInput: no calls, or nothing to compute.
    """
    if not call_ids:
        raise BadInput("No call was chosen.", "Choose calls in the library, or change the query.")
    if not specs:
        raise BadInput("Nothing was chosen to compute.", "Choose at least one metric.")
    with ws.db.human() as uow:
        run_id = uow.runs.add(
            kind=kind,
            title=title or _title(specs),
            query=query,
            specs=specs,
            call_ids=list(dict.fromkeys(call_ids)),
            where=where,
            workers=workers or os.cpu_count() or 1,
            rater_id=viewer.rater_id or None,
            retry_failed=retry_failed,
        )
    return run(ws, run_id)


def drive(
    ctx: Work,
    ws: Workspace,
    run_id: str,
    *,
    pool: Pool | None = None,
    address: str = "",
    told: Callable[[Changes], None] = lambda _changes: None,
    step_limit_s: float = STEP_LIMIT_S,
) -> Run:
    """Work on a run until it is over or paused; call it again to go on.

    Args:
        ctx: progress in steps, and cancellation, which pauses the run.
        ws: the workspace.
        run_id: which run.
        pool: where its steps are computed; made of the run's own choice where none is given.
        address: of a Dask scheduler.
        told: called from this thread with what each step changed.
        step_limit_s: after how long a step is taken for hanging.

    Raises:
        NotAllowed: it is over, or another process works on it. Cancelled.
        EnvironmentFault: no scheduler, or the database cannot be written.
    """
    found = run(ws, run_id)
    if found.kind == JUDGING:
        from app.services.judging import judging_runs

        return judging_runs.drive(ctx, ws, found.id, told=told)
    own = pool or open_pool(found.where, found.workers, address)
    try:
        return Driver(ws, found, own, ctx, told, step_limit_s).drive()
    finally:
        if pool is None:
            own.close()


def runs(ws: Workspace) -> list[Run]:
    """Every run, newest first."""
    with ws.db.read() as uow:
        return uow.runs.all()


def run(ws: Workspace, run_id: str) -> Run:
    """One run, by its id or code.

    Raises:
        NotFound: there is none.
    """
    with ws.db.read() as uow:
        found = uow.runs.get(run_id)
    if found is None:
        raise NotFound(f"There is no run {run_id}.")
    return found


def steps(ws: Workspace, found: Run) -> list[StepProgress]:
    """How far each evaluator or judge of a run is, with its title."""
    titles: Callable[[str], str] = title_of
    if found.kind == JUDGING:
        from app.services.judging import judging_runs

        titles = judging_runs.titles(ws, found).__getitem__
    with ws.db.read() as uow:
        return [replace(s, title=titles(s.name)) for s in uow.runs.steps(found)]


def failures(ws: Workspace, run_id: str, limit: int = 10_000) -> list[Failure]:
    """What failed on the calls of a run and has not succeeded since."""
    if run(ws, run_id).kind == JUDGING:
        from app.services.judging import judging_runs

        return [f.as_failure for f in judging_runs.failures(ws, run_id)[:limit]]
    with ws.db.read() as uow:
        return uow.evaluations.failures(run_id=run_id, limit=limit)


def pause(ws: Workspace, run_id: str) -> Changes:
    """Ask a run to pause after the steps in flight; one that nobody works on pauses at once."""
    return _wish(ws, run_id, "pause")


def cancel(ws: Workspace, run_id: str) -> Changes:
    """Ask a run to end; what it has computed stays."""
    return _wish(ws, run_id, "cancel")


def retry_failed(ws: Workspace, viewer: Viewer, run_id: str) -> Run:
    """A new run over what failed in this one: the same evaluators on those calls alone.

    Raises:
        BadInput: nothing failed.
    """
    before = run(ws, run_id)
    if before.kind == JUDGING:
        from app.services.judging import judging_runs

        return judging_runs.retry_failed(ws, viewer, before.id)
    failed = failures(ws, run_id)
    names = {f.evaluator for f in failed}
    call_ids = list(dict.fromkeys(f.call_id for f in failed))
    if not failed:
        raise BadInput(f"Nothing failed in {before.code}.")
    return create(
        ws,
        viewer,
        call_ids,
        [s for s in before.specs if s.name in names],
        title=f"{before.title}, failures of {before.code}",
        query=before.query,
        where=before.where,
        workers=before.workers,
        retry_failed=True,
        kind=before.kind,
    )


def orphans(ws: Workspace) -> list[Run]:
    """Runs whose window or machine went away in the middle, and that can go on."""
    with ws.db.read() as uow:
        return [r for i in uow.runs.orphans() if (r := uow.runs.get(i)) is not None]


def _wish(ws: Workspace, run_id: str, wish: str) -> Changes:
    found = run(ws, run_id)
    with ws.db.human() as uow:
        if found.state == "running" and found.id not in uow.runs.orphans():
            uow.runs.wish(found.id, wish)
        elif found.is_live:
            paused = wish == "pause"
            uow.runs.leave(
                found.id,
                "paused" if paused else "cancelled",
                "Paused." if paused else "Cancelled.",
            )
        uow.touch(Changes(runs=True))
    return uow.changes


def _title(specs: Sequence[EvaluatorSpec]) -> str:
    """What a run computes, in a few words."""
    names = [s.name for s in specs]
    if set(names) >= set(registry.DEFAULT):
        return "All usual metrics"
    told = [title_of(n) for n in names if n not in GROUNDWORK] or [title_of(n) for n in names]
    return told[0] if len(told) == 1 else f"{told[0]} and {len(told) - 1} more"
