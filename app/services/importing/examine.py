"""Looks at one recording (one file, or two mono files) with all that goes with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.calls import ChannelMap, Finding, TrackRole
from app.domain.imports import (
    AudioFile,
    ChannelGuess,
    DryRunEntry,
    FailedFile,
    FoundTranscript,
    ImportOptions,
)
from app.domain.work import Work
from app.services.formats.text import one_line
from app.services.importing import channel_guess, companions, pairing
from app.services.importing.listen import Heard, listen, sha256_of
from app.services.importing.walk import shown

MAX_TITLE = 300
LONGER_BY_S = 0.5
"""A transcript may end this much after the audio before that is worth a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The audio of one call, and the transcript-like files beside it."""

    audio: tuple[Path, ...]
    offset_s: float
    base: str
    nearby: tuple[Path, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of a candidate: an entry, or failures; and which other files it used."""

    entry: DryRunEntry | None = None
    failed: tuple[FailedFile, ...] = ()
    used: tuple[Path, ...] = field(default=())


def examine(
    ctx: Work,
    confirmed: Callable[[str], ChannelMap | None],
    candidate: Candidate,
    options: ImportOptions,
) -> Examined:
    """Hash, decode and judge one recording.

    Raises:
        UserError: the audio cannot be used.
    """
    hashes = [sha256_of(path, ctx) for path in candidate.audio]
    heard = [listen(path, ctx) for path in candidate.audio]
    found = _companions(candidate)
    audio = _audio_files(candidate.audio, hashes, heard)
    rate_hz = max(a.rate_hz for a in audio)
    duration_s = max(a.duration_s for a in audio)
    transcripts, meta, warnings = companions.read_all(
        found, options, stem=candidate.audio[0].stem, duration_s=duration_s, rate_hz=rate_hz
    )
    if len(heard) == 1:
        transcripts = [_heard_by(t, heard[0]) for t in transcripts]
    meta = {**meta, **options.fields}
    offset_s = float(meta.pop("offset_s", candidate.offset_s)) if len(audio) == 2 else 0.0
    source = options.source or shown(candidate.audio[0].parent.resolve())
    guess, is_confirmed = _channels(heard, transcripts, meta, options, confirmed(source), source)
    entry = DryRunEntry(
        key=content_key(audio, offset_s),
        audio=audio,
        offset_s=offset_s,
        title=_title(meta, candidate),
        source=source,
        guess=guess,
        confirmed=is_confirmed,
        transcripts=tuple(transcripts),
        meta=meta,
        warnings=tuple(warnings),
    )
    findings = _findings(heard, guess, transcripts, entry.duration_s)
    used = (*found.tiers.values(), *((found.sidecar,) if found.sidecar else ()))
    return Examined(entry=replace(entry, findings=findings), used=used)


def _title(meta: dict[str, Any], candidate: Candidate) -> str:
    """The title that came with the call, else the file's name; one line."""
    named = one_line(str(meta.get("title", "")))[:MAX_TITLE]
    return named or shown(candidate.base or candidate.audio[0].stem)


def _heard_by(item: FoundTranscript, heard: Heard) -> FoundTranscript:
    if item.transcript is None:
        return item
    return replace(item, transcript=channel_guess.by_ear(heard.levels_db, item.transcript))


def content_key(audio: Sequence[AudioFile], offset_s: float) -> str:
    """What identifies the recording: the file's hash, or one over both files and their offset."""
    if len(audio) == 1:
        return audio[0].sha256
    body = "\n".join([*(a.sha256 for a in audio), f"{offset_s:.6f}"])
    return hashlib.sha256(body.encode()).hexdigest()


def _companions(candidate: Candidate) -> pairing.Companions:
    stems = [path.stem for path in candidate.audio]
    if candidate.base:
        stems.append(candidate.base)
    return pairing.companions(stems, candidate.nearby, alone=candidate.alone)


def _audio_files(
    paths: Sequence[Path], hashes: Sequence[str], heard: Sequence[Heard]
) -> tuple[AudioFile, ...]:
    roles: tuple[TrackRole | None, ...] = ("caller", "agent") if len(paths) == 2 else (None,)
    return tuple(
        AudioFile(
            path=path,
            sha256=sha,
            codec=f"{h.probe.container}/{h.probe.codec}",
            rate_hz=h.probe.rate_hz,
            channels=h.probe.channels,
            frame_count=h.frame_count,
            size_bytes=path.stat().st_size,
            role=role,
        )
        for path, sha, h, role in zip(paths, hashes, heard, roles, strict=True)
    )


def _channels(
    heard: Sequence[Heard],
    transcripts: list[FoundTranscript],
    meta: dict[str, Any],
    options: ImportOptions,
    confirmed: ChannelMap | None,
    source: str,
) -> tuple[ChannelGuess, bool]:
    """(guess, whether it needs no confirmation)."""
    if len(heard) == 2:
        reason = "two mono files, told by their names or given as a pair"
        pair = ChannelGuess(channel_map="caller,agent", confidence=0.9, reason=reason)
        return pair, True
    named = meta.get("channel_map")
    given = options.channels or (
        named if named in ("caller,agent", "agent,caller", "mono") else None
    )
    guess = channel_guess.guess(
        heard[0].probe.channels,
        heard[0].findings,
        heard[0].levels_db,
        companions.usable(transcripts),
        given=given,
        given_by="given for this import" if options.channels else "named in the call's own file",
        confirmed=confirmed,
        source=source,
    )
    return guess, given is not None or confirmed is not None or guess.channel_map == "mono"


def _findings(
    heard: Sequence[Heard],
    guess: ChannelGuess,
    transcripts: list[FoundTranscript],
    duration_s: float,
) -> tuple[Finding, ...]:
    found: list[Finding] = []
    roles: tuple[TrackRole, ...] = ("caller", "agent")
    for index, one in enumerate(heard):
        for finding in one.findings:
            if len(heard) == 2 and finding.code == "mono_mix":
                continue
            found.append(
                replace(finding, track_role=roles[index])
                if len(heard) == 2
                else _by_map(finding, guess.channel_map)
            )
    if len(heard) == 1:
        odd = channel_guess.disagreement(guess, heard[0].levels_db, companions.usable(transcripts))
        found += [odd] if odd is not None else []
    found += [
        Finding(
            code="transcript_longer_than_audio",
            message=f"{shown(item.path.name)} goes on to {item.transcript.end_s:.1f} s, the "
            f"recording ends at {duration_s:.1f} s; lines beyond it are left out.",
            voids=("latency", "overlap", "interruption"),
        )
        for item in transcripts
        if item.transcript is not None and item.transcript.end_s > duration_s + LONGER_BY_S
    ]
    return tuple(found)


def _by_map(finding: Finding, channel_map: ChannelMap) -> Finding:
    """The finding with its track named by the map (`listen` names left the caller)."""
    if finding.track_role not in ("caller", "agent") or channel_map == "caller,agent":
        return finding
    if channel_map == "mono":
        return replace(finding, track_role=None)
    return replace(finding, track_role="agent" if finding.track_role == "caller" else "caller")
