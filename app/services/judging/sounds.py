"""The sound that goes with a request: one speaker alone, mono WAV, at most 24 kHz and 16 bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.audio.polyphase import convert
from app.domain.calls import Call
from app.domain.errors import NotFound
from app.domain.judging import sha256_of
from app.domain.work import Quiet
from app.eval.judging.asks import AudioPart
from app.models.chat_audio import audio_part
from app.services import media
from app.services.workspace import Workspace

MOST_HZ = 24_000
NOT_INSTEAD = "the judge was not run on the transcript instead."


def names(ws: Workspace, call_id: str, parts: Sequence[AudioPart]) -> tuple[str, ...]:
    """What identifies each sound, without decoding it: recording, channel, place and span.

    Raises:
        NotFound: the call has no track of that speaker alone.
    """
    if not parts:
        return ()
    call = _call(ws, call_id)
    return tuple(_name(call, part) for part in parts)


def heard(ws: Workspace, call_id: str, parts: Sequence[AudioPart]) -> tuple[Mapping[str, Any], ...]:
    """Each sound as a content part of a message.

    Raises:
        NotFound, BadInput, EnvironmentFault: a recording cannot be opened.
    """
    if not parts:
        return ()
    opened = media.open_media(Quiet(), ws, _call(ws, call_id))
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


def _name(call: Call, part: AudioPart) -> str:
    track = call.track(part.speaker)
    if track is None:
        raise NotFound(
            f"{call.code} has no recording of the {part.speaker} alone; {NOT_INSTEAD}",
        )
    place = [track.audio_sha256, track.channel_index, track.offset_frames, track.drift_ppm]
    return sha256_of([*place, call.rate_hz, part.span.start, part.span.end])


def _heard(opened: media.CallMedia, part: AudioPart) -> Mapping[str, Any]:
    samples = opened.pcm(part.speaker)[part.span.start : part.span.end]
    pcm = samples.astype(np.float32)
    if samples.dtype == np.int16:
        pcm /= 32_768.0
    rate_hz = min(opened.rate_hz, MOST_HZ)
    return audio_part(convert(pcm, opened.rate_hz, rate_hz), rate_hz)
