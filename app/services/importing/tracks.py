"""Where each track of a call lies: which channel of which file, from which frame on."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.calls import ChannelMap, Track, TrackRole
from app.domain.clock import to_frames
from app.domain.ids import new_id
from app.domain.imports import AudioFile, DryRunEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A call's time line: its rate, its length in frames at that rate, and its tracks."""

    rate_hz: int
    frame_count: int
    tracks: tuple[Track, ...]


def laid_out(entry: DryRunEntry, channel_map: ChannelMap) -> Layout:
    """The layout of an entry under a channel map. The call's rate is the highest of its files."""
    rate_hz = entry.rate_hz
    if len(entry.audio) == 2:
        tracks = _pair(entry, rate_hz)
    elif channel_map == "mono" or entry.audio[0].channels == 1:
        tracks = (_track(entry.audio[0], "mix", 0, 0),)
    else:
        left, right = channel_map.split(",")
        roles: dict[str, TrackRole] = {"caller": "caller", "agent": "agent"}
        tracks = (
            _track(entry.audio[0], roles[left], 0, 0),
            _track(entry.audio[0], roles[right], 1, 0),
        )
    ends = [t.offset_frames + -(-t.frame_count * rate_hz // t.rate_hz) for t in tracks]
    return Layout(rate_hz=rate_hz, frame_count=max(ends), tracks=tracks)


def _pair(entry: DryRunEntry, rate_hz: int) -> tuple[Track, ...]:
    """Caller's and agent's file; a negative offset of the agent moves the caller instead."""
    offset = to_frames(entry.offset_s, rate_hz)
    caller, agent = entry.audio
    return (
        _track(caller, "caller", 0, max(0, -offset)),
        _track(agent, "agent", 0, max(0, offset)),
    )


def _track(audio: AudioFile, role: TrackRole, channel: int, offset_frames: int) -> Track:
    return Track(
        id=new_id(),
        role=role,
        audio_sha256=audio.sha256,
        channel_index=channel,
        rate_hz=audio.rate_hz,
        frame_count=audio.frame_count,
        offset_frames=offset_frames,
    )
