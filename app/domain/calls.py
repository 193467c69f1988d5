"""Call, track and the speakers on them. Times are int frames at the call's rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Speaker = Literal["caller", "agent"]
SPEAKERS: tuple[Speaker, Speaker] = ("caller", "agent")

ChannelMap = Literal["caller,agent", "agent,caller", "mono"]
"""Which speaker is on which channel of the source; `mono` is one mixed channel."""

TrackRole = Literal["caller", "agent", "mix"]


def other(speaker: Speaker) -> Speaker:
    """The other party of a two-party call."""
    return "agent" if speaker == "caller" else "caller"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open run of frames `[start, end)` at the call's rate."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"span ends before it starts: {self.start} > {self.end}")

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.end - self.start

    def overlap(self, other_span: Span) -> Span | None:
        """The common part, or None where there is none."""
        start, end = max(self.start, other_span.start), min(self.end, other_span.end)
        return Span(start, end) if start < end else None

    def contains(self, frame: int) -> bool:
        """Whether `frame` lies inside."""
        return self.start <= frame < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One speaker's (or the mix's) audio: one channel of one content-addressed file.

    `offset_frames` is where the track's first sample lies on the call's time line, at the
    call's rate; `drift_ppm` is how much faster its clock runs than the call's.
    """

    id: str
    role: TrackRole
    audio_sha256: str
    channel_index: int
    rate_hz: int
    frame_count: int
    offset_frames: int = 0
    drift_ppm: float = 0.0
    trim_db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A recorded call. `code` is the short id people read and type, unique in a workspace."""

    id: str
    code: str
    title: str
    rate_hz: int
    frame_count: int
    channel_map: ChannelMap
    tracks: tuple[Track, ...]
    source_path: str
    content_sha256: str
    imported_at: str
    recorded_at: str | None = None
    agent: str = ""
    agent_version: str = ""
    scenario_key: str = ""
    persona: str = ""
    attempt: int = 1
    language: str = ""
    outcome: str = ""
    flagged: bool = False
    archived: bool = False
    tags: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_mono(self) -> bool:
        """True where both speakers share one mixed channel."""
        return self.channel_map == "mono"

    def track(self, role: TrackRole) -> Track | None:
        """The track of that role, if the call has one."""
        return next((t for t in self.tracks if t.role == role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding about a recording, and which figures it voids.

    `code` is stable (`identical_channels`, `silent_channel`, `channel_bleed`, `mono_mix`,
    `clipping`, `transcript_longer_than_audio`, ...); `voids` lists figure families that must
    not be trusted (`latency`, `overlap`, `interruption`, `level`).
    """

    code: str
    message: str
    voids: tuple[str, ...] = ()
    track_role: TrackRole | None = None
