"""A transcript for a call that is already here: added as layers, the call's own stay."""

from __future__ import annotations

from app.domain.imports import DryRunEntry, ImportOptions
from app.domain.segments import Layer, Segment
from app.services.importing import layers as layer_drafts
from app.services.importing.channel_guess import sides
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork


def attach(ws: Workspace, call_id: str, entry: DryRunEntry, options: ImportOptions) -> list[str]:
    """Add the transcript that was named for this import; what is to be said about it.

    Companions that merely lie beside a repeated recording are not added: they were there, or
    were left out, when it was imported.
    """
    from app.services.layers import add_layer
    from app.services.turn_figures import refresh_summary

    found = [t for t in entry.transcripts if t.path == options.transcript]
    if not found:
        return []
    with ws.db.machine() as uow:
        call = uow.calls.get(call_id)
        if call is None:
            return []
        drafted, warnings = layer_drafts.drafts(
            call_id,
            call.rate_hz,
            call.frame_count,
            found,
            {**sides(call.channel_map), **options.speakers},
        )
        fresh = [d for d in drafted if not _is_there(uow, d.layer, d.segments)]
        for draft in fresh:
            add_layer(uow, draft.layer, draft.segments)
        if fresh:
            refresh_summary(uow, call_id)
            warnings.append(f"{call.code} was here already; the transcript was added to it.")
    return warnings


def _is_there(uow: UnitOfWork, layer: Layer, segments: tuple[Segment, ...]) -> bool:
    """Whether an imported layer of the call says the same."""
    wanted = sorted((s.span, s.speaker, s.text) for s in segments)
    return any(
        other.kind == layer.kind
        and other.origin == "import"
        and sorted((s.span, s.speaker, s.text) for s in uow.layers.stored_segments(other.id))
        == wanted
        for other in uow.layers.of_call(layer.call_id)
    )
