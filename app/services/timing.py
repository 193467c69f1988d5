"""Who speaks when: speech detection on each channel, stored as a layer; turns derived from it."""

from __future__ import annotations

from dataclasses import replace

from app.audio import integrity
from app.audio.speech_edges import EdgeOptions
from app.domain import unrated
from app.domain.calls import Call
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import BadInput, NotFound
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.segments import Layer
from app.domain.turn_profiles import CALLBENCH_1
from app.domain.turns import TurnSet
from app.domain.work import Work
from app.eval import detection
from app.eval.detection import Detected
from app.models import vad
from app.models.vad import VadOptions
from app.services import layers, turn_figures
from app.services.current_layer import pick
from app.services.media import open_media
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork

LAYER_CODES = frozenset({"speaker_split_estimated", "speakers_unknown", "endless_voice"})
"""Findings about the detected layer: each detection says anew whether they hold."""


def detect(
    ctx: Work,
    ws: Workspace,
    call: Call,
    *,
    vad_options: VadOptions | None = None,
    edge_options: EdgeOptions | None = None,
) -> Layer:
    """Detect the call's speech; its layer, findings and summary are stored in one transaction.

    Doing it again with the same options on the same tracks gives back the layer that is there.

    Raises:
        NotFound, BadInput, EnvironmentFault: the recording cannot be opened.
        Cancelled: asked for through `ctx`; nothing is stored.
    """
    if not call.tracks:
        raise BadInput(f"{call.code} came without a recording.", "Its timing is that of its log.")
    vad_options, edge_options = vad_options or chosen_options(ws), edge_options or EdgeOptions()
    transcript = layers.told_lines(ws, call.id) if call.is_mono else ()
    known = known_layer(ws, call, vad_options, edge_options)
    if known is not None:
        return known
    media = open_media(ctx, ws, call)
    found = detection.detect(ctx, media, vad_options, edge_options, transcript)
    layer = new_layer(call.id, detection.layer_name(vad_options), vad.version())
    layer = replace(
        layer, params=detection.layer_params(call, vad_options, edge_options, transcript)
    )
    with ws.db.machine() as uow:
        store(uow, call, layer, found)
    return layer


def known_layer(
    ws: Workspace,
    call: Call,
    vad_options: VadOptions | None = None,
    edge_options: EdgeOptions | None = None,
) -> Layer | None:
    """The newest detected layer, if detecting again with these options would give it again."""
    vad_options, edge_options = vad_options or chosen_options(ws), edge_options or EdgeOptions()
    transcript = layers.told_lines(ws, call.id) if call.is_mono else ()
    params = detection.layer_params(call, vad_options, edge_options, transcript)
    known = _newest_detector(ws, call.id)
    fits = known is not None and known.producer == vad.version() and known.params == params
    return known if fits else None


def new_layer(call_id: str, name: str, producer: str) -> Layer:
    """A detector's speech layer, yet without parameters."""
    return Layer(
        id=new_id(),
        call_id=call_id,
        kind="speech",
        origin="detector",
        name=name,
        producer=producer,
        version=1,
        created_at=utc_now(),
    )


def chosen_options(ws: Workspace) -> VadOptions:
    """The detector's options with the workspace's own threshold, where one was set."""
    with ws.db.read() as uow:
        percent = uow.settings.get("detect_threshold")
    return VadOptions() if percent is None else VadOptions(threshold=percent / 100)


def turn_set(
    ws: Workspace,
    call_id: str,
    *,
    layer_id: str | None = None,
    profile: str = CALLBENCH_1.id,
    viewer: Viewer | None = None,
) -> TurnSet:
    """The call's turns and what is between them, with text from its current transcript.

    Args:
        ws: the workspace.
        call_id: the call.
        layer_id: the speech layer; default: human, else detector, import, platform.
        profile: id of the rules.
        viewer: who looks; of a live call that they have still to rate they see no figures.

    Raises:
        NotFound: no such call, layer or profile, or the call has no timing yet.
    """
    with ws.db.read() as uow:
        call = uow.calls.get(call_id)
        layer = uow.layers.get(layer_id) if layer_id else None
        if call is None or (layer_id and (layer is None or layer.call_id != call_id)):
            raise NotFound(f"There is no layer {layer_id or ''} of the call {call_id}.")
        found = turn_figures.turns_of(uow, call, layer=layer, profile_id=profile)
        untold = viewer is not None and uow.scores.awaits_caller(viewer, call_id)
    return unrated.turn_set(found) if untold else found


def refresh(ws: Workspace, call_id: str) -> Changes:
    """Derive the call's summary anew, after its layers or its transcript changed."""
    with ws.db.machine() as uow:
        turn_figures.refresh_summary(uow, call_id)
        uow.touch(Changes(calls=frozenset({call_id})))
    return uow.changes


def _newest_detector(ws: Workspace, call_id: str) -> Layer | None:
    found = [x for x in layers.layers(ws, call_id) if x.origin == "detector"]
    return pick(found, "speech")


def store(uow: UnitOfWork, call: Call, layer: Layer, found: Detected) -> None:
    """Store a detected layer with its findings and the call's summary, in one transaction.

    Raises:
        NotFound: the call is gone.
    """
    now = uow.calls.get(call.id)
    if now is None:
        raise NotFound(f"The call {call.code} is not there any more.")
    kept = [f for f in now.warnings if f.code not in LAYER_CODES]
    layers.add_layer(uow, layer, found.segments)
    uow.calls.set_findings(call.id, integrity.merged(kept, found.findings))
    turn_figures.refresh_summary(uow, call.id, sparkline=found.bars)
    uow.touch(Changes(calls=frozenset({call.id}), segments=frozenset({call.id})))
