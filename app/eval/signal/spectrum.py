"""Noise between speech, and how far up in frequency a channel's speech reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span
from app.eval.signal.channels import Bools, Channel, Float32, covered, merged

Float64 = NDArray[np.float64]

FRAME_S = 0.020
MARGIN_S = 0.2
"""So close to speech nothing is taken for noise."""
MIN_NOISE_S = 0.5
SILENT_DB = -96.0
"""Below the step of 16 bits a frame is digital silence, not noise."""
BAND_HZ = 100.0
ABOVE_NOISE_DB = 10.0
BELOW_TOP_DB = 50.0
"""So far below the strongest band sound is no part of the speech, but what filters leave."""
LOUD_SHARE = 0.99
"""A band's level is what its loudest hundredth of the speech frames reach: fricatives are rare."""
_FFT_S = 0.032
_FRAMES_MAX = 4_000
WIDTHS = ((4_500, "narrowband"), (8_500, "wideband"), (14_500, "super-wideband"))


@dataclass(frozen=True, slots=True)
class Noise:
    """The level between speech: median power of 20 ms frames. `floor_db` is None where silent.

    `frames` says which 20 ms frames it was taken from; `by_layer` whether the speech layer chose
    them, else they are the quietest tenth.
    """

    floor_db: float | None
    frames: Bools
    by_layer: bool
    seconds: float


def frame_power(samples: Float32, rate_hz: int) -> Float64:
    """Mean square of each 20 ms less its own mean, (frames,), without the rest."""
    size = max(1, round(FRAME_S * rate_hz))
    whole = len(samples) // size
    rows = samples[: whole * size].reshape(whole, size)
    power = np.einsum("ij,ij->i", rows, rows, dtype=np.float64) / size
    return np.asarray(np.maximum(power - rows.mean(axis=1, dtype=np.float64) ** 2, 0), np.float64)


def noise(power: Float64, channel: Channel, rate_hz: int, frame_count: int) -> Noise:
    """Where nobody speaks, or where its owner does not if there is too little of that.

    Frames of digital silence count only where there is nothing else. Without a speech layer the
    quietest tenth of the frames stand for the noise.
    """
    audible = power > 10 ** (SILENT_DB / 10)
    if channel.speech is None:
        some = power[audible]
        if not len(some):
            return Noise(None, np.zeros(len(power), dtype=bool), False, 0.0)
        quiet = audible & (power <= np.quantile(some, 0.1))
        return _noise(power, quiet, by_layer=False)
    reach, hop = round(MARGIN_S * rate_hz), max(1, round(FRAME_S * rate_hz))
    for spans in ((*channel.speech, *channel.others), channel.speech):
        still = ~covered(merged(spans, reach, frame_count), hop, len(power))
        if np.count_nonzero(still) * FRAME_S >= MIN_NOISE_S:
            heard = still & audible
            return _noise(power, heard, by_layer=True)
    return Noise(None, np.zeros(len(power), dtype=bool), True, 0.0)


def _noise(power: Float64, frames: Bools, *, by_layer: bool) -> Noise:
    length = float(np.count_nonzero(frames) * FRAME_S)
    if length < MIN_NOISE_S:
        return Noise(None, frames, by_layer, length)
    return Noise(float(10 * np.log10(np.median(power[frames]))), frames, by_layer, length)


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """The highest frequency that speech reaches and what telephony calls a channel that wide."""

    hz: float
    name: str


def bandwidth(
    samples: Float32, rate_hz: int, speech: Sequence[Span], quiet: Bools
) -> Bandwidth | None:
    """The upper edge of the highest band of 100 Hz in which there is speech; None without any.

    A band holds speech if its loudest hundredth of speech frames is 10 dB above the median of the
    noise frames there and no more than 50 dB below the strongest band, and the band below it does
    as well. Nothing above half the rate can be seen.

    Args:
        samples: the channel (frames,) in -1..1.
        rate_hz: its rate, of which spans count frames.
        speech: where its owner speaks.
        quiet: which 20 ms frames are noise.
    """
    size = round(_FFT_S * rate_hz)
    bands = int(rate_hz / 2 // BAND_HZ)
    spoken = [start for span in speech for start in range(span.start, span.end - size + 1, size)]
    if not spoken:
        return None
    hop = max(1, round(FRAME_S * rate_hz))
    still = [int(i) * hop for i in np.flatnonzero(quiet[:-1] & quiet[1:])]
    loud = _levels(samples, spoken, size, rate_hz, bands)
    if not len(loud):
        return None
    level = np.quantile(loud, LOUD_SHARE, axis=0)
    floor = np.full(bands, 10 ** (SILENT_DB / 10) / bands)
    back = _levels(samples, still, size, rate_hz, bands)
    if len(back):
        floor = np.maximum(floor, np.median(back, axis=0))
    if level.max() <= 10 ** (SILENT_DB / 10) / bands:
        return None
    held = (level >= floor * 10 ** (ABOVE_NOISE_DB / 10)) & (
        level >= level.max() * 10 ** (-BELOW_TOP_DB / 10)
    )
    both = held[1:] & held[:-1]
    if not both.any():
        return None
    top = float((np.flatnonzero(both)[-1] + 2) * BAND_HZ)
    return Bandwidth(top, next((n for most, n in WIDTHS if top <= most), "fullband"))


def _levels(
    samples: Float32, starts: Sequence[int], size: int, rate_hz: int, bands: int
) -> Float64:
    """Power (frames, bands) in each band of 100 Hz, of at most 4,000 frames spread evenly."""
    fitting = [s for s in starts if s + size <= len(samples)]
    if len(fitting) > _FRAMES_MAX:
        fitting = [fitting[i] for i in np.linspace(0, len(fitting) - 1, _FRAMES_MAX).astype(int)]
    if not fitting:
        return np.zeros((0, bands))
    rows = np.stack([samples[s : s + size] for s in fitting]).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    spectrum = np.abs(np.fft.rfft(rows * window, axis=1)) ** 2 / np.sum(window) ** 2 * 2
    hz = np.fft.rfftfreq(size, 1 / rate_hz)
    edges = np.searchsorted(hz, np.arange(bands) * BAND_HZ)
    return np.add.reduceat(spectrum, edges, axis=1).astype(np.float64)
