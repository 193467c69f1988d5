"""Who is on which channel of a platform's recording: its custom, checked against its own lines.

Platforms differ (most put the caller left, some the agent), change their minds, and do not always
say. So the custom is only where the check begins: while the platform says that the caller speaks,
the caller's channel must be the louder one. Where the recording clearly says otherwise the
channels are swapped, and it is said. Whether the platform's clock begins with the recording is
checked in the same pass; nothing is moved because of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import ChannelMap, Finding, Speaker
from app.domain.errors import UserError
from app.domain.imports import ChannelGuess
from app.domain.transcript_files import Cue, Transcript
from app.domain.work import Work
from app.services.importing.channel_guess import from_transcripts
from app.services.importing.foreign import ForeignAudio, ForeignLine
from app.services.importing.listen import Heard, listen
from app.services.importing.readers.clock_shift import shifted
from app.services.importing.readers.jsonish import Timeline
from app.services.importing.walk import shown

CLEARLY = 0.65
"""Confidence of the check from which the recording overrules the custom."""
IN_DOUBT = 0.4
"""Confidence where the check speaks against the custom, but not clearly."""
SILENCE_DB = -120.0
Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A platform's custom: the order of channels, who says so, and how far that goes (0..1)."""

    channel_map: ChannelMap = "caller,agent"
    by: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The recording of a call with its speakers.

    Attributes:
        audio: channels; empty where no file could be used.
        duration_s: of the longest file.
        guess: `{map, confidence, reason}`, to be kept with the call; empty without audio.
        warnings: what a person should know of the import.
        findings: doubts that stay with the call.
        losses: files that could not be used, and why.
    """

    audio: tuple[ForeignAudio, ...] = ()
    duration_s: float | None = None
    guess: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    """One channel that may hold a speaker."""

    path: Path
    index: int
    levels: Levels


def place(
    ctx: Work,
    files: Sequence[Path],
    lines: Sequence[ForeignLine],
    usual: Usual,
    *,
    look_for_shift: bool = True,
) -> Sides:
    """Put speakers on the channels of one recording, or of two files in the custom's order.

    Args:
        ctx: progress and cancellation.
        files: one file of one or two channels, or one file for each side.
        lines: who speaks when, as the platform has it; seconds of the recording.
        usual: the custom.
        look_for_shift: whether the lines are timed well enough to tell a shift.

    Raises:
        Cancelled: asked for through `ctx`.
    """
    heard: list[tuple[Path, Heard]] = []
    losses: list[str] = []
    for path in files[:2]:
        try:
            heard.append((path, listen(path, ctx)))
        except UserError as error:
            losses.append(f"{shown(path.name)} could not be used: {error}")
    if not heard:
        return Sides(losses=tuple(losses))
    duration_s = max(h.frame_count / h.probe.rate_hz for _, h in heard)
    if len(files) > 1 and len(heard) == 1:
        found = _half(files, heard[0][0], usual)
    elif len(heard) == 1 and _is_mix(heard[0][1]):
        found = _mix(heard[0][0], heard[0][1])
    else:
        found = _two(_columns(heard), lines, usual, look_for_shift)
    return Sides(
        audio=found.audio,
        duration_s=duration_s,
        guess=found.guess,
        warnings=found.warnings,
        findings=found.findings,
        losses=(*losses, *found.losses),
    )


def _is_mix(heard: Heard) -> bool:
    return heard.probe.channels == 1 or any(f.code == "identical_channels" for f in heard.findings)


def _mix(path: Path, heard: Heard) -> Sides:
    reason = (
        "the recording has one channel"
        if heard.probe.channels == 1
        else "both channels hold the same sound"
    )
    return Sides(
        audio=(ForeignAudio(path=path, channel_index=0, role="mix"),),
        guess={"map": "mono", "confidence": 1.0, "reason": reason},
    )


def _half(files: Sequence[Path], path: Path, usual: Usual) -> Sides:
    """One side of two is left."""
    role = _order(usual.channel_map)[0 if path == files[0] else 1]
    return Sides(
        audio=(ForeignAudio(path=path, channel_index=0, role=role),),
        guess={"map": role, "confidence": usual.confidence, "reason": usual.by},
        warnings=(f"Only the {role}'s side of the recording can be used.",),
    )


def _columns(heard: Sequence[tuple[Path, Heard]]) -> tuple[_Column, _Column]:
    if len(heard) == 1:
        path, only = heard[0]
        return _Column(path, 0, only.levels_db[:, 0]), _Column(path, 1, only.levels_db[:, 1])
    first, second = (_Column(path, 0, h.levels_db[:, 0]) for path, h in heard)
    return first, second


def _order(channel_map: ChannelMap) -> tuple[Speaker, Speaker]:
    return ("agent", "caller") if channel_map == "agent,caller" else ("caller", "agent")


def _two(
    columns: tuple[_Column, _Column], lines: Sequence[ForeignLine], usual: Usual, shift: bool
) -> Sides:
    length = max(len(c.levels) for c in columns)
    levels = np.full((length, 2), SILENCE_DB, np.float32)
    for at, column in enumerate(columns):
        levels[: len(column.levels), at] = column.levels
    made = decided(levels, lines, usual)
    order = _order(made.guess.channel_map)
    off = shifted(levels, lines, order) if shift else None
    return Sides(
        audio=tuple(
            ForeignAudio(path=c.path, channel_index=c.index, role=role)
            for c, role in zip(columns, order, strict=True)
        ),
        guess={
            "map": made.guess.channel_map,
            "confidence": made.guess.confidence,
            "reason": made.guess.reason,
        },
        warnings=(made.warning,) if made.warning else (),
        findings=tuple(f for f in (made.doubt, off) if f is not None),
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """The channel map with its confidence, what is to be said of it, and a doubt that stays."""

    guess: ChannelGuess
    warning: str = ""
    doubt: Finding | None = None


def decided(levels_db: Levels, lines: Sequence[ForeignLine], usual: Usual) -> Decision:
    """Who is on which of two channels: the custom, unless the recording clearly says otherwise.

    Args:
        levels_db: (10 ms hops, 2), dB of full scale.
        lines: who speaks when, in seconds.
        usual: the custom.
    """
    cues = tuple(Cue(start_s=x.start_s, end_s=x.end_s, speaker=x.speaker) for x in lines)
    heard = from_transcripts(levels_db, [Transcript(format="platform", cues=cues)])
    custom, said = usual.channel_map, _said(usual.channel_map)
    if heard is None:
        return Decision(
            ChannelGuess(channel_map=custom, confidence=usual.confidence, reason=usual.by),
            "Who is on which channel could not be checked by the times of its lines; taken as "
            f"{said}: {usual.by} (confidence {usual.confidence:.2f}).",
        )
    reason = f"{usual.by}; {heard.reason}"
    if heard.channel_map == custom:
        sure = max(heard.confidence, usual.confidence)
        return Decision(ChannelGuess(channel_map=custom, confidence=sure, reason=reason))
    if heard.confidence >= CLEARLY:
        return Decision(
            heard,
            f"The channels were swapped, to {_said(heard.channel_map)}, against {usual.by}: "
            f"{heard.reason} (confidence {heard.confidence:.2f}).",
        )
    doubt = (
        f"Who is on which channel is in doubt: taken as {said}, but {heard.reason}. Check by ear, "
        "and swap if need be."
    )
    return Decision(
        ChannelGuess(channel_map=custom, confidence=IN_DOUBT, reason=reason),
        doubt=Finding(code="channels_look_swapped", message=doubt),
    )


def _said(channel_map: ChannelMap) -> str:
    first, second = _order(channel_map)
    return f"{first} left and {second} right"


def noted(
    ctx: Work,
    files: Sequence[Path],
    timeline: Timeline,
    usual: Usual,
    *,
    look_for_shift: bool = True,
) -> Sides:
    """As `place`, with the timeline's lines; what is to be said goes to its notes."""
    sides = place(ctx, files, timeline.rows, usual, look_for_shift=look_for_shift)
    timeline.notes.warn(*sides.warnings)
    timeline.notes.find(*sides.findings)
    timeline.notes.lose(*sides.losses)
    return sides
