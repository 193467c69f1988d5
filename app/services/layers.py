"""Layers of segments: store, read, correct. A correction never changes a machine's layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.domain.calls import Call
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import NotFound
from app.domain.forms import EditResult
from app.domain.ids import new_id
from app.domain.layer_edits import EditError, ordered, overrides, replay
from app.domain.ratings import Viewer
from app.domain.segments import EditOp, Layer, LayerEdit, LayerKind, Segment
from app.domain.turns import OverlapKind
from app.services import turn_figures
from app.services.current_layer import pick
from app.services.search_text import index_call
from app.services.workspace import Workspace
from db.unit_of_work import Reader, UnitOfWork

EDIT_NAMES: dict[str, str] = {
    "move": "Move boundary",
    "split": "Split segment",
    "merge": "Merge segments",
    "delete": "Delete segment",
    "add": "Add segment",
    "relabel": "Change overlap type",
    "text": "Correct text",
}


def layers(ws: Workspace, call_id: str) -> list[Layer]:
    """Every layer of a call, oldest first."""
    with ws.db.read() as uow:
        return uow.layers.of_call(call_id)


def get_layer(ws: Workspace, layer_id: str) -> Layer:
    """One layer.

    Raises:
        NotFound: there is none of that id.
    """
    with ws.db.read() as uow:
        return _layer(uow, layer_id)


def current_speech_layer(ws: Workspace, call_id: str) -> Layer | None:
    """The layer that says who speaks when: human, else detector, import, platform, plan."""
    return _current(ws, call_id, "speech")


def current_transcript_layer(ws: Workspace, call_id: str) -> Layer | None:
    """The layer that says what is said: human, else import, platform, detector, plan."""
    return _current(ws, call_id, "transcript")


def segments(ws: Workspace, layer_id: str, version: int | None = None) -> tuple[Segment, ...]:
    """A layer's segments in order of onset, at a version of a human layer (default: newest).

    Raises:
        NotFound: there is no such layer.
    """
    with ws.db.read() as uow:
        return uow.layers.segments(_layer(uow, layer_id), version)


def transcript(ws: Workspace, call_id: str) -> tuple[Segment, ...]:
    """The current transcript with its corrections; empty where there is none."""
    with ws.db.read() as uow:
        layer = pick(uow.layers.of_call(call_id), "transcript")
        return uow.layers.segments(layer) if layer is not None else ()


def told_lines(ws: Workspace, call_id: str) -> tuple[Segment, ...]:
    """The transcript that can say who speaks in a mono mix.

    Never a recogniser's of ours: who said its lines was taken from the timing.
    """
    with ws.db.read() as uow:
        known = [x for x in uow.layers.of_call(call_id) if x.origin != "detector"]
        layer = pick(known, "transcript")
        return uow.layers.segments(layer) if layer is not None else ()


def overlap_overrides(ws: Workspace, layer_id: str) -> dict[str, OverlapKind]:
    """Overlap kinds that a person set in that layer: segment id → kind."""
    with ws.db.read() as uow:
        return overrides(uow.layers.edits(layer_id))


def add_layer(
    target: Workspace | UnitOfWork, layer: Layer, new_segments: Sequence[Segment]
) -> Changes:
    """Store an immutable layer; alone, or inside a transaction of the caller's."""
    if isinstance(target, Workspace):
        with target.db.machine() as uow:
            _store(uow, layer, new_segments)
        return uow.changes
    _store(target, layer, new_segments)
    return Changes(segments=frozenset({layer.call_id}))


def edit(
    ws: Workspace,
    viewer: Viewer,
    call_id: str,
    op: EditOp,
    payload: dict[str, Any],
    *,
    base_layer_id: str,
) -> EditResult:
    """Make one correction, durable before it returns and undoable.

    The first correction of a machine's layer makes a human layer over it. A payload without the
    id of a new segment (`split`, `add`) gets one.

    Args:
        ws: the workspace.
        viewer: who corrects.
        call_id: the call.
        op: what is done; payloads are described at `LayerEdit`.
        payload: frames at the call's rate.
        base_layer_id: the layer that was on the screen, human or not.

    Raises:
        NotFound: no such call or layer.
        EditError: the edit breaks a rule; nothing was stored.
    """
    payload = _completed(op, payload)
    with ws.db.human() as uow:
        call, base = uow.calls.get(call_id), _layer(uow, base_layer_id)
        if call is None or base.call_id != call_id:
            raise NotFound(f"There is no layer {base_layer_id} in the call {call_id}.")
        _inside(call, payload)
        human = base if base.origin == "human" else _human_over(uow, base, viewer)
        _try(uow, human, op, payload)
        edit_id = uow.layers.add_edit(human.id, op, payload, viewer.rater_id)
        uow.actions.add(
            call_id,
            viewer.rater_id,
            EDIT_NAMES.get(op, op),
            {"type": "edit", "edit_id": edit_id, "layer_id": human.id},
        )
        touch_layer(uow, human)
        result = _layer(uow, human.id)
    return EditResult(layer=result, changes=uow.changes)


def touch_layer(uow: UnitOfWork, layer: Layer) -> None:
    """Note that a layer changed; its text index and the call's summary follow."""
    turn_figures.refresh_summary(uow, layer.call_id)
    uow.touch(Changes(calls=frozenset({layer.call_id}), segments=frozenset({layer.call_id})))
    if layer.kind == "transcript":
        index_call(uow, layer.call_id)


def _store(uow: UnitOfWork, layer: Layer, new_segments: Sequence[Segment]) -> None:
    uow.layers.add(layer, ordered(new_segments))
    touch_layer(uow, layer)


def _current(ws: Workspace, call_id: str, kind: LayerKind) -> Layer | None:
    with ws.db.read() as uow:
        return pick(uow.layers.of_call(call_id), kind)


def _layer(uow: Reader, layer_id: str) -> Layer:
    found = uow.layers.get(layer_id)
    if found is None:
        raise NotFound(f"There is no layer {layer_id}.", "Reload the call.")
    return found


def _human_over(uow: UnitOfWork, base: Layer, viewer: Viewer) -> Layer:
    found = uow.layers.human_over(base.id)
    if found is not None:
        return found
    human = replace(
        base,
        id=new_id(),
        origin="human",
        name=f"corrected {base.name}",
        version=0,
        parent_id=base.id,
        rater_id=viewer.rater_id,
        params={},
        created_at=utc_now(),
    )
    uow.layers.add(human, ())
    return human


def _try(uow: Reader, human: Layer, op: EditOp, payload: dict[str, Any]) -> None:
    """Replay the edit on what is there now; raises before anything is stored."""
    candidate = LayerEdit(
        id="", layer_id=human.id, seq=0, op=op, payload=payload, rater_id="", created_at=""
    )
    replay(uow.layers.segments(human), [candidate])


def _completed(op: EditOp, payload: dict[str, Any]) -> dict[str, Any]:
    missing = {"split": "new_id", "add": "segment_id"}.get(op)
    return {**payload, missing: new_id()} if missing and not payload.get(missing) else payload


def _inside(call: Call, payload: dict[str, Any]) -> None:
    if any(
        isinstance(payload.get(name), int) and payload[name] > call.frame_count
        for name in ("start", "end", "at")
    ):
        raise EditError("A segment cannot go on after the call's end.")
