"""What the player plays and how: plain values shared by the player and its feeder.

Frames are counted at the call's rate unless a name says `device`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span, TrackRole

Ears = Literal["split", "swap", "mono"]
"""Who is in which ear: caller left and agent right, the other way round, or both in both."""

EARS: tuple[Ears, Ears, Ears] = ("split", "swap", "mono")

PlayState = Literal["empty", "paused", "playing"]

EventKind = Literal["state", "ended", "device", "device_lost", "underrun", "fault"]

MIN_SPEED, MAX_SPEED = 0.5, 2.0
RAMP_S = 0.005
"""Every change of gain, place or speed is crossfaded over this long, so that it does not click."""

SILENCE_DB = -120.0
"""What a meter shows for digital silence."""

FloatBlock = NDArray[np.float32]
"""Stereo frames, shape (n, 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayTrack:
    """One speaker's samples.

    Attributes:
        role: whose voice it is.
        pcm: shape (frames,), int16 or float32 at `rate_hz`; may be a memmap that still grows.
        rate_hz: the track's own rate.
        offset_frames: where its first sample lies on the call's time line, at the call's rate.
    """

    role: TrackRole
    pcm: NDArray[Any]
    rate_hz: int
    offset_frames: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMix:
    """One speaker's strip. `pan` is -1 (left) to 1 (right); None leaves it to the ear mode."""

    mute: bool = False
    solo: bool = False
    trim_db: float = 0.0
    pan: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """All strips, the ear mode and the volume."""

    caller: ChannelMix = field(default_factory=ChannelMix)
    agent: ChannelMix = field(default_factory=ChannelMix)
    mix: ChannelMix = field(default_factory=ChannelMix)
    ears: Ears = "split"
    volume_db: float = 0.0

    def of(self, role: TrackRole) -> ChannelMix:
        """The strip of `role`."""
        strips = {"caller": self.caller, "agent": self.agent, "mix": self.mix}
        return strips[role]

    def with_channel(self, role: TrackRole, **changes: Any) -> Mix:
        """A copy with fields of one strip changed."""
        strip = replace(self.of(role), **changes)
        if role == "mix":
            return replace(self, mix=strip)
        return replace(self, caller=strip) if role == "caller" else replace(self, agent=strip)

    def soloed(self, role: TrackRole | None) -> Mix:
        """A copy in which only `role` is heard; None gives all back."""
        return replace(
            self,
            caller=replace(self.caller, solo=role == "caller"),
            agent=replace(self.agent, solo=role == "agent"),
        )

    def next_ears(self) -> Mix:
        """A copy with the next ear mode."""
        return replace(self, ears=EARS[(EARS.index(self.ears) + 1) % len(EARS)])


@dataclass(frozen=True, slots=True)
class Level:
    """What a meter shows, in dB relative to full scale."""

    rms_db: float = SILENCE_DB
    peak_db: float = SILENCE_DB


@dataclass(frozen=True, slots=True)
class PlayerEvent:
    """Something that happened to playback; `message` is for the person, empty where obvious."""

    kind: EventKind
    message: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """All that was asked of the player, as one value; the feeder makes it so.

    The ids grow with each request, so that the feeder can tell a repeated request from none.
    """

    tracks: Sequence[PlayTrack] = ()
    rate_hz: int = 0
    frame_count: int = 0
    load_id: int = 0
    playing: bool = False
    seek_to: int = 0
    seek_id: int = 0
    loop: Span | None = None
    speed: float = 1.0
    mix: Mix = field(default_factory=Mix)
    device: str | None = None
    device_id: int = 0
    awake_id: int = 0
