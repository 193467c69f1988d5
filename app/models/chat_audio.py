"""Sound inside a chat request: mono WAV as base64, and its hash where the request is kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.models.asr import Float32
from app.models.transcription import wav

KIND = "input_audio"


def audio_part(pcm: Float32, rate_hz: int) -> Mapping[str, Any]:
    """Samples (n,) in -1..1 of one speaker as a content part; what is louder is clipped."""
    data = wav(np.clip(pcm, -1.0, 1.0), rate_hz)
    return {"type": KIND, KIND: {"data": base64.b64encode(data).decode(), "format": "wav"}}


def beeps(count: int, rate_hz: int = 16_000) -> Float32:
    """`count` beeps of 440 Hz, 150 ms each, with 250 ms of silence after each."""
    t = np.arange(round(0.15 * rate_hz)) / rate_hz
    # A slow rise and fall, so that it does not click.
    beep = 0.5 * np.sin(2 * np.pi * 440 * t) * np.sin(np.pi * t / 0.15)
    silence = np.zeros(round(0.25 * rate_hz))
    return np.tile(np.concatenate([beep, silence]), count).astype(np.float32)


def is_audio(part: object) -> bool:
    """Whether a content part is sound."""
    return isinstance(part, Mapping) and part.get("type") == KIND


def has_audio(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any message holds sound."""
    return any(is_audio(part) for message in messages for part in _parts(message))


def audio_bytes(messages: Sequence[Mapping[str, Any]]) -> int:
    """Size of all sound as files, without decoding it."""
    parts = [part for message in messages for part in _parts(message) if is_audio(part)]
    return sum(len(part[KIND]["data"]) * 3 // 4 for part in parts)


def kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """A request body as it is stored: sound is named by SHA-256 and size in bytes."""
    return {**body, "messages": [_kept(message) for message in body["messages"]]}


def _kept(message: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = _parts(message)
    if not any(is_audio(part) for part in parts):
        return message
    return {**message, "content": [_named(part) if is_audio(part) else part for part in parts]}


def _named(part: Mapping[str, Any]) -> dict[str, Any]:
    sound = part[KIND]
    try:
        data = base64.b64decode(sound["data"])
    except binascii.Error:
        data = sound["data"].encode()
    named = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return {**part, KIND: {k: v for k, v in sound.items() if k != "data"} | named}


def _parts(message: Mapping[str, Any]) -> Sequence[Any]:
    content = message.get("content")
    return content if isinstance(content, list | tuple) else ()
