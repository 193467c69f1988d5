"""What an evaluator gets of a call, read from the workspace, and what its result follows from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.audio.align import Placement
from app.domain.calls import Call, Track
from app.domain.layer_edits import overrides
from app.domain.redaction import NOTHING, Mask
from app.domain.segments import Layer, LayerOrigin
from app.domain.text_roles import ROLES, TextRole, newest, text_role
from app.eval.base import AudioInput, CallInput, Evaluator, LayerInput, Need
from app.services.current_layer import pick
from app.services.media import DEFAULT_CACHE_GB, locate
from app.services.workspace import Workspace
from db.unit_of_work import Reader

TEXTS: frozenset[str] = frozenset(ROLES)
OUTSIDE = frozenset({"asr.endpoint"})
"""They send sound to somebody else: what is redacted is silent in it."""
FINDERS = frozenset({"speech.detect", "signal.integrity"})
"""They say what is void; were it part of their own inputs, each would ask for itself again."""
ONE_SIDED = "Only one speaker was recorded; the platform's times are those of both."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What there is of a call, without contents: enough to say what a result follows from.

    `documents` are names with the hashes of their bodies.
    """

    call: Call
    layers: tuple[Layer, ...]
    documents: Mapping[str, str]
    mask: Mask = NOTHING

    def text(self, role: TextRole) -> Layer | None:
        """The newest transcript of a role."""
        return newest(self.layers, role)

    def speech(self, origin: LayerOrigin | None) -> Layer | None:
        """The newest speech layer of an origin, or the one in force."""
        return pick([x for x in self.layers if origin is None or x.origin == origin], "speech")

    @property
    def reported(self) -> Layer | None:
        """The platform's own speech layer."""
        found = [x for x in self.layers if x.kind == "speech" and x.origin == "platform"]
        return found[-1] if found else None

    @property
    def naming(self) -> Layer | None:
        """The transcript that says who speaks in a mono mix; never a recogniser's: it was told."""
        return pick([x for x in self.layers if x.origin != "detector"], "transcript")


def shelf(ws: Workspace, call_id: str) -> Shelf | None:
    """What there is of a call; None where it is gone."""
    with ws.db.read() as uow:
        call = uow.calls.get(call_id)
        if call is None:
            return None
        return Shelf(
            call=call,
            layers=tuple(uow.layers.of_call(call_id)),
            documents={d.name: d.sha256 for d in uow.documents.of_call(call_id)},
            mask=uow.redactions.mask(call_id),
        )


def why_not(on: Shelf, evaluator: Evaluator, layer: LayerOrigin | None = None) -> str:
    """Why an evaluator does not apply to a call, in words; empty where it does."""
    if evaluator.documents and not _named(on, evaluator):
        return f"It came without {' or '.join(evaluator.documents)} files."
    for need in sorted(evaluator.needs):
        if not _HAS[need](on):
            return _LACKS[need]
    if layer and "speech" in evaluator.reads and on.speech(layer) is None:
        return f"It has no timing of the kind {layer}."
    if evaluator.name == "speech.detect" and is_one_sided(on.call, on.layers):
        return ONE_SIDED
    return ""


def facts(on: Shelf, evaluator: Evaluator, layer: LayerOrigin | None = None) -> dict[str, Any]:
    """What identifies the inputs: hashes and versions, no contents. Kept with the result."""
    call, reads = on.call, evaluator.reads
    found: dict[str, Any] = {}
    if "audio" in reads:
        found["audio"] = {
            t.role: [t.audio_sha256, t.channel_index, _placement(call, t).key()]
            for t in call.tracks
        }
    if evaluator.name in OUTSIDE and on.mask:
        found["muted"] = {
            t.role: [[s.start, s.end] for s in on.mask.of(t.role)] for t in call.tracks
        }
    for name, used in _layers(on, evaluator, layer).items():
        found[name] = [used.id, used.version]
    if named := _named(on, evaluator):
        found["documents"] = {name: on.documents[name] for name in named}
    if "conditions" in reads and (conditions := _conditions(call)):
        found["conditions"] = conditions
    if call.language and (evaluator.name.startswith("asr.") or reads & TEXTS):
        found["language"] = call.language  # chooses the recogniser's words and the normaliser
    if "speech" in reads and evaluator.name not in FINDERS:
        voids = sorted({v for f in call.warnings for v in f.voids})
        found |= {"voids": voids} if voids else {}
    if "reported" in reads and call.extra.get("responses"):
        found["responses"] = call.extra["responses"]
    return found


def load(
    ws: Workspace, on: Shelf, evaluator: Evaluator, layer: LayerOrigin | None = None
) -> CallInput:
    """The call as `evaluator` may see it.

    Args:
        ws: the workspace.
        on: the call.
        evaluator: what reads it; only what it says that it reads is filled in.
        layer: origin of the speech layer to measure by; None for the one in force.

    Raises:
        NotFound, BadInput: a recording is not where it was, or has changed.
    """
    call = on.call
    hidden = on.mask if evaluator.name in OUTSIDE else NOTHING
    with ws.db.read() as uow:
        found = {n: _with_segments(uow, x) for n, x in _layers(on, evaluator, layer).items()}
        bodies = {name: uow.documents.data(call.id, name) for name in _named(on, evaluator)}
        gigabytes = int(uow.settings.get("pcm_cache_gb", DEFAULT_CACHE_GB))
    return CallInput(
        call=call,
        audio=_audio(ws, call, hidden) if "audio" in evaluator.reads else (),
        cache_dir=str(ws.cache_dir),
        cache_bytes=gigabytes * 10**9,
        speech=found.pop("speech", None),
        reported=found.pop("reported", None),
        texts={role: found[role] for role in ROLES if role in found},
        documents={name: body for name, body in bodies.items() if body is not None},
        conditions=_conditions(call) if "conditions" in evaluator.reads else {},
    )


def _layers(on: Shelf, evaluator: Evaluator, layer: LayerOrigin | None) -> dict[str, Layer]:
    """The layers that an evaluator reads, by what they are to it."""
    reads: frozenset[str] = evaluator.reads
    named: dict[str, Layer | None] = {role: on.text(role) for role in ROLES if role in reads}
    if "speech" in reads:
        named["speech"] = on.speech(layer)
    if "reported" in reads:
        named["reported"] = on.reported
    if evaluator.name == "speech.detect" and on.call.is_mono:
        named["heard"] = on.naming
    return {name: found for name, found in named.items() if found is not None}


def _conditions(call: Call) -> dict[str, Any]:
    return dict(call.extra.get("conditions") or {})


def _named(on: Shelf, evaluator: Evaluator) -> list[str]:
    """The documents that an evaluator reads."""
    prefixes = evaluator.documents if "documents" in evaluator.reads else ()
    return [name for name in on.documents if prefixes and name.startswith(prefixes)]


def is_one_sided(call: Call, layers: Iterable[Layer]) -> bool:
    """Whether detection would hide what a platform says of both speakers: it hears only one."""
    told = any(x.kind == "speech" and x.origin == "platform" for x in layers)
    return len(call.tracks) == 1 and not call.is_mono and told


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


def _has_text(role: TextRole) -> Callable[[Shelf], bool]:
    return lambda on: on.text(role) is not None


_HAS: dict[Need, Callable[[Shelf], bool]] = {
    "audio": lambda on: bool(on.call.tracks),
    "two_tracks": lambda on: len({t.role for t in on.call.tracks}) > 1,
    "speech": lambda on: on.speech(None) is not None,
    "reported": lambda on: on.reported is not None,
    "intended": _has_text("intended"),
    "spoken": _has_text("spoken"),
    "heard": _has_text("heard"),
    "human": _has_text("human"),
}


def _with_segments(uow: Reader, layer: Layer) -> LayerInput:
    edits = uow.layers.edits(layer.id) if layer.origin == "human" else []
    segments = uow.layers.segments(layer)
    edited = {str(e.payload["segment_id"]) for e in edits if e.op == "text"}
    if layer.origin != "human" and layer.kind == "transcript" and text_role(layer) == "human":
        edited = {s.id for s in segments}  # a person's transcript came with the call
    return LayerInput(
        layer=layer, segments=segments, overrides=overrides(edits), edited=frozenset(edited)
    )


def _audio(ws: Workspace, call: Call, hidden: Mask) -> tuple[AudioInput, ...]:
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
                placement=_placement(call, track),
                muted=hidden.of(track.role),
            )
        )
    return tuple(out)


def _placement(call: Call, track: Track) -> Placement:
    return Placement(call.rate_hz, track.offset_frames, track.drift_ppm)
