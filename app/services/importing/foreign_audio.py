"""The recordings that a call of another system names: which are there, and how they lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.calls import ChannelMap, Finding, Track, TrackRole
from app.domain.clock import to_frames
from app.domain.errors import UserError
from app.domain.ids import new_id
from app.domain.imports import AudioFile
from app.domain.work import Work
from app.services.importing.foreign import ForeignAudio, ForeignCall
from app.services.importing.listen import Heard, listen, sha256_of
from app.services.importing.walk import shown

NO_AUDIO_HZ = 16_000
"""Frames per second of a call without a recording: fine enough for any log."""
MAX_OFFSET_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What there is to hear of a call.

    Attributes:
        rate_hz: of the call.
        channel_map: whose channel is whose; of no meaning without a recording.
        tracks: on the call's time line; may be empty.
        files: each recording once.
        end_s: when the last recording ends; 0.0 without any.
        shift_s: by how much all of the call's times move so that no recording begins before it.
        missing: names of recordings that are not there or not usable.
        findings: about the recordings, and about those that are missing.
    """

    rate_hz: int
    channel_map: ChannelMap
    tracks: tuple[Track, ...]
    files: tuple[AudioFile, ...]
    end_s: float
    shift_s: float
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def can_detect(self) -> bool:
        """Whether both speakers can be heard, so that speech detection says who speaks when."""
        roles = {t.role for t in self.tracks}
        return "mix" in roles or roles >= {"caller", "agent"}


def place(ctx: Work, call: ForeignCall) -> Placed:
    """Look at a call's recordings: hash and decode each once.

    Raises:
        Cancelled.
    """
    there, files, findings, missing = _examine(ctx, chosen(call.audio))
    rate_hz = max((f.rate_hz for f in files.values()), default=NO_AUDIO_HZ)
    shift_s = max(0.0, -min((a.offset_s for a in there), default=0.0))
    tracks = tuple(_track(a, files[a.path], rate_hz, shift_s) for a in there)
    ends = [a.offset_s + shift_s + files[a.path].duration_s for a in there]
    return Placed(
        rate_hz=rate_hz,
        channel_map=_channel_map(there),
        tracks=tracks,
        files=tuple(files.values()),
        end_s=max(ends, default=0.0),
        shift_s=shift_s,
        missing=tuple(missing),
        findings=(*findings, *_absent(there, missing)),
    )


def missing(call: ForeignCall) -> tuple[str, ...]:
    """Recordings that the call names and that are not there; without decoding any."""
    return tuple(
        dict.fromkeys(shown(a.path.name) for a in chosen(call.audio) if not a.path.is_file())
    )


def chosen(audio: Sequence[ForeignAudio]) -> list[ForeignAudio]:
    """One channel for each role; a mix only where no speaker has a channel of their own."""
    by_role: dict[TrackRole, ForeignAudio] = {}
    for item in audio:
        if abs(item.offset_s) < MAX_OFFSET_S:  # false for NaN as well
            by_role.setdefault(item.role, item)
    if len(by_role) > 1:
        by_role.pop("mix", None)
    order: tuple[TrackRole, ...] = ("caller", "agent", "mix")
    return [by_role[role] for role in order if role in by_role]


def _examine(
    ctx: Work, wanted: Sequence[ForeignAudio]
) -> tuple[list[ForeignAudio], dict[Path, AudioFile], list[Finding], list[str]]:
    heard: dict[Path, tuple[AudioFile, Heard] | None] = {}
    there: list[ForeignAudio] = []
    findings: list[Finding] = []
    missing: list[str] = []
    for item in wanted:
        if item.path not in heard:
            heard[item.path], why = _listen(ctx, item.path)
            findings += why
            if heard[item.path] is None:
                missing.append(shown(item.path.name))
        found = heard[item.path]
        if found is None:
            continue
        if item.channel_index >= found[0].channels:
            missing.append(f"channel {item.channel_index + 1} of {shown(item.path.name)}")
            continue
        there.append(item)
        findings += _of_role(found[1].findings, item, found[0].channels)
    files = {item.path: pair[0] for item in there if (pair := heard[item.path]) is not None}
    return there, files, list(dict.fromkeys(findings)), missing


def _listen(ctx: Work, path: Path) -> tuple[tuple[AudioFile, Heard] | None, list[Finding]]:
    if not path.is_file():
        return None, []
    try:
        found = listen(path, ctx)
        audio = AudioFile(
            path=path,
            sha256=sha256_of(path, ctx),
            codec=f"{found.probe.container}/{found.probe.codec}",
            rate_hz=found.probe.rate_hz,
            channels=found.probe.channels,
            frame_count=found.frame_count,
            size_bytes=path.stat().st_size,
        )
    except UserError as error:
        return None, [Finding(code="audio_unusable", message=f"{error.what} It was left out.")]
    return (audio, found), []


def _of_role(found: Sequence[Finding], item: ForeignAudio, channels: int) -> list[Finding]:
    """The findings that touch this channel, named by its role."""
    own = []
    for finding in found:
        if finding.code == "mono_mix" and item.role != "mix":
            continue
        usual = None if channels == 1 else ("caller", "agent")[item.channel_index]
        if channels == 2 and finding.track_role not in (None, usual):
            continue
        has_role = finding.track_role is not None
        own.append(replace(finding, track_role=item.role if has_role else None))
    return own


def _absent(there: Sequence[ForeignAudio], missing: Sequence[str]) -> list[Finding]:
    roles = {a.role for a in there}
    gone = f" ({', '.join(missing)})" if missing else ""
    rest = "turns and times are those of the log that came with it"
    if not roles:
        why = "Its recording was not there" if missing else "It came without a recording"
        message = f"{why}{gone}: {rest}, and nothing was measured from sound."
        return [Finding(code="audio_missing", message=message)]
    if roles in ({"caller"}, {"agent"}):
        lacking: TrackRole = "agent" if "caller" in roles else "caller"
        message = f"There is no recording of the {lacking}{gone}: {rest}."
        return [Finding(code="track_missing", message=message, track_role=lacking)]
    return []


def _track(item: ForeignAudio, file: AudioFile, rate_hz: int, shift_s: float) -> Track:
    return Track(
        id=new_id(),
        role=item.role,
        audio_sha256=file.sha256,
        channel_index=item.channel_index,
        rate_hz=file.rate_hz,
        frame_count=file.frame_count,
        offset_frames=to_frames(item.offset_s + shift_s, rate_hz),
    )


def _channel_map(there: Sequence[ForeignAudio]) -> ChannelMap:
    by_role = {a.role: a for a in there}
    if set(by_role) == {"mix"}:
        return "mono"
    caller, agent = by_role.get("caller"), by_role.get("agent")
    if (
        caller
        and agent
        and caller.path == agent.path
        and agent.channel_index < caller.channel_index
    ):
        return "agent,caller"
    return "caller,agent"
