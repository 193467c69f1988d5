"""The sound that goes with a request: one speaker alone, mono WAV, at most 24 kHz and 16 bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.audio.muting import reaches
from app.audio.polyphase import convert
from app.domain.calls import Call
from app.domain.errors import NotFound
from app.domain.judging import sha256_of
from app.domain.redaction import Mask
from app.domain.work import Quiet
from app.eval.judging.asks import AudioPart
from app.models.chat_audio import audio_part
from app.services import outgoing, redacting
from app.services.workspace import Workspace

MOST_HZ = 24_000
NOT_INSTEAD = "the judge was not run on the transcript instead."


def names(ws: Workspace, call_id: str, parts: Sequence[AudioPart]) -> tuple[str, ...]:
    """What identifies each sound without decoding it: recording, place, what of it is muted.

    Raises:
        NotFound: the call has no track of that speaker alone.
    """
    if not parts:
        return ()
    call, mask = _call(ws, call_id), redacting.mask(ws, call_id)
    return tuple(_name(call, part, mask) for part in parts)


def heard(ws: Workspace, call_id: str, parts: Sequence[AudioPart]) -> tuple[Mapping[str, Any], ...]:
    """Each sound as a content part of a message.

    Raises:
        NotFound, BadInput, EnvironmentFault: a recording cannot be opened.
    """
    if not parts:
        return ()
    opened = outgoing.open_sound(Quiet(), ws, _call(ws, call_id))
    return tuple(_heard(opened, part) for part in parts)


def with_sound(
    messages: Iterable[Mapping[str, Any]], parts: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], ...]:
    """Messages in the wire's form, the sounds at the end of the last one of the user."""
    out = [dict(message) for message in messages]
    if parts:
        last = max(at for at, message in enumerate(out) if message["role"] == "user")
        out[last]["content"] = [{"type": "text", "text": out[last]["content"]}, *parts]
    return tuple(out)


def _call(ws: Workspace, call_id: str) -> Call:
    with ws.db.read() as uow:
        call = uow.calls.get(call_id)
    if call is None:
        raise NotFound(f"There is no call {call_id}.")
    return call


def _name(call: Call, part: AudioPart, mask: Mask) -> str:
    track = call.track(part.speaker)
    if track is None:
        raise NotFound(
            f"{call.code} has no recording of the {part.speaker} alone; {NOT_INSTEAD}",
        )
    place = [track.audio_sha256, track.channel_index, track.offset_frames, track.drift_ppm]
    silent = [
        [s.start, s.end] for s in mask.of(part.speaker) if reaches(s, part.span, call.rate_hz)
    ]
    muted = [silent] if silent else []  # keys of what is not redacted stay what they were
    return sha256_of([*place, call.rate_hz, part.span.start, part.span.end, *muted])


def _heard(opened: outgoing.Sound, part: AudioPart) -> Mapping[str, Any]:
    samples = opened.pcm(part.speaker, part.span)
    pcm = samples.astype(np.float32)
    if samples.dtype == np.int16:
        pcm /= 32_768.0
    rate_hz = min(opened.rate_hz, MOST_HZ)
    return audio_part(convert(pcm, opened.rate_hz, rate_hz), rate_hz)
