"""Metric values of calls, with where each came from and whether it still holds."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.evaluation import StoredValue, result_key
from app.domain.ratings import Viewer
from app.eval import registry
from app.services.evaluating import inputs, measures
from app.services.workspace import Workspace


def values(ws: Workspace, call_id: str, *, viewer: Viewer | None = None) -> list[StoredValue]:
    """The newest values of a call, of the call itself, its speakers and its turns.

    A viewer is told none of a live call that they placed and have still to rate.
    """
    with ws.db.read() as uow:
        return uow.evaluations.values(call_id, viewer=viewer)


def values_of(
    ws: Workspace,
    call_ids: Sequence[str],
    metric_ids: Sequence[str],
    *,
    turns: bool = False,
    viewer: Viewer | None = None,
) -> list[StoredValue]:
    """The newest values of some metrics over some calls; of a viewer as in `values`."""
    with ws.db.read() as uow:
        return uow.evaluations.values_of(call_ids, metric_ids, turns=turns, viewer=viewer)


def is_current(ws: Workspace, stored: Sequence[StoredValue]) -> dict[str, bool]:
    """Result id → whether computing it again would give it again: nothing that it reads changed.

    A value that is not current was measured on an older timing, transcript or version.
    """
    out: dict[str, bool] = {}
    for value in stored:
        if value.result_id not in out:
            out[value.result_id] = _holds(ws, value)
    return out


def _holds(ws: Workspace, stored: StoredValue) -> bool:
    if stored.evaluator not in registry.PLACES:
        return False
    measure = measures.build(stored.evaluator, stored.args)
    evaluator = measure.evaluator
    shelf = inputs.shelf(ws, stored.call_id)
    if shelf is None:
        return False
    keyed = (stored.evaluator, stored.version, stored.args, stored.inputs)
    now = (
        evaluator.name,
        evaluator.version,
        measure.args,
        inputs.facts(shelf, evaluator, measure.layer),
    )
    return result_key(*keyed) == result_key(*now)
