"""Turns of a call inside a transaction, and the summary row that is kept with them."""

from __future__ import annotations

from app.domain.calls import Call
from app.domain.errors import NotFound
from app.domain.layer_edits import overrides
from app.domain.segments import Layer
from app.domain.turn_profiles import CALLBENCH_1, profile
from app.domain.turn_rules import derive
from app.domain.turns import TurnSet
from app.services.current_layer import pick
from db.unit_of_work import Reader, UnitOfWork


def turns_of(
    uow: Reader, call: Call, *, layer: Layer | None = None, profile_id: str = CALLBENCH_1.id
) -> TurnSet:
    """The call's turns by `layer` (default: the one in force), with text from its transcript.

    Raises:
        NotFound: the call has no speech layer yet, or there is no such profile.
    """
    rules = profile(profile_id)
    known = uow.layers.of_call(call.id)
    layer = layer or pick(known, "speech")
    if layer is None:
        raise NotFound(f"{call.code} has no timing yet.", "Detect its speech first.")
    text = pick(known, "transcript")
    return derive(
        uow.layers.segments(layer),
        uow.layers.segments(text) if text is not None else (),
        rules,
        layer=layer,
        rate_hz=call.rate_hz,
        frame_count=call.frame_count,
        overrides=overrides(uow.layers.edits(layer.id)),
        voids=[v for f in call.warnings for v in f.voids],
    )


def refresh_summary(uow: UnitOfWork, call_id: str, *, sparkline: bytes | None = None) -> None:
    """Make the call's summary follow its layers, in the transaction that changed them."""
    from app.services.browsing import update_summary

    call = uow.calls.get(call_id)
    if call is None:
        return
    timed = pick(uow.layers.of_call(call_id), "speech") is not None
    update_summary(uow, call_id, turns_of(uow, call) if timed else None, sparkline=sparkline)
