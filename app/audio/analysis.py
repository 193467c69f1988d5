"""Measures of a recording's channels: level, clipping, offset, likeness, and leaking voices.

Levels are dB relative to full scale. Envelopes come from the peak pyramid, so that an hour is
measured in milliseconds; samples are read only where a measure needs them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.peaks import PeakPyramid, as_int16

Float32 = NDArray[np.float32]

SILENCE_DB = -96.0
"""What digital silence counts as: the step of 16 bits."""
HOP_S = 0.016
CLIP_RUN = 3
"""So many samples in a row at full scale are clipping; a single one may be chance."""
_CLIP_AT = 32_700
_CHUNKS = 64
_LOUDEST_S = 3.0
"""Of a long recording, in which somebody may speak rarely, no more than this tells its level."""


@dataclass(frozen=True, slots=True)
class Level:
    """Level of one channel. `speech_db` is what its loudest part exceeds (a twentieth; 3 s)."""

    rms_db: float
    peak_db: float
    speech_db: float
    floor_db: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two channels are: correlation -1..1, and the level of what differs."""

    correlation: float
    difference_db: float


@dataclass(frozen=True, slots=True)
class Leak:
    """One channel's voice heard in the other: how much quieter, how much later, how sure."""

    level_db: float
    delay_s: float
    correlation: float


def db(value: float) -> float:
    """DB of an amplitude relative to full scale 32768, not below SILENCE_DB."""
    return max(SILENCE_DB, 20 * math.log10(max(value, 1e-9) / 32768))


def envelope_db(peaks: PeakPyramid, channel: int = 0) -> Float32:
    """Level of each HOP_S of the channel, (hops,)."""
    level = peaks.levels[0]
    group = max(1, round(HOP_S * peaks.rate_hz / level.block))
    rms = level.rms[channel].astype(np.float32)
    whole = max(1, len(rms) // group) * group
    rows = np.pad(rms, (0, max(0, whole - len(rms))))[:whole].reshape(-1, group)
    power = np.square(rows).mean(axis=1)
    out = 10 * np.log10(np.maximum(power, 1e-9)) - np.float32(20 * math.log10(32768))
    return np.asarray(np.maximum(out, SILENCE_DB), np.float32)


def hop_s(peaks: PeakPyramid) -> float:
    """Seconds between values of `envelope_db`."""
    block = peaks.levels[0].block
    return max(1, round(HOP_S * peaks.rate_hz / block)) * block / peaks.rate_hz


def level(peaks: PeakPyramid, channel: int = 0) -> Level:
    """Level of one channel."""
    base = peaks.levels[0]
    rms = float(np.sqrt(np.mean(np.square(base.rms[channel], dtype=np.float64))))
    peak = max(-int(base.lo[channel].min()), int(base.hi[channel].max()), 0)
    envelope = envelope_db(peaks, channel)
    share = min(5.0, 100 * _LOUDEST_S / (len(envelope) * hop_s(peaks)))
    floor, speech = np.percentile(envelope, (10, 100 - share))
    return Level(db(rms), db(peak), float(speech), float(floor))


def clipped_samples(samples: NDArray[Any], peaks: PeakPyramid, channel: int = 0) -> int:
    """Samples in runs of CLIP_RUN or more at full scale; reads only blocks that reach it."""
    base = peaks.levels[0]
    loud = (base.hi[channel] >= _CLIP_AT) | (base.lo[channel] <= -_CLIP_AT)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    total = 0
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        part = as_int16(samples[first * base.block : last * base.block]).astype(np.int32)
        total += _in_runs(np.abs(part) >= _CLIP_AT)
    return total


def _in_runs(flags: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    runs = edges[1::2] - edges[::2]
    return int(runs[runs >= CLIP_RUN].sum())


def dc_offset(samples: NDArray[Any], rate_hz: int) -> float:
    """Mean of the channel relative to full scale, from up to 64 seconds spread over it."""
    parts = [as_int16(part).mean(dtype=np.float64) for part in _spread(samples, rate_hz)]
    return float(np.mean(parts)) / 32768 if parts else 0.0


def _spread(samples: NDArray[Any], rate_hz: int) -> list[NDArray[Any]]:
    """At most _CHUNKS pieces of a second, evenly over the samples; all of a short recording."""
    if len(samples) <= _CHUNKS * rate_hz:
        return [samples] if len(samples) else []
    starts = np.linspace(0, len(samples) - rate_hz, _CHUNKS).astype(np.int64)
    return [samples[start : start + rate_hz] for start in starts]


def likeness(left: NDArray[Any], right: NDArray[Any], rate_hz: int) -> Likeness:
    """How alike two channels are, from up to 64 seconds spread over them.

    `difference_db` is the level of the rest after the best gain, relative to the louder channel.
    """
    frames = min(len(left), len(right))
    cross = power_left = power_right = 0.0
    pairs = zip(_spread(left[:frames], rate_hz), _spread(right[:frames], rate_hz), strict=True)
    for one, two in pairs:
        a, b = as_int16(one).astype(np.float64), as_int16(two).astype(np.float64)
        cross += float(a @ b)
        power_left += float(a @ a)
        power_right += float(b @ b)
    if power_left <= 0 or power_right <= 0:
        return Likeness(0.0, 0.0)
    correlation = cross / math.sqrt(power_left * power_right)
    return Likeness(correlation, 10 * math.log10(max(1e-12, 1 - correlation**2)))


@dataclass(frozen=True, slots=True)
class Voice:
    """One channel as `leak` needs it: samples (frames,), their rate, and the envelope."""

    samples: NDArray[Any]
    rate_hz: int
    envelope_db: Float32
    hop_s: float


def leak(source: Voice, victim: Voice) -> Leak | None:
    """How much of the source's voice is in the victim's channel; None if none is heard.

    Looks only where the source is speaking and is the louder one. There the channels' waveforms
    are correlated, summed over up to 64 half seconds: a leak or an echo adds up at its delay,
    another speaker, noise and chance do not. Leaks below the victim's own noise are left out.
    """
    hops = min(len(source.envelope_db), len(victim.envelope_db))
    loud, other = source.envelope_db[:hops], victim.envelope_db[:hops]
    speaking = loud > max(np.percentile(loud, 10) + 15, np.percentile(loud, 95) - 25)
    alone = speaking & (loud >= other + 6)
    if np.count_nonzero(alone) * source.hop_s < _MIN_SOLO_S:
        return None
    found = _coherence(source, victim, _windows_alone(alone, source.hop_s))
    if found is None:
        return None
    excess = np.percentile(loud, 95) + found.level_db - np.percentile(other, 10)
    return found if excess >= _MIN_EXCESS_DB else None


_WINDOW_S = 0.5
_MAX_LAG_S = 0.4
_MIN_SOLO_S = 1.0
_MIN_EXCESS_DB = 4.0
_MIN_CORRELATION = 0.15
_CHANCE = 4.5
"""Standard deviations of what chance reaches over all delays."""
_SPEECH_BANDWIDTH_HZ = 500.0
"""About how many independent values a second of speech has."""
_BAND_HZ = (200.0, 3500.0)


def _windows_alone(alone: NDArray[np.bool_], hop: float) -> list[float]:
    """Starts (s) of half seconds in which the source is mostly alone, evenly picked."""
    width = max(1, round(_WINDOW_S / hop))
    whole = len(alone) // width
    share = alone[: whole * width].reshape(whole, width).mean(axis=1)
    picked = np.flatnonzero(share >= 0.5)
    if len(picked) > _CHUNKS:
        picked = picked[np.linspace(0, len(picked) - 1, _CHUNKS).astype(np.int64)]
    return [float(i * width * hop) for i in picked]


def _coherence(source: Voice, victim: Voice, starts: list[float]) -> Leak | None:
    """The source's part in the victim; None where chance explains it."""
    rate = source.rate_hz
    width, reach = round(_WINDOW_S * rate), round(_MAX_LAG_S * rate)
    size = 1 << (width + reach - 1).bit_length()
    # The band of speech: hum and offset, which both channels may share, are left out.
    hz = np.fft.rfftfreq(size, 1 / rate)
    band = (hz >= _BAND_HZ[0]) & (hz <= _BAND_HZ[1])
    total = np.zeros(len(hz), np.complex128)
    power = power_victim = 0.0
    for start in starts:
        at = round(start * rate)
        one, two = source.samples[at : at + width], victim.samples[at : at + width + reach]
        if len(two) < width + reach or len(one) < width:
            continue
        a = np.fft.rfft(as_int16(one).astype(np.float32), size) * band
        b = np.fft.rfft(as_int16(two).astype(np.float32), size) * band
        total += np.conj(a) * b
        power += float(np.sum(a.real**2 + a.imag**2))
        power_victim += float(np.sum(b.real**2 + b.imag**2)) * width / (width + reach)
    if power <= 0 or power_victim <= 0:
        return None
    # Parseval: twice the one-sided power over the size is the power in time.
    curve = np.abs(np.fft.irfft(total, size)[: reach + 1]) * size / 2
    best = int(curve.argmax())
    correlation = min(1.0, float(curve[best]) / math.sqrt(power * power_victim))
    chance = _CHANCE / math.sqrt(_SPEECH_BANDWIDTH_HZ * _WINDOW_S * max(1, len(starts)))
    if correlation < max(_MIN_CORRELATION, chance):
        return None
    return Leak(20 * math.log10(max(1e-9, float(curve[best]) / power)), best / rate, correlation)
