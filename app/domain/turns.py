"""What is derived from a layer of segments by a named, versioned profile.

The rules themselves live in `app.domain.turn_rules`; here are only the values. Every derived
thing names the segments that it came from, the layer and its version, and the profile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.calls import Span, Speaker

OverlapKind = Literal["backchannel", "interruption", "false_interruption", "talk_over", "terminal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A named rule set. `params` is what the rules read, in milliseconds or counts."""

    name: str
    version: int
    params: dict[str, Any]

    @property
    def id(self) -> str:
        """`callbench-1`: the name that every figure carries."""
        return f"{self.name}-{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A run of one speaker's utterances. `id` is `t<index>`; `index` counts from 1 in the call."""

    id: str
    index: int
    speaker: Speaker
    span: Span
    segment_ids: tuple[str, ...]
    text: str = ""
    latency: Latency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Signed response latency in frames: onset of a turn minus offset of the other's before it."""

    turn_id: str
    previous_turn_id: str
    frames: int
    segment_ids: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Both speak. `by` is who began second. `kind` may have been set by a person (`edited`)."""

    span: Span
    by: Speaker
    kind: OverlapKind
    segment_ids: tuple[str, str]
    """(the one spoken into, the one that began second)"""
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """A turn begun inside the other's utterance, earlier than a terminal overlap.

    `yield_frames` is the other's stop minus the onset, None if it did not stop in time (then the
    overlap's kind is `talk_over`).
    """

    by: Speaker
    onset: int
    yield_frames: int | None
    segment_ids: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSet:
    """Everything derived from one version of one layer by one profile. Frames at `rate_hz`."""

    rate_hz: int
    frame_count: int
    layer_id: str
    layer_version: int
    layer_name: str
    profile: Profile
    utterances: tuple[Utterance, ...]
    turns: tuple[Turn, ...]
    latencies: tuple[Latency, ...]
    overlaps: tuple[Overlap, ...]
    interruptions: tuple[Interruption, ...]
    dead_air: tuple[Span, ...]
    voids: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A speaker's speech with its short pauses closed: what the lanes draw."""

    speaker: Speaker
    span: Span
    segment_ids: tuple[str, ...]
    turn_id: str | None
    text: str = ""
