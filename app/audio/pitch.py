"""Pitch of a voice: dips of YIN's normalised difference, joined to the cheapest path over time.

For each 10 ms the squared difference of the signal and itself shifted by a lag is taken over 25 ms
and normalised by its mean over shorter lags (de Cheveigné and Kawahara, JASA 111(4), 2002). Every
dip is a candidate. Which one, or none, is settled over the whole clip as Praat does it (Boersma,
IFA Proceedings 17, 1993): deep dips and short lags are cheap, leaps and changes of voicing cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.audio.polyphase import resample

Float64 = NDArray[np.float64]
Ints = NDArray[np.int64]

RATE_HZ = 16_000
LOWEST_HZ, HIGHEST_HZ = 50.0, 600.0
HOP_S = 0.010
WINDOW_S = 0.025
CANDIDATES = 6
UNVOICED = 0.3
"""What an unvoiced frame costs; a voiced one costs the depth of its dip, 0 for a perfect period."""
OCTAVE = 0.01
"""What a lag costs for each octave above the shortest: of a period and its double the period."""
LEAP = 1.0
"""What a change of pitch costs an octave."""
SWITCH = 0.05
"""What it costs to begin or end voicing."""
QUIET_DB = 40.0
"""A frame further below the clip's loudest is not voiced, however periodic."""
SILENCE = 1e-8
"""Mean square that no voice has."""
MIN_RUN = 3
"""Voiced frames in a row that count; fewer are chance."""
LOW_SHARE, HIGH_SHARE = 0.75, 1.5
_FRAMES_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Pitch:
    """`hz` (frames,) one value each `HOP_S`, NaN where unvoiced; frame i lies at `times_s[i]`."""

    hz: Float64
    times_s: Float64

    @property
    def voiced(self) -> Float64:
        """The pitch of the voiced frames."""
        return self.hz[~np.isnan(self.hz)]


def track(samples: NDArray[Any], rate_hz: int) -> Pitch:
    """The pitch of samples (frames,), float in -1..1; NaN counts as silence.

    Works at 16 kHz: at less a high voice's period is too few samples long.
    """
    x = np.nan_to_num(np.asarray(samples, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    x = resample(x, rate_hz, RATE_HZ).astype(np.float64)
    rate_hz = RATE_HZ
    longest, window = int(np.ceil(rate_hz / LOWEST_HZ)) + 1, round(WINDOW_S * rate_hz)
    span, hop = longest + window, round(HOP_S * rate_hz)
    if len(x) < span:
        return Pitch(np.zeros(0), np.zeros(0))
    frames = sliding_window_view(x, span)[::hop]
    power, lags, costs = np.empty(len(frames)), [], []
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        part = frames[first : first + _FRAMES_AT_ONCE]
        part = part - part.mean(axis=1, keepdims=True)
        power[first : first + len(part)] = np.einsum("ij,ij->i", part, part) / span
        lag, cost = _candidates(_differences(part, window, longest), rate_hz)
        lags.append(lag)
        costs.append(cost)
    lag, cost = np.concatenate(lags), np.concatenate(costs)
    cost[power < max(SILENCE, float(power.max()) * 10 ** (-QUIET_DB / 10))] = np.inf
    path = _path(np.log2(lag), cost)
    hz = np.where(path >= 0, rate_hz / lag[np.arange(len(lag)), np.maximum(path, 0)], np.nan)
    # The middle of the window that is compared and of its copy a usual period later.
    middle = (window + rate_hz / 150) / 2
    return Pitch(_without_specks(hz), (np.arange(len(hz)) * hop + middle) / rate_hz)


def semitones(hz: Float64, reference_hz: float = 100.0) -> Float64:
    """Semitones above the reference."""
    return np.asarray(12 * np.log2(hz / reference_hz), np.float64)


def own_range(voiced: Sequence[Float64]) -> tuple[float, float]:
    """The pitches (Hz) that are the speaker's, of all voiced frames; others are slips.

    From 0.75 of the first quartile to 1.5 of the third (De Looze and Hirst, Speech Prosody 2008).
    """
    every = np.concatenate(voiced) if len(voiced) else np.zeros(0)
    if not len(every):
        return LOWEST_HZ, HIGHEST_HZ
    low, high = np.percentile(every, (25, 75))
    return float(LOW_SHARE * low), float(HIGH_SHARE * high)


def span_st(hz: Float64) -> float:
    """Semitones from the 5th to the 95th percentile of the voiced frames (n > 0,)."""
    low, high = np.percentile(semitones(hz), (5, 95))
    return float(high - low)


def _differences(frames: Float64, window: int, longest: int) -> Float64:
    """The normalised difference (n, longest) of frames (n, window + longest), for lags from 1."""
    lags = np.arange(1, longest + 1)
    power = np.concatenate([np.zeros((len(frames), 1)), np.cumsum(frames**2, axis=1)], axis=1)
    size = 1 << (frames.shape[1] + window - 1).bit_length()
    head = np.conj(np.fft.rfft(frames[:, :window], size))
    cross = np.fft.irfft(head * np.fft.rfft(frames, size), size)[:, 1 : longest + 1]
    shifted = power[:, lags + window] - power[:, lags]
    difference = np.maximum(power[:, [window]] + shifted - 2 * cross, 0)
    total = np.cumsum(difference, axis=1)
    return np.where(total > 0, difference * lags / np.maximum(total, 1e-300), 1.0)


def _candidates(normal: Float64, rate_hz: int) -> tuple[Float64, Float64]:
    """(lag in samples, cost), each (n, CANDIDATES), of the deepest dips of each row.

    Rows with fewer dips are filled up at infinite cost.
    """
    left, inner, right = normal[:, :-2], normal[:, 1:-1], normal[:, 2:]
    bottom = (inner <= left) & (inner < right)
    bottom[:, : max(0, int(rate_hz / HIGHEST_HZ) - 2)] = False
    # The bottom of a parabola: at short lags the samples of a dip lie far up its sides.
    curve = np.where(bottom, left - 2 * inner + right, np.inf)
    slope = left - right
    depth = np.maximum(inner - slope**2 / (8 * curve), 0)
    octaves = np.log2((np.arange(inner.shape[1]) + 2) * HIGHEST_HZ / rate_hz)
    cost = np.where(bottom, depth + OCTAVE * octaves, np.inf)
    best = np.argsort(cost, axis=1, kind="stable")[:, :CANDIDATES]
    rows = np.arange(len(normal))[:, None]
    lag = best + 2 + np.clip(slope[rows, best] / (2 * curve[rows, best]), -0.5, 0.5)
    found = cost[rows, best]
    found[(lag > rate_hz / LOWEST_HZ) | (lag < rate_hz / HIGHEST_HZ)] = np.inf
    return lag, found


def _path(octave: Float64, cost: Float64) -> Ints:
    """The candidate taken in each frame, -1 for none: the cheapest path (Viterbi)."""
    frames, wide = cost.shape
    back = np.zeros((frames, wide + 1), np.int64)
    total = np.append(cost[0], UNVOICED)
    for i in range(1, frames):
        step = np.full((wide + 1, wide + 1), SWITCH)
        step[:wide, :wide] = LEAP * np.abs(octave[i - 1][:, None] - octave[i][None, :])
        step[wide, wide] = 0.0
        ways = total[:, None] + step
        back[i] = ways.argmin(axis=0)
        total = ways[back[i], np.arange(wide + 1)] + np.append(cost[i], UNVOICED)
    path = np.empty(frames, np.int64)
    path[-1] = total.argmin()
    for i in range(frames - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return np.where(path == wide, -1, path)


def _without_specks(hz: Float64) -> Float64:
    """Without voiced runs too short to trust."""
    voiced = ~np.isnan(hz)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], voiced, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < MIN_RUN:
            hz[start:end] = np.nan
    return hz
