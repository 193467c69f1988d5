"""How the agent speaks: rate, pauses, pitch, level, sudden cut-offs; of the call and of each turn.

Turns, pauses and the time spoken follow from the speech layer; syllables from the transcript that
gives the turns their text, else from the sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from app.audio import pitch
from app.audio.pitch import Pitch, own_range, semitones, span_st
from app.domain.calls import Span
from app.domain.metrics import Evidence, MetricSpec, MetricValue
from app.domain.turns import Turn
from app.eval.audio import CallAudio
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.signal import cutoffs, nuclei, syllables
from app.eval.signal import prosody_metrics as m
from app.eval.signal.channels import ANALYSIS_HZ, Float32, at_16k, channel_of, cut, merged, seconds
from app.eval.turns.layer import READS, turns_of
from app.eval.turns.series import Heading, Sample, count, mean, ratio

PROFILE = "prosody-1"
MIN_PAUSE_S = 0.2
MIN_TURN_S = 1.0
MIN_UNITS = 3
MIN_VOICED = 30
"""Voiced frames, 0.3 s, without which a pitch says nothing."""
LOUD_DB = 30.0
SILENT = "The agent does not speak in this call."


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One agent turn: its stretches of speech, what is known of its words, its pitch."""

    turn: Turn
    speech: tuple[Span, ...]
    units: int
    """Syllables or characters."""
    heard: Pitch


@dataclass(frozen=True, slots=True, kw_only=True)
class Prosody:
    """See the module."""

    name: ClassVar[str] = "speech.prosody"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Agent's prosody"
    metrics: ClassVar[tuple[MetricSpec, ...]] = m.METRICS
    reads: ClassVar[frozenset[Read]] = READS | {"audio"}
    needs: ClassVar[frozenset[Need]] = frozenset({"audio", "speech"})
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Every figure of the agent.

        Raises:
            NotFound, BadInput: the recording cannot be opened. Cancelled.
        """
        audio = CallAudio(source, watch)
        channel = channel_of(source, audio, "agent")
        if channel is None or not channel.speech or source.speech is None:
            heading = Heading(profile=PROFILE, speaker="agent")
            return Outcome(values=tuple(heading.missing(spec, SILENT) for spec in m.METRICS))
        samples = at_16k(audio, channel.role)
        turns = [t for t in turns_of(source.speech, source).turns if t.speaker == "agent"]
        own = {s.id: s.span for s in source.speech.segments if s.speaker == "agent"}
        how = _profile(source, turns)
        spoken = []
        for turn in turns:
            watch.raise_if_cancelled()
            speech = merged([own[i] for i in turn.segment_ids if i in own], 0, turn.span.end)
            spoken.append(_heard(source, samples, turn, speech, how))
        values = [*_rates(source, spoken, how), *_pauses(source, spoken)]
        values += _pitches(source, spoken)
        values.append(_level(source, samples, channel.speech))
        values.append(_cutoffs(audio.samples(channel.role), source, channel.speech))
        return Outcome(values=tuple(values))


def _profile(source: CallInput, turns: Sequence[Turn]) -> str:
    """How units are counted: by text where most of the time has one."""
    total = sum(t.span.frames for t in turns)
    told = [t for t in turns if t.text.strip()]
    if not told or 2 * sum(t.span.frames for t in told) < total:
        return "syllables by sound"
    text = " ".join(t.text for t in told)
    if syllables.by_characters(text, source.call.language):
        return "characters by text"
    return "syllables by text"


def _heard(
    source: CallInput, samples: Float32, turn: Turn, speech: tuple[Span, ...], how: str
) -> Spoken:
    rate = source.call.rate_hz
    clips = [cut(samples, span, rate, ANALYSIS_HZ) for span in speech]
    tracks = [pitch.track(clip, ANALYSIS_HZ) for clip in clips]
    if how == "syllables by sound":
        units = sum(nuclei.count(c, t) for c, t in zip(clips, tracks, strict=True))
    else:
        units = syllables.count(turn.text, source.call.language)
    whole = Pitch(
        np.concatenate([t.hz for t in tracks]) if tracks else np.zeros(0),
        np.concatenate([t.times_s for t in tracks]) if tracks else np.zeros(0),
    )
    return Spoken(turn=turn, speech=speech, units=units, heard=whole)


def _rates(source: CallInput, spoken: Sequence[Spoken], how: str) -> list[MetricValue]:
    """Both rates of the call and of each turn; turns without units say nothing about them."""
    rate = source.call.rate_hz
    heading = Heading(profile=how, speaker="agent")
    counted = [s for s in spoken if s.units]
    values = []
    for spec, times in (
        (m.SPEECH_RATE, [s.turn.span.frames / rate for s in counted]),
        (m.ARTICULATION, [seconds(s.speech, rate) for s in counted]),
    ):
        lasting = [
            (s, t)
            for s, t in zip(counted, times, strict=True)
            if t >= MIN_TURN_S and s.units >= MIN_UNITS
        ]
        each = [Evidence(span=s.turn.span, speaker="agent", value=s.units / t) for s, t in lasting]
        values.append(
            ratio(
                spec,
                heading,
                sum(s.units for s in counted),
                round(sum(times), 6),
                SILENT if not spoken else "No syllables of the agent are known or can be heard.",
                n=len(counted),
                evidence=each,
            )
        )
        values += [
            heading.value(
                spec,
                s.units / t,
                components={"units": s.units, "seconds": round(t, 6)},
                evidence=(where,),
                turn_id=s.turn.id,
            )
            for (s, t), where in zip(lasting, each, strict=True)
        ]
    return values


def _pauses(source: CallInput, spoken: Sequence[Spoken]) -> list[MetricValue]:
    rate = source.call.rate_hz
    heading = Heading(profile=PROFILE, speaker="agent", why="" if spoken else SILENT)
    found = [
        Sample(value=1000 * gap.frames / rate, span=gap, speaker="agent", turn_id=s.turn.id)
        for s in spoken
        for gap in _gaps(s.speech, round(MIN_PAUSE_S * rate))
    ]
    still = sum(s.value for s in found) / 1000
    total = sum(s.turn.span.frames for s in spoken) / rate
    return [
        count(m.PAUSES, heading, found),
        mean(m.PAUSE_MEAN, heading, found, "The agent makes no pause of 200 ms in its turns."),
        ratio(m.PAUSE_SHARE, heading, round(still, 6), round(total, 6), SILENT, n=len(found)),
    ]


def _gaps(speech: Sequence[Span], least: int) -> list[Span]:
    gaps = [Span(a.end, b.start) for a, b in pairwise(speech)]
    return [g for g in gaps if g.frames >= least]


def _pitches(source: CallInput, spoken: Sequence[Spoken]) -> list[MetricValue]:
    heading = Heading(profile=PROFILE, speaker="agent")
    low, high = own_range([s.heard.voiced for s in spoken])
    voices = [v[(v >= low) & (v <= high)] for v in (s.heard.voiced for s in spoken)]
    voiced = np.concatenate(voices) if voices else np.zeros(0)
    specs = (m.PITCH, m.PITCH_SD, m.PITCH_RANGE)
    if len(voiced) < MIN_VOICED:
        none = "Hardly anything voiced is heard of the agent."
        return [heading.missing(spec, none) for spec in specs]
    steps = semitones(voiced)
    parts = {
        "voiced_s": round(len(voiced) * pitch.HOP_S, 3),
        "range_hz": [round(low, 1), round(high, 1)],
    }
    values = [
        heading.value(m.PITCH, float(np.median(voiced)), n=len(voiced), components=parts),
        heading.value(m.PITCH_SD, float(steps.std()), n=len(voiced), components=parts),
        heading.value(m.PITCH_RANGE, span_st(voiced), n=len(voiced), components=parts),
    ]
    for s, mine in zip(spoken, voices, strict=True):
        if s.turn.span.frames < MIN_TURN_S * source.call.rate_hz or len(mine) < MIN_VOICED:
            continue
        for spec, value in ((m.PITCH, float(np.median(mine))), (m.PITCH_RANGE, span_st(mine))):
            where = (Evidence(span=s.turn.span, speaker="agent", value=value),)
            values.append(
                heading.value(spec, value, n=len(mine), evidence=where, turn_id=s.turn.id)
            )
    return values


def _level(source: CallInput, samples: Float32, speech: Sequence[Span]) -> MetricValue:
    heading = Heading(profile=PROFILE, speaker="agent")
    rate = source.call.rate_hz
    parts = [cutoffs.levels(cut(samples, s, rate, ANALYSIS_HZ), ANALYSIS_HZ) for s in speech]
    db = np.concatenate(parts) if parts else np.zeros(0)
    db = db[db > cutoffs.SILENCE_DB]
    loud = db[db >= np.percentile(db, 95) - LOUD_DB] if len(db) else db
    if len(loud) < MIN_VOICED:
        return heading.missing(m.LEVEL_SD, "Hardly anything is heard of the agent.")
    return heading.value(m.LEVEL_SD, float(loud.std()), n=len(loud))


def _cutoffs(samples: Float32, source: CallInput, speech: Sequence[Span]) -> MetricValue:
    found = cutoffs.find(samples, source.call.rate_hz, speech)
    heading = Heading(profile=PROFILE, speaker="agent")
    evidence = [
        Evidence(span=span, speaker="agent", label=f"−{fall:.0f} dB", value=fall)
        for span, fall in found.found
    ]
    n = len(found.found)
    parts = {"drops": found.drops, "speech_s": round(seconds(speech, source.call.rate_hz), 3)}
    return heading.value(m.CUTOFFS, float(n), n=n, components=parts, evidence=evidence)
