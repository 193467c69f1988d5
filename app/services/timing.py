"""Who speaks when: speech detection on each channel, stored as a layer; turns derived from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.audio import envelope, integrity, sparkline, speech_edges
from app.audio.speech_edges import EdgeOptions
from app.domain.calls import Call, Finding, Span, TrackRole
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import NotFound
from app.domain.ids import new_id
from app.domain.mono_split import share_out
from app.domain.segments import Layer, Segment
from app.domain.turn_profiles import CALLBENCH_1
from app.domain.turns import TurnSet
from app.domain.work import Work
from app.models import vad
from app.models.vad import VadOptions
from app.services import layers, turn_figures
from app.services.current_layer import pick
from app.services.media import CallMedia, open_media, sound_findings
from app.services.workspace import Workspace

ALGORITHM = 1
"""Raise when the same options give other segments."""
MONO_REACH_S = 1.0
SPLIT_CODES = frozenset({"speaker_split_estimated", "speakers_unknown"})

Heard = tuple[Span, float]
"""A stretch of speech and the detector's mean probability in it."""


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
    vad_options, edge_options = vad_options or chosen_options(ws), edge_options or EdgeOptions()
    transcript = layers.transcript(ws, call.id) if call.is_mono else ()
    params = _params(call, vad_options, edge_options, transcript)
    known = _newest_detector(ws, call.id)
    if known is not None and known.producer == vad.version() and known.params == params:
        return known
    media = open_media(ctx, ws, call)
    heard = {
        role: _channel(ctx, media, i, role, vad_options, edge_options)
        for i, role in enumerate(media.roles)
    }
    ctx.raise_if_cancelled()
    layer = Layer(
        id=new_id(),
        call_id=call.id,
        kind="speech",
        origin="detector",
        name=f"Silero {vad.model_number()}, threshold {vad_options.threshold:.2f}",
        producer=vad.version(),
        version=1,
        params=params,
        created_at=utc_now(),
    )
    segments = _segments(call, heard, transcript)
    bars = sparkline.bars([media.peaks(role) for role in media.roles], call.frame_count)
    _store(ws, call, layer, segments, _findings(media, transcript), bars)
    return layer


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
) -> TurnSet:
    """The call's turns and what is between them, with text from its current transcript.

    Args:
        ws: the workspace.
        call_id: the call.
        layer_id: the speech layer; default: human, else detector, import, platform.
        profile: id of the rules.

    Raises:
        NotFound: no such call, layer or profile, or the call has no timing yet.
    """
    with ws.db.read() as uow:
        call = uow.calls.get(call_id)
        layer = uow.layers.get(layer_id) if layer_id else None
        if call is None or (layer_id and (layer is None or layer.call_id != call_id)):
            raise NotFound(f"There is no layer {layer_id or ''} of the call {call_id}.")
        return turn_figures.turns_of(uow, call, layer=layer, profile_id=profile)


def refresh(ws: Workspace, call_id: str) -> Changes:
    """Derive the call's summary anew, after its layers or its transcript changed."""
    with ws.db.machine() as uow:
        turn_figures.refresh_summary(uow, call_id)
        uow.touch(Changes(calls=frozenset({call_id})))
    return uow.changes


def _params(
    call: Call, vad_options: VadOptions, edges: EdgeOptions, transcript: tuple[Segment, ...]
) -> dict[str, Any]:
    """Everything that the layer follows from besides the model."""
    tracks = {
        t.role: [t.audio_sha256, t.channel_index, t.offset_frames, t.drift_ppm] for t in call.tracks
    }
    named = {"transcript_lines": [s.id for s in transcript]} if transcript else {}
    return {
        "algorithm": ALGORITHM,
        "detector": asdict(vad_options),
        "edges": asdict(edges),
        "tracks": tracks,
        **named,
    }


def _newest_detector(ws: Workspace, call_id: str) -> Layer | None:
    found = [x for x in layers.layers(ws, call_id) if x.origin == "detector"]
    return pick(found, "speech")


def _channel(
    ctx: Work,
    media: CallMedia,
    number: int,
    role: TrackRole,
    vad_options: VadOptions,
    edge_options: EdgeOptions,
) -> list[Heard]:
    """One channel's speech: detected, then snapped to where its energy begins and ends."""
    pcm, rate_hz = media.pcm(role), media.rate_hz
    total = media.frame_count * len(media.roles)

    def progress(done: int, _of: int) -> None:
        ctx.raise_if_cancelled()
        ctx.progress(number * media.frame_count + done, total, "speech detection")

    found = vad.detect(pcm, rate_hz, vad_options, progress)
    ctx.raise_if_cancelled()
    spans = speech_edges.snap(found.spans, envelope.compute(pcm, rate_hz), rate_hz, edge_options)
    ctx.progress((number + 1) * media.frame_count, total, "speech detection")
    return [(span, vad.mean_probability(found.probabilities, span, rate_hz)) for span in spans]


def _segments(
    call: Call, heard: dict[TrackRole, list[Heard]], transcript: tuple[Segment, ...]
) -> list[Segment]:
    out: list[Segment] = []
    for role, stretches in heard.items():
        if role != "mix":
            out += [
                Segment(id=new_id(), speaker=role, span=span, confidence=round(p, 3))
                for span, p in stretches
            ]
            continue
        reach = round(MONO_REACH_S * call.rate_hz)
        shared = share_out([span for span, _ in stretches], transcript, reach)
        out += [Segment(id=new_id(), speaker=who, span=span) for who, span in shared]
    return out


def _findings(media: CallMedia, transcript: tuple[Segment, ...]) -> list[Finding]:
    found = sound_findings(media)
    if media.call.is_mono:
        found.append(_split_finding(bool(transcript)))
    return found


def _split_finding(by_transcript: bool) -> Finding:
    if by_transcript:
        return Finding(
            code="speaker_split_estimated",
            message="Single channel: who speaks is estimated from the transcript's times.",
        )
    return Finding(
        code="speakers_unknown",
        message="Single channel without a transcript that names speakers: all speech is shown as "
        "one speaker's, and turns cannot be told apart.",
        voids=("turn",),
    )


def _store(
    ws: Workspace,
    call: Call,
    layer: Layer,
    segments: list[Segment],
    findings: list[Finding],
    bars: bytes,
) -> None:
    with ws.db.machine() as uow:
        now = uow.calls.get(call.id)
        if now is None:
            raise NotFound(f"The call {call.code} is not there any more.")
        kept = [f for f in now.warnings if f.code not in SPLIT_CODES]
        layers.add_layer(uow, layer, segments)
        uow.calls.set_findings(call.id, integrity.merged(kept, findings))
        turn_figures.refresh_summary(uow, call.id, sparkline=bars)
        uow.touch(Changes(calls=frozenset({call.id}), segments=frozenset({call.id})))
