"""The layers that a platform's own lines make: who spoke when, and what, by whose account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.text_roles import TextRole
from app.services.importing.foreign import ForeignLayer, ForeignLine
from app.services.importing.readers.jsonish import Timeline


def layers_of(
    source: str, timeline: Timeline, *, speech: bool, params: Mapping[str, Any]
) -> tuple[ForeignLayer, ...]:
    """The layers of a platform that took part in the call.

    Its transcript has the caller's words as its recogniser heard them and the agent's as its voice
    was given them; the latter are a layer of intended text as well. Speech is a layer of its own
    only where the times are those of sound.
    """
    both = {**params, "agent_text": "intended"}
    made = [
        _text(source, timeline.of("agent"), "intended", "agent as intended", params),
        _text(source, tuple(timeline.rows), "heard", "transcript", both),
    ]
    if speech:
        made.insert(0, speech_layer(source, timeline, params))
    return tuple(layer for layer in made if layer.lines)


def one_text(
    source: str, timeline: Timeline, role: TextRole, name: str, params: Mapping[str, Any]
) -> tuple[ForeignLayer, ...]:
    """The layers of lines whose texts all come the same way, with the speech that they are."""
    made = (
        speech_layer(source, timeline, params),
        _text(source, tuple(timeline.rows), role, name, params),
    )
    return tuple(layer for layer in made if layer.lines)


def speech_layer(source: str, timeline: Timeline, params: Mapping[str, Any]) -> ForeignLayer:
    """When each side spoke, as reported; lines that were never played are none."""
    bare = tuple(
        ForeignLine(speaker=r.speaker, start_s=r.start_s, end_s=r.end_s)
        for r in timeline.rows
        if r.heard and r.end_s > r.start_s
    )
    return ForeignLayer(
        kind="speech",
        name=f"{source}: speech as reported",
        producer=source,
        lines=bare,
        params=dict(params),
    )


def _text(
    source: str,
    lines: tuple[ForeignLine, ...],
    role: TextRole,
    name: str,
    params: Mapping[str, Any],
) -> ForeignLayer:
    return ForeignLayer(
        kind="transcript",
        name=f"{source}: {name}",
        producer=source,
        lines=tuple(line for line in lines if line.text or line.words),
        text_role=role,
        params=dict(params),
    )
