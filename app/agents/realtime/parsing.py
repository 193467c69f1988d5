"""Server events of the Realtime protocol as `AgentEvent`s. Nothing in here ends a call."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from app.agents.link import AgentEvent, EventKind

BETA_NAMES = {
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "conversation.item.created": "conversation.item.added",
}
"""What older servers call it, and what it is called now."""

KINDS: dict[str, EventKind] = {
    "session.updated": "ready",
    "response.output_audio.delta": "audio",
    "response.output_audio.done": "audio_done",
    "response.output_audio_transcript.delta": "agent_text",
    "response.output_audio_transcript.done": "agent_text",
    "input_audio_buffer.speech_started": "caller_started",
    "input_audio_buffer.speech_stopped": "caller_stopped",
    "conversation.item.input_audio_transcription.delta": "caller_text",
    "conversation.item.input_audio_transcription.completed": "caller_text",
    "response.created": "response_started",
    "response.done": "response_done",
    "response.function_call_arguments.done": "tool",
    "error": "error",
}
SOUND_KEYS = ("delta", "audio")
LONG = 512


def parse(raw: bytes, at_ns: int) -> tuple[AgentEvent, dict[str, Any]]:
    """The event in a message, and the message without its sound for the log."""
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        told = raw[:LONG].decode("utf-8", "replace")
        return AgentEvent(kind="other", at_ns=at_ns, text=told), {"unreadable": told}
    name = str(body.get("type", ""))
    name = BETA_NAMES.get(name, name)
    kind = KINDS.get(name, "other")
    if kind == "audio":
        return _audio(body, at_ns), without_sound(body)
    return (
        AgentEvent(
            kind=kind,
            at_ns=at_ns,
            item_id=str(body.get("item_id") or ""),
            text=_text(body, kind),
            whole=name.endswith((".done", ".completed")),
            data=_facts(body, kind),
        ),
        body,
    )


def without_sound(body: Mapping[str, Any]) -> dict[str, Any]:
    """A message whose sound is told by its length; the sound itself is in the tracks."""
    return {
        k: f"[{len(v)} characters of sound]"
        if k in SOUND_KEYS and isinstance(v, str) and len(v) > LONG
        else v
        for k, v in body.items()
    }


def _audio(body: Mapping[str, Any], at_ns: int) -> AgentEvent:
    try:
        raw = base64.b64decode(str(body.get("delta") or ""), validate=True)
    except (binascii.Error, ValueError):
        return AgentEvent(kind="other", at_ns=at_ns, text="sound that cannot be decoded")
    pcm = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.int16)
    return AgentEvent(kind="audio", at_ns=at_ns, item_id=str(body.get("item_id") or ""), pcm=pcm)


def _text(body: Mapping[str, Any], kind: EventKind) -> str:
    if kind == "error":
        error = body.get("error")
        return str(error.get("message", "")) if isinstance(error, Mapping) else str(error)
    found = body.get("transcript") if body.get("transcript") is not None else body.get("delta")
    return found if isinstance(found, str) else ""


def _facts(body: Mapping[str, Any], kind: EventKind) -> dict[str, Any]:
    names: tuple[str, ...]
    if kind == "tool":
        names = ("name", "call_id", "arguments")
    elif kind == "response_done":
        response = body.get("response")
        names, body = ("status", "usage"), response if isinstance(response, Mapping) else {}
    else:
        names = ("audio_start_ms", "audio_end_ms")
    return {k: body[k] for k in names if k in body}
