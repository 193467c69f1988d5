"""An EVA record's recordings, and where its log lies on them.

EVA stores no start time of its recordings; its own viewer takes the first logged audio as their
beginning. Here the offset is measured.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from app.audio import io
from app.audio.log_offset import LoggedTrack, LogOffset, estimate
from app.domain.calls import Speaker
from app.domain.errors import UserError
from app.domain.eva_record import ProcessedRecord
from app.domain.work import Work
from app.services.importing.foreign import ForeignAudio
from app.services.importing.foreign_files import beside, within
from app.services.importing.listen import HOP_S, listen
from app.services.importing.readers import eva_evidence
from app.services.importing.readers.eva_evidence import Timeline

CALLER, AGENT, MIXED = "audio_user.wav", "audio_assistant.wav", "audio_mixed.wav"
CLEAN, SERVER = "audio_user_clean.wav", "elevenlabs_audio_recording.mp3"
SURE = 0.3
"""Below this confidence the measured offset is not used."""


def choose(folder: Path, result: dict[str, Any]) -> tuple[tuple[ForeignAudio, ...], list[str]]:
    """(channels that hold the speakers, what was left out).

    The caller is taken as the agent received them (`audio_user.wav`), which lies beside the
    agent's track sample by sample. Where nothing is there, the usual two files are named, so that
    they are reported missing.
    """
    agent = within(folder, AGENT) or beside(folder, result.get("audio_assistant_path"))
    caller = within(folder, CALLER)
    left = []
    clean = within(folder, CLEAN)
    if clean is not None and caller is not None:
        left.append(f"{CLEAN} (the caller before perturbation; a call has one caller track)")
    caller = caller or beside(folder, result.get("audio_user_path")) or clean
    if caller or agent:
        return _pair(caller, agent), left
    mixed = within(folder, MIXED) or beside(folder, result.get("audio_mixed_path"))
    mixed = mixed or within(folder, SERVER)
    if mixed is None:
        return _pair(folder / CALLER, folder / AGENT), left
    return _mixed(mixed), left


def _pair(caller: Path | None, agent: Path | None) -> tuple[ForeignAudio, ...]:
    sides: tuple[tuple[Speaker, Path | None], ...] = (("caller", caller), ("agent", agent))
    return tuple(
        ForeignAudio(path=path, channel_index=0, role=role) for role, path in sides if path
    )


def _mixed(path: Path) -> tuple[ForeignAudio, ...]:
    """One channel is a mix; two are agent left, caller right, as EVA's own notes say."""
    try:
        channels = io.probe(path).channels
    except UserError:
        channels = 1
    if channels == 1:
        return (ForeignAudio(path=path, channel_index=0, role="mix"),)
    return (
        ForeignAudio(path=path, channel_index=1, role="caller"),
        ForeignAudio(path=path, channel_index=0, role="agent"),
    )


def timeline(
    ctx: Work, record: ProcessedRecord, audio: tuple[ForeignAudio, ...]
) -> tuple[Timeline, tuple[ForeignAudio, ...], list[str]]:
    """(the log's clock, the channels as they lie in the call, what is to be said of both).

    The call begins with its recording, or with the first logged sound if that came earlier.
    """
    first = eva_evidence.first_s(record)
    if first is None:
        return Timeline(0.0), audio, ["The log has no times; its texts could not be placed."]
    there = [a for a in audio if a.path.is_file()]
    if not there:
        return Timeline(first), audio, []
    found = _measured(ctx, record, there, first)
    if found.confidence < SURE:
        told = (
            "Where the log lies in the recording could not be measured (confidence "
            f"{found.confidence:.2f}): its first sound is taken for the beginning, as EVA's own "
            "viewer does."
        )
        return Timeline(first, 0.0, found.confidence), audio, [told]
    told = (
        f"The log's first sound lies {found.offset_s:+.3f} s from the recording's beginning "
        f"(measured, confidence {found.confidence:.2f})."
    )
    late = max(0.0, -found.offset_s)
    placed = tuple(replace(a, offset_s=late) for a in audio)
    zero = first - max(0.0, found.offset_s)
    return Timeline(zero, found.offset_s, found.confidence), placed, [told]


def _measured(
    ctx: Work, record: ProcessedRecord, there: list[ForeignAudio], first: float
) -> LogOffset:
    tracks = []
    for item in there:
        roles: tuple[Speaker, ...] = ("caller", "agent") if item.role == "mix" else (item.role,)
        spans = sorted(s for r in roles for s in eva_evidence.stretches(record, r))
        try:
            levels = listen(item.path, ctx).levels_db
        except UserError:
            continue
        if item.channel_index < levels.shape[1] and spans:
            tracks.append(
                LoggedTrack(
                    levels_db=levels[:, item.channel_index],
                    spans_s=[(start - first, end - first) for start, end in spans],
                )
            )
    return estimate(tracks, HOP_S)
