"""What is odd about a call's sound, and which figures it voids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from numpy.typing import NDArray

from app.audio import analysis
from app.audio.peaks import PeakPyramid
from app.domain.calls import Finding, TrackRole

TIMING = ("latency", "overlap", "interruption")
SILENT_DB = -60.0
HEARD_S = 0.1
"""A channel that is louder than SILENT_DB for less than this, all in all (or, if it is short, for
less than a twentieth of it), holds nobody's speech."""
IDENTICAL_CORRELATION = 0.98
STRONG_LEAK_DB = -20.0
"""A leak louder than this is taken for speech, so that even turn ends are wrong."""
CLIPPED_SHARE = 1e-4
OFFSET = 0.01
POOR_SNR_DB = 10.0


@dataclass(frozen=True, slots=True)
class Channel:
    """One track as it is measured: samples (frames,) and its pyramid, of which it is channel 0."""

    role: TrackRole
    samples: NDArray[Any]
    peaks: PeakPyramid


def findings(channels: Sequence[Channel]) -> list[Finding]:
    """What is odd about the channels of one call, on one time line at one rate."""
    found: list[Finding] = []
    levels = {c.role: analysis.level(c.peaks) for c in channels}
    silent = {channel.role for channel in channels if _is_silent(channel)}
    for channel in channels:
        if channel.role in silent:
            found.append(_silent(channel.role))
        else:
            found += _of_channel(channel, levels[channel.role])
    if any(channel.role == "mix" for channel in channels):
        found.append(_mono_mix())
    if len(channels) == 2 and not silent:
        found += _between(channels[0], channels[1])
    return found


def merged(old: Iterable[Finding], new: Iterable[Finding]) -> tuple[Finding, ...]:
    """Both, where a new finding replaces an old one of the same code and track."""
    fresh = {(f.code, f.track_role): f for f in new}
    kept = [fresh.get((f.code, f.track_role), f) for f in old]
    return tuple(dict.fromkeys([*kept, *fresh.values()]))


def _name(role: TrackRole) -> str:
    return "The recording" if role == "mix" else f"The {role}'s channel"


def _is_silent(channel: Channel) -> bool:
    """Counted rather than a share: who says ten words in two hours is not silent."""
    envelope = analysis.envelope_db(channel.peaks)
    heard = int((envelope > SILENT_DB).sum())
    return heard < min(HEARD_S / analysis.hop_s(channel.peaks), max(1.0, len(envelope) / 20))


def _silent(role: TrackRole) -> Finding:
    return Finding(
        code="silent_channel",
        message=f"{_name(role)} is silent (nothing above {SILENT_DB:.0f} dB but for moments).",
        voids=TIMING,
        track_role=role,
    )


def _mono_mix() -> Finding:
    return Finding(
        code="mono_mix",
        message="Both speakers share one channel; who speaks when cannot be told from it.",
        voids=TIMING,
    )


def _of_channel(channel: Channel, level: analysis.Level) -> list[Finding]:
    found: list[Finding] = []
    role, rate_hz = channel.role, channel.peaks.rate_hz
    clipped = analysis.clipped_samples(channel.samples, channel.peaks)
    share = clipped / max(1, len(channel.samples))
    if share > CLIPPED_SHARE:
        found.append(
            Finding(
                code="clipping",
                message=f"{_name(role)} is clipped in {100 * share:.2f} % of its samples.",
                voids=("level",),
                track_role=role,
            )
        )
    offset = analysis.dc_offset(channel.samples, rate_hz)
    if abs(offset) > OFFSET:
        found.append(
            Finding(
                code="dc_offset",
                message=f"{_name(role)} has a constant offset of {100 * offset:.1f} % of full "
                "scale.",
                voids=("level",),
                track_role=role,
            )
        )
    distance = level.speech_db - level.floor_db
    if distance < POOR_SNR_DB and level.floor_db > SILENT_DB:
        found.append(
            Finding(
                code="noisy",
                message=f"{_name(role)} has speech only {distance:.0f} dB above its noise; "
                "boundaries are less certain.",
                track_role=role,
            )
        )
    return found


def _between(one: Channel, two: Channel) -> list[Finding]:
    alike = analysis.likeness(one.samples, two.samples, one.peaks.rate_hz)
    if abs(alike.correlation) >= IDENTICAL_CORRELATION:
        return [
            Finding(
                code="identical_channels",
                message="Both channels hold the same sound: it is a mono mix, and who speaks when "
                "cannot be told from the channels.",
                voids=TIMING,
            )
        ]
    found = []
    voices = {c.role: _voice(c) for c in (one, two)}
    for source, victim in permutations((one.role, two.role)):
        leak = analysis.leak(voices[source], voices[victim])
        if leak is not None:
            found.append(_bleed(source, victim, leak))
    return found


def _voice(channel: Channel) -> analysis.Voice:
    return analysis.Voice(
        channel.samples,
        channel.peaks.rate_hz,
        analysis.envelope_db(channel.peaks),
        analysis.hop_s(channel.peaks),
    )


def _bleed(source: TrackRole, victim: TrackRole, leak: analysis.Leak) -> Finding:
    late = f", {leak.delay_s * 1000:.0f} ms later" if leak.delay_s >= 0.03 else ""
    return Finding(
        code="channel_bleed",
        message=f"The {source}'s voice is heard in the {victim}'s channel, "
        f"{-leak.level_db:.0f} dB quieter{late}.",
        voids=TIMING if leak.level_db > STRONG_LEAK_DB else TIMING[1:],
        track_role=victim,
    )
