"""Levels of each channel: speech, peak, clipping, noise, signal to noise, bandwidth, offset.

The level is the active speech level of P.56 over the stretches in which the channel's owner speaks,
so that another's voice leaking in does not count; without a speech layer, over the whole channel.
A constant offset is measured and then taken out before anything else is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from app.audio import active_level, analysis
from app.audio.active_level import ActiveLevel, Meter
from app.domain.calls import Span
from app.domain.metrics import Evidence, MetricSpec, MetricValue
from app.eval.audio import CallAudio
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.signal import clipping, spectrum
from app.eval.signal import levels_metrics as m
from app.eval.signal.channels import Channel, Float32, channels
from app.eval.turns.layer import READS, turns_of
from app.eval.turns.series import Heading

PROFILE = "p56-b"
MIN_TURN_S = 1.0
MAX_EVIDENCE = 100
SILENT_PEAK = 1.5 / 32768


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """See the module."""

    name: ClassVar[str] = "signal.levels"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Levels and noise"
    metrics: ClassVar[tuple[MetricSpec, ...]] = m.METRICS
    reads: ClassVar[frozenset[Read]] = READS | {"audio"}
    needs: ClassVar[frozenset[Need]] = frozenset({"audio"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Every figure of every channel, and the level of each of the agent's turns.

        Raises:
            NotFound, BadInput: the recording cannot be opened. Cancelled.
        """
        audio = CallAudio(source, watch)
        values: list[MetricValue] = []
        for channel in channels(source, audio):
            watch.raise_if_cancelled()
            values += _of_channel(source, audio, channel)
        return Outcome(values=tuple(values))


def _of_channel(source: CallInput, audio: CallAudio, channel: Channel) -> list[MetricValue]:
    pcm, rate = audio.pcm(channel.role), source.call.rate_hz
    heading = Heading(profile=PROFILE, speaker=channel.speaker)
    offset = analysis.dc_offset(pcm, rate)
    samples = audio.samples(channel.role) - np.float32(offset)
    values = [
        _peak(heading, channel, audio.samples(channel.role)),
        _clipped(source, heading, channel, pcm),
        heading.value(m.OFFSET, round(100 * offset, 6), components={"seconds": len(pcm) / rate}),
    ]
    why = _void(source, channel)
    power = spectrum.frame_power(samples, rate)
    noise = spectrum.noise(power, channel, rate, len(samples))
    level = _active(samples, channel.speech, rate)
    values.append(_level(heading, channel, level, why))
    values.append(_noise(heading, channel, noise))
    values.append(_snr(heading, channel, level, noise, why))
    values.append(_bandwidth(heading, channel, samples, rate, noise))
    if channel.speaker == "agent" and not why:
        values += _turns(source, heading, samples)
    return values


def _void(source: CallInput, channel: Channel) -> str:
    """Why the level cannot be trusted. An offset does not matter here: it is taken out."""
    for finding in source.call.warnings:
        mine = finding.track_role in (None, channel.role)
        if mine and "level" in finding.voids and finding.code != "dc_offset":
            return finding.message
    return ""


def _active(samples: Float32, speech: tuple[Span, ...] | None, rate_hz: int) -> ActiveLevel | None:
    """The active speech level of the owner's stretches end to end, or of all."""
    if speech is None:
        return active_level.measure(samples, rate_hz)
    meter = Meter(rate_hz)
    for span in speech:
        meter.push(samples[span.start : span.end])
    return meter.result()


def _level(heading: Heading, channel: Channel, level: ActiveLevel | None, why: str) -> MetricValue:
    if why or level is None:
        return heading.missing(m.ACTIVE, why or f"{channel.name} has no speech to measure.")
    by = "whole channel" if channel.speech is None else "speech layer"
    parts = {
        "long_term_dbov": round(level.long_term_dbov, 3),
        "activity": round(level.activity, 4),
        "seconds": round(level.seconds, 3),
        "measured": by,
    }
    return heading.value(m.ACTIVE, level.level_dbov, components=parts)


def _peak(heading: Heading, channel: Channel, samples: Float32) -> MetricValue:
    peak = float(max(samples.max(), -samples.min())) if len(samples) else 0.0
    if peak <= SILENT_PEAK:
        return heading.missing(m.PEAK, f"{channel.name} is digitally silent.")
    return heading.value(m.PEAK, 20 * math.log10(peak))


def _clipped(source: CallInput, heading: Heading, channel: Channel, pcm: Any) -> MetricValue:
    if not len(pcm):
        return heading.missing(m.CLIPPED, f"{channel.name} is empty.")
    runs = clipping.runs(pcm)
    clipped = int((runs[:, 1] - runs[:, 0]).sum())
    found = clipping.stretches(runs, source.call.rate_hz, len(pcm))
    worst = sorted(found, key=lambda s: -s[1])[:MAX_EVIDENCE]
    evidence = [
        Evidence(span=span, speaker=channel.speaker, label=f"{n} samples", value=float(n))
        for span, n in sorted(worst)
    ]
    return heading.value(
        m.CLIPPED,
        100 * clipped / len(pcm),
        n=len(runs),
        components={"clipped_percent": 100 * clipped, "samples": len(pcm), "runs": len(runs)},
        evidence=evidence,
    )


def _noise(heading: Heading, channel: Channel, noise: spectrum.Noise) -> MetricValue:
    if noise.floor_db is None:
        return heading.missing(m.NOISE, _no_noise(channel))
    chosen = "between speech" if noise.by_layer else "quietest tenth"
    parts = {"seconds": round(noise.seconds, 3), "chosen": chosen}
    return heading.value(m.NOISE, noise.floor_db, components=parts)


def _no_noise(channel: Channel) -> str:
    return f"{channel.name} is digitally silent, or never free of speech, so has no noise to hear."


def _snr(
    heading: Heading, channel: Channel, level: ActiveLevel | None, noise: spectrum.Noise, why: str
) -> MetricValue:
    """Speech is what the active level holds beyond the noise."""
    if why or level is None:
        return heading.missing(m.SNR, why or f"{channel.name} has no speech to measure.")
    if noise.floor_db is None:
        return heading.missing(m.SNR, _no_noise(channel))
    speech = 10 ** (level.level_dbov / 10) - 10 ** (noise.floor_db / 10)
    if speech <= 0:
        return heading.missing(m.SNR, f"{channel.name} is no louder in speech than beside it.")
    parts = {
        "active_dbov": round(level.level_dbov, 3),
        "noise_dbfs": round(noise.floor_db, 3),
        "seconds": round(noise.seconds, 3),
    }
    return heading.value(m.SNR, 10 * math.log10(speech) - noise.floor_db, components=parts)


def _bandwidth(
    heading: Heading, channel: Channel, samples: Float32, rate_hz: int, noise: spectrum.Noise
) -> MetricValue:
    speech = channel.speech if channel.speech is not None else (Span(0, len(samples)),)
    found = spectrum.bandwidth(samples, rate_hz, speech, noise.frames)
    if found is None:
        none = "has no speech that stands out of its noise"
        return heading.missing(m.BANDWIDTH, f"{channel.name} {none}.")
    parts = {"name": found.name, "rate_hz": rate_hz}
    return heading.value(m.BANDWIDTH, found.hz, components=parts)


def _turns(source: CallInput, heading: Heading, samples: Float32) -> list[MetricValue]:
    """The active level of each of the agent's turns of at least a second."""
    if source.speech is None:
        return []
    found = turns_of(source.speech, source)
    rate = source.call.rate_hz
    own = {s.id: s.span for s in source.speech.segments if s.speaker == "agent"}
    values = []
    for turn in found.turns:
        if turn.speaker != "agent" or turn.span.frames < MIN_TURN_S * rate:
            continue
        spans = tuple(sorted(own[i] for i in turn.segment_ids if i in own))
        level = _active(samples, spans, rate)
        if level is not None:
            where = Evidence(span=turn.span, speaker="agent", value=level.level_dbov)
            values.append(
                heading.value(m.ACTIVE, level.level_dbov, turn_id=turn.id, evidence=(where,))
            )
    return values
