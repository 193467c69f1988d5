"""Who is on which channel: from what was said, what was confirmed, the transcript, or custom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import ChannelMap, Finding, Speaker
from app.domain.imports import ChannelGuess
from app.domain.transcript_files import Transcript
from app.services.formats.speakers import known
from app.services.importing.listen import HOP_S

CERTAIN_DB = 20.0
"""Contrast between the channels at which a transcript leaves no doubt."""
WEAK_DB = 3.0
CHANNEL_NAMES: dict[str, int] = {
    "left": 0, "right": 1, "ch0": 0, "ch1": 1, "channel0": 0, "channel1": 1, "channel_0": 0,
    "channel_1": 1,
}  # fmt: skip
"""Speaker labels that name a channel of the recording; who is on it, the channel map says."""
BY_EAR_DB = 6.0
CUSTOM = ChannelGuess(
    channel_map="caller,agent",
    confidence=0.5,
    reason="the usual order, caller left and agent right; nothing in the recording says otherwise",
)


def guess(
    channels: int,
    findings: Sequence[Finding],
    levels_db: NDArray[np.float32],
    transcripts: Sequence[Transcript],
    *,
    given: ChannelMap | None = None,
    given_by: str = "given for this import",
    confirmed: ChannelMap | None = None,
    source: str = "",
) -> ChannelGuess:
    """The best guess for one recording, with its reason.

    Args:
        channels: 1 or 2.
        findings: of the recording (identical channels make it a mono mix).
        levels_db: (10 ms frames, channels).
        transcripts: parsed files that may tell by their times who is where.
        given: the map that the person asked for in this import, or that came with the call.
        given_by: which of the two, for the reason.
        confirmed: the map confirmed for this source before.
        source: the source's name, for the reason.
    """
    if channels == 1:
        return ChannelGuess(
            channel_map="mono", confidence=1.0, reason="the recording has one channel"
        )
    if given is not None:
        return ChannelGuess(channel_map=given, confidence=1.0, reason=given_by)
    if any(f.code == "identical_channels" for f in findings):
        return ChannelGuess(
            channel_map="mono", confidence=0.9, reason="both channels hold the same sound"
        )
    heard = from_transcripts(levels_db, transcripts)
    if confirmed is not None:
        reason = f"confirmed before for {source}" if source else "confirmed before"
        return ChannelGuess(channel_map=confirmed, confidence=0.95, reason=reason)
    return heard or CUSTOM


def from_transcripts(
    levels_db: NDArray[np.float32], transcripts: Sequence[Transcript]
) -> ChannelGuess | None:
    """The map that makes the transcript's speakers loud on their own channel; None if unclear."""
    for transcript in transcripts:
        contrast = _contrast_db(levels_db, transcript)
        if contrast is None or abs(contrast) < WEAK_DB:
            continue
        sure = 0.5 + 0.49 * min(1.0, abs(contrast) / CERTAIN_DB)
        side = "left" if contrast > 0 else "right"
        return ChannelGuess(
            channel_map="caller,agent" if contrast > 0 else "agent,caller",
            confidence=round(sure, 2),
            reason=f"while the transcript has the caller speak, the {side} channel is "
            f"{abs(contrast):.0f} dB louder",
        )
    return None


def _contrast_db(levels_db: NDArray[np.float32], transcript: Transcript) -> float | None:
    """How much louder the left is where the caller speaks, in dB; None if unclear."""
    if levels_db.shape[1:] != (2,) or transcript.ends_estimated:
        return None
    masks: dict[Speaker, NDArray[np.bool_]] = {
        "caller": np.zeros(len(levels_db), np.bool_),
        "agent": np.zeros(len(levels_db), np.bool_),
    }
    for cue in transcript.cues:
        side = None if cue.speaker.lower() in CHANNEL_NAMES else known(cue.speaker)
        if side is not None:
            masks[side][round(cue.start_s / HOP_S) : round(cue.end_s / HOP_S)] = True
    alone_caller = masks["caller"] & ~masks["agent"]
    alone_agent = masks["agent"] & ~masks["caller"]
    if alone_caller.sum() < 20 or alone_agent.sum() < 20:
        return None
    left_louder = np.maximum(levels_db[:, 0], -80) - np.maximum(levels_db[:, 1], -80)
    return float(left_louder[alone_caller].mean() - left_louder[alone_agent].mean()) / 2


def by_ear(levels_db: NDArray[np.float32], transcript: Transcript) -> Transcript:
    """The transcript with a channel's name as the speaker of each line that names none.

    A line is on the channel that is clearly louder while it lasts; where neither is, it stays
    without a speaker.
    """
    if levels_db.shape[1:] != (2,) or all(c.speaker.strip() for c in transcript.cues):
        return transcript
    cues, told = [], 0
    for cue in transcript.cues:
        if not cue.speaker.strip():
            here = levels_db[round(cue.start_s / HOP_S) : max(1, round(cue.end_s / HOP_S))]
            louder = float(np.mean(here[:, 0] - here[:, 1])) if len(here) else 0.0
            if abs(louder) >= BY_EAR_DB:
                cue = replace(cue, speaker="left" if louder > 0 else "right")
                told += 1
        cues.append(cue)
    note = f"{told} lines name no speaker; taken from the channel that is louder meanwhile"
    return replace(transcript, cues=tuple(cues), notes=(*transcript.notes, note))


def sides(channel_map: ChannelMap) -> dict[str, Speaker]:
    """Who speaks on a channel that a transcript names, under a map; empty for a mono mix."""
    if channel_map == "mono":
        return {}
    order: tuple[Speaker, Speaker] = ("caller", "agent")
    if channel_map == "agent,caller":
        order = ("agent", "caller")
    return {name: order[index] for name, index in CHANNEL_NAMES.items()}


def disagreement(
    chosen: ChannelGuess, levels_db: NDArray[np.float32], transcripts: Sequence[Transcript]
) -> Finding | None:
    """A finding where the transcript says clearly that the chosen map is the wrong way round."""
    if chosen.channel_map == "mono":
        return None
    heard = from_transcripts(levels_db, transcripts)
    if heard is None or heard.channel_map == chosen.channel_map or heard.confidence < 0.65:
        return None
    return Finding(
        code="channels_look_swapped",
        message=f"The channels look swapped: {heard.reason}. Check by ear, and swap if so.",
    )
