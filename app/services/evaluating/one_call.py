"""Evaluate the call on the screen: at once, in this thread, without a run of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.changes import Changes
from app.domain.errors import Cancelled
from app.domain.evaluation import EvaluatorSpec
from app.domain.work import Work
from app.eval.base import Watch, args_of
from app.eval.work import Job, perform
from app.services.evaluating import measures, storing
from app.services.evaluating.planning import Planner, Step
from app.services.workspace import Workspace


def evaluate_call(
    ctx: Work,
    ws: Workspace,
    call_id: str,
    specs: Sequence[EvaluatorSpec],
    *,
    told: Callable[[Changes], None] = lambda _changes: None,
    retry_failed: bool = False,
) -> int:
    """Compute what is missing on one call.

    Args:
        ctx: progress in steps, and cancellation, which leaves what is computed by then.
        ws: the workspace.
        call_id: the call.
        specs: what to compute.
        told: called from this thread after each step.
        retry_failed: try steps again that failed before.

    Returns:
        How many steps were computed now.

    Raises:
        Cancelled.
    """
    planner = Planner(ws, None, retry_failed)
    computed = 0
    for number, spec in enumerate(specs):
        ctx.raise_if_cancelled()
        measure = measures.build(spec.name, spec.args)
        ctx.progress(number, len(specs), measure.evaluator.title)
        found = planner.look(call_id, measure)
        if not isinstance(found, Step):
            continue
        job = Job(evaluator=spec.name, args=args_of(measure.evaluator), source=found.source)
        done = perform(job, Watch(lambda: _cancelled(ctx)))
        if done.cancelled:
            raise Cancelled
        told(storing.store(ws, found, done))
        planner.changed(call_id)
        computed += 1
    ctx.progress(len(specs), len(specs))
    return computed


def _cancelled(ctx: Work) -> bool:
    try:
        ctx.raise_if_cancelled()
    except Cancelled:
        return True
    return False
