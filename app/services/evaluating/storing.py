"""Stores what a step of a run gave: result, values, layers and the run's counters, all or none."""

from __future__ import annotations

from app.audio import integrity
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.evaluation import NewResult
from app.domain.ids import new_id
from app.domain.segments import Layer
from app.eval.base import NewLayer, Outcome
from app.eval.detection import Detected
from app.eval.work import Done
from app.services import layers, timing
from app.services.evaluating.planning import Step
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork


def store(ws: Workspace, step: Step, done: Done) -> Changes:
    """Append the result of a step; in the same transaction its run moves on.

    Raises:
        EnvironmentFault: the disk is full, or the database cannot be written.
    """
    outcome = done.outcome
    result = NewResult(
        call_id=step.call.id,
        evaluator=step.evaluator.name,
        version=step.evaluator.version,
        args=step.measure.args,
        key=step.key,
        inputs=step.inputs,
        status="failed" if outcome is None else "ok",
        values=outcome.values if outcome else (),
        failure=done.failure if outcome is None else None,
        reason=done.reason,
        detail=outcome.detail if outcome else {},
        duration_ms=done.duration_ms,
        run_id=step.run_id,
    )
    with ws.db.machine() as uow:
        uow.evaluations.add(result)
        if outcome is not None:
            _store_layers(uow, step, outcome)
        if step.run_id is not None:
            counted = "failed" if outcome is None else "done"
            uow.runs.settle(
                step.run_id, step.call.id, [(step.evaluator.name, counted, done.duration_ms)]
            )
        uow.touch(Changes(metrics=frozenset({step.call.id}), runs=step.run_id is not None))
    return uow.changes


def _store_layers(uow: UnitOfWork, step: Step, outcome: Outcome) -> None:
    call = step.call
    if step.evaluator.name == "speech.detect":
        (made,) = outcome.layers
        bars = bytes.fromhex(str(outcome.detail["bars"]))
        found = Detected(segments=made.segments, findings=outcome.findings, bars=bars)
        timing.store(uow, call, _layer(call.id, made), found)
        return
    for made in outcome.layers:
        layers.add_layer(uow, _layer(call.id, made), made.segments)
    if outcome.findings:
        now = uow.calls.get(call.id)
        if now is not None:
            merged = integrity.merged(now.warnings, outcome.findings)
            uow.calls.set_findings(call.id, merged)
            uow.summaries.refresh_call(call.id)
            uow.touch(Changes(calls=frozenset({call.id})))


def _layer(call_id: str, made: NewLayer) -> Layer:
    return Layer(
        id=new_id(),
        call_id=call_id,
        kind=made.kind,
        origin="detector",
        name=made.name,
        producer=made.producer,
        version=1,
        params=dict(made.params),
        created_at=utc_now(),
    )
