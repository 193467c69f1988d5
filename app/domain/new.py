"""What an importer hands over: a call that has no id yet, and the files that hold its audio."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import ChannelMap, Finding, Track


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioBlob:
    """One audio file by its content. `path` is set only where it is referenced in place."""

    sha256: str
    ext: str
    size_bytes: int
    path: str | None = None
    codec: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call to be added. Fields mean what they mean in `Call`.

    `content_sha256` identifies the recording: adding it twice is refused by the database.
    `source_key` names where recordings of one kind come from, so that a confirmed channel map
    holds for the next one.
    """

    title: str
    rate_hz: int
    frame_count: int
    channel_map: ChannelMap
    tracks: tuple[Track, ...]
    blobs: tuple[AudioBlob, ...]
    source_path: str
    content_sha256: str
    source_key: str = ""
    recorded_at: str | None = None
    agent: str = ""
    agent_version: str = ""
    scenario_key: str = ""
    persona: str = ""
    attempt: int = 1
    language: str = ""
    outcome: str = ""
    tags: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario as data: agent brief and callee persona in `body`, key `domain.sub`."""

    id: str
    key: str
    archetype: str
    title: str
    sha256: str
    body: dict[str, Any]
