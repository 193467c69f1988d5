"""What full-text search looks into: title, scenario, code, and the current transcript."""

from __future__ import annotations

from app.domain.fold import fold
from app.services.current_layer import pick
from db.unit_of_work import UnitOfWork


def index_call(uow: UnitOfWork, call_id: str) -> None:
    """Index the call's text anew, in the transaction of what changed it."""
    call = uow.calls.get(call_id)
    if call is None:
        return
    layer = pick(uow.layers.of_call(call_id), "transcript")
    lines = [call.code, call.title, call.scenario_key.replace(".", " ")]
    if layer is not None:
        lines += [segment.text for segment in uow.layers.segments(layer)]
    uow.summaries.set_text(call_id, "\n".join(fold(line) for line in lines if line))
