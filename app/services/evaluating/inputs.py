"""What an evaluator gets of a call, read from the workspace, and what its result follows from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from app.audio.align import Placement
from app.domain.calls import Call
from app.domain.layer_edits import overrides
from app.domain.segments import Layer, LayerOrigin
from app.domain.text_roles import ROLES, TextRole, newest, text_role
from app.eval.base import AudioInput, CallInput, Evaluator, LayerInput, Need
from app.services import documents
from app.services.current_layer import pick
from app.services.media import DEFAULT_CACHE_GB, locate
from app.services.workspace import Workspace
from db.unit_of_work import Reader

FINDERS = frozenset({"speech.detect", "signal.integrity"})
"""They say what is void; were it part of their own inputs, each would ask for itself again."""


def load(
    ws: Workspace, call: Call, evaluator: Evaluator, *, layer: LayerOrigin | None = None
) -> CallInput:
    """The call as `evaluator` may see it.

    Args:
        ws: the workspace.
        call: which call.
        evaluator: what reads it; only what it says that it reads is filled in.
        layer: origin of the speech layer to measure by; None for the one in force.

    Raises:
        NotFound, BadInput: a recording is not where it was, or has changed.
    """
    reads = evaluator.reads
    source = CallInput(call=call, cache_dir=str(ws.cache_dir))
    with ws.db.read() as uow:
        known = uow.layers.of_call(call.id)
        source = replace(source, cache_bytes=_cache_bytes(uow))
        if "speech" in reads:
            source = replace(source, speech=_layer(uow, _speech(known, layer)))
        if "reported" in reads:
            source = replace(source, reported=_layer(uow, _reported(known)))
        texts: dict[TextRole, LayerInput] = {}
        for role in ROLES:
            found = _layer(uow, newest(known, role)) if role in reads else None
            if found is not None:
                texts[role] = found
        if evaluator.name == "speech.detect" and call.is_mono:
            texts |= _naming_lines(uow, known)
        source = replace(source, texts=texts)
        if "documents" in reads:
            source = replace(source, documents=_documents(uow, call.id, evaluator))
    if "conditions" in reads:
        source = replace(source, conditions=dict(call.extra.get("conditions") or {}))
    if "audio" in reads:
        source = replace(source, audio=_audio(ws, call))
    return source


def facts(source: CallInput, evaluator: Evaluator) -> dict[str, Any]:
    """What identifies the inputs: hashes and versions, no contents. Kept with the result."""
    found: dict[str, Any] = {}
    if "audio" in evaluator.reads:
        found["audio"] = {
            a.role: [a.sha256, a.channel_index, a.placement.key()] for a in source.audio
        }
    named: dict[str, LayerInput | None] = {"speech": source.speech, "reported": source.reported}
    named |= {str(role): layer for role, layer in source.texts.items()}
    for name, layer in named.items():
        if layer is not None:
            found[name] = [layer.layer.id, layer.layer.version]
    if source.documents:
        found["documents"] = {n: sha256(b).hexdigest() for n, b in source.documents.items()}
    if "conditions" in evaluator.reads and source.conditions:
        found["conditions"] = source.conditions
    if "speech" in evaluator.reads and evaluator.name not in FINDERS:
        voids = sorted({v for f in source.call.warnings for v in f.voids})
        found |= {"voids": voids} if voids else {}
    if "reported" in evaluator.reads and source.call.extra.get("responses"):
        found["responses"] = source.call.extra["responses"]
    return found


def why_not(
    ws: Workspace, call: Call, evaluator: Evaluator, *, layer: LayerOrigin | None = None
) -> str:
    """Why an evaluator does not apply to a call, in words; empty where it does."""
    with ws.db.read() as uow:
        known = uow.layers.of_call(call.id)
        if evaluator.documents and not uow.documents.of_call(call.id, evaluator.documents):
            return f"It came without {' or '.join(evaluator.documents)} files."
    for need in sorted(evaluator.needs):
        if not _HAS[need](call, known):
            return _LACKS[need]
    if layer and "speech" in evaluator.reads and _speech(known, layer) is None:
        return f"It has no timing of the kind {layer}."
    return ""


_LACKS: dict[Need, str] = {
    "audio": "It has no recording.",
    "two_tracks": "Its speakers share one channel.",
    "speech": "It has no timing.",
    "intended": "It has no intended text.",
    "spoken": "It has not been transcribed.",
    "heard": "The platform left no transcript.",
    "human": "Nobody has corrected its transcript.",
    "reported": "The platform reported no times.",
}


def _has_text(role: TextRole) -> Callable[[Call, list[Layer]], bool]:
    return lambda _call, known: newest(known, role) is not None


_HAS: dict[Need, Callable[[Call, list[Layer]], bool]] = {
    "audio": lambda call, _: bool(call.tracks),
    "two_tracks": lambda call, _: len({t.role for t in call.tracks}) > 1,
    "speech": lambda _, known: pick(known, "speech") is not None,
    "reported": lambda _, known: _reported(known) is not None,
    "intended": _has_text("intended"),
    "spoken": _has_text("spoken"),
    "heard": _has_text("heard"),
    "human": _has_text("human"),
}


def _reported(known: list[Layer]) -> Layer | None:
    found = [x for x in known if x.kind == "speech" and x.origin == "platform"]
    return found[-1] if found else None


def _speech(known: list[Layer], origin: LayerOrigin | None) -> Layer | None:
    """The newest speech layer of an origin, or the one in force."""
    return pick([x for x in known if origin is None or x.origin == origin], "speech")


def _layer(uow: Reader, layer: Layer | None) -> LayerInput | None:
    if layer is None:
        return None
    edits = uow.layers.edits(layer.id) if layer.origin == "human" else []
    segments = uow.layers.segments(layer)
    edited = {str(e.payload["segment_id"]) for e in edits if e.op == "text"}
    if layer.origin != "human" and layer.kind == "transcript" and text_role(layer) == "human":
        edited = {s.id for s in segments}  # a person's transcript came with the call
    return LayerInput(
        layer=layer, segments=segments, overrides=overrides(edits), edited=frozenset(edited)
    )


def _naming_lines(uow: Reader, known: list[Layer]) -> dict[TextRole, LayerInput]:
    """The lines that say who speaks in a mono mix; never a recogniser's, which follow from it."""
    told = pick([x for x in known if x.origin != "detector"], "transcript")
    found = _layer(uow, told)
    return {} if found is None else {"heard": found}


def _audio(ws: Workspace, call: Call) -> tuple[AudioInput, ...]:
    out = []
    for track in call.tracks:
        path, owned = locate(ws, call, track)
        out.append(
            AudioInput(
                role=track.role,
                path=str(path),
                sha256=track.audio_sha256,
                channel_index=track.channel_index,
                owned=owned,
                placement=Placement(call.rate_hz, track.offset_frames, track.drift_ppm),
            )
        )
    return tuple(out)


def _cache_bytes(uow: Reader) -> int:
    return int(uow.settings.get("pcm_cache_gb", DEFAULT_CACHE_GB)) * 10**9


def _documents(uow: Reader, call_id: str, evaluator: Evaluator) -> dict[str, bytes]:
    return documents.load(uow, call_id, evaluator.documents) if evaluator.documents else {}
