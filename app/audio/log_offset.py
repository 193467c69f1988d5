"""Where a log's clock lies on a recording: by laying logged speech over measured speech.

A log says when each side began and ended; the recording began at another moment. The shift that
makes both agree best is found by cross-correlation of speech activity, then sharpened on onsets:
logged ends are often late (they are declared after a pause), logged onsets seldom are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

MAX_SHIFT_S = 120.0
CLOSE_S, DROP_S = 0.20, 0.05
"""Pauses shorter than the first are closed, sounds shorter than the second are no speech."""
QUIET_DB, RANGE_DB = -90.0, 6.0
REACH_S = 1.2
"""How far the coarse shift may be off: ends logged late draw it by up to as much."""
NEAR_S = 0.10
"""An onset that fits within this counts as matched."""
APART_S = 1.0
"""Another shift this far away that fits as well makes the answer doubtful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedTrack:
    """One speaker: measured levels, and when the log says that they spoke.

    Attributes:
        levels_db: (n,), dB of full scale of each hop of the recording.
        spans_s: (start, end) by the log's clock, seconds from its zero.
    """

    levels_db: NDArray[np.floating]
    spans_s: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class LogOffset:
    """`audio time = log time + offset_s`.

    `confidence` is 0..1: how well speech agrees at that shift, times the share of onsets that
    fit, less where another shift would do as well. Below about 0.3 it is a guess.
    """

    offset_s: float
    confidence: float


NONE = LogOffset(0.0, 0.0)


def estimate(tracks: Sequence[LoggedTrack], hop_s: float = 0.010) -> LogOffset:
    """The shift between a log's clock and a recording.

    Args:
        tracks: one for each speaker that has a channel; all on the same two clocks.
        hop_s: seconds a level.

    Returns:
        Offset 0.0 with confidence 0.0 where there is no speech in the log or in the recording.
    """
    used = [(activity(t.levels_db, hop_s), t) for t in tracks if len(t.spans_s)]
    used = [(active, track) for active, track in used if active.any() and not active.all()]
    if not used:
        return NONE
    first_s = min(start for _, t in used for start, _ in t.spans_s)
    score, lags = _correlation(used, first_s, hop_s)
    if not len(score):
        return NONE
    best = int(np.argmax(score))
    peak = float(score[best])
    if peak <= 0:
        return NONE
    coarse_s = lags[best] * hop_s - first_s
    offset_s, matched = _sharpened(used, coarse_s, hop_s)
    return LogOffset(offset_s, round(_confidence(score, best, hop_s) * matched, 3))


def activity(levels_db: NDArray[np.floating], hop_s: float) -> NDArray[np.bool_]:
    """(n,) whether each hop is speech: above the middle between noise and loud speech."""
    levels = np.maximum(np.asarray(levels_db, np.float64), QUIET_DB)
    if not len(levels):
        return np.zeros(0, np.bool_)
    low, high = np.quantile(levels, 0.05), np.quantile(levels, 0.98)
    if high - low < RANGE_DB:
        return np.zeros(len(levels), np.bool_)
    loud = levels > max((low + high) / 2, high - 30.0)
    loud = ~_without_short(~loud, round(CLOSE_S / hop_s))
    return _without_short(loud, round(DROP_S / hop_s))


def _without_short(active: NDArray[np.bool_], hops: int) -> NDArray[np.bool_]:
    """`active` without runs shorter than `hops`."""
    out = active.copy()
    for start, end in _runs(active):
        if end - start < hops:
            out[start:end] = False
    return out


def _runs(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _mask(spans_s: Sequence[tuple[float, float]], first_s: float, hop_s: float) -> Float:
    last_s = max(max(a, b) for a, b in spans_s)
    out = np.zeros(max(1, round((last_s - first_s) / hop_s) + 1))
    for start, end in spans_s:
        out[round((start - first_s) / hop_s) : max(1, round((end - first_s) / hop_s))] = 1.0
    return out


def _correlation(
    used: Sequence[tuple[NDArray[np.bool_], LoggedTrack]], first_s: float, hop_s: float
) -> tuple[Float, NDArray[np.int64]]:
    """Agreement (-1..1) at each lag in hops of the log's first onset, and the lags."""
    masks = [_mask(track.spans_s, first_s, hop_s) for _, track in used]
    heard, logged = max(len(a) for a, _ in used), max(len(m) for m in masks)
    size = 1 << (heard + logged).bit_length()
    total = np.zeros(size)
    power = [0.0, 0.0]
    for (active, _), mask in zip(used, masks, strict=True):
        a, m = active - active.mean(), np.pad(mask, (0, logged - len(mask)))
        m = m - m.mean()
        total += np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(m, size)), size)
        power[0] += float(a @ a)
        power[1] += float(m @ m)
    if min(power) <= 0:
        return np.zeros(0), np.zeros(0, np.int64)
    reach = round(MAX_SHIFT_S / hop_s) + round(abs(first_s) / hop_s)
    lags = np.arange(max(-reach, 1 - logged), min(reach, heard - 1) + 1)
    return total[lags % size] / np.sqrt(power[0] * power[1]), lags


def _sharpened(
    used: Sequence[tuple[NDArray[np.bool_], LoggedTrack]], coarse_s: float, hop_s: float
) -> tuple[float, float]:
    """(the shift by onsets, the share of onsets that fit it)."""
    heard = [np.array([a for a, _ in _runs(active)]) * hop_s for active, _ in used]
    logged = [np.array([start for start, _ in track.spans_s]) for _, track in used]
    apart = [f[None, :] - said[:, None] for f, said in zip(heard, logged, strict=True)]
    near = np.sort(np.concatenate([d[np.abs(d - coarse_s) <= REACH_S] for d in apart]))
    if not len(near):
        return coarse_s, 0.0
    ends = np.searchsorted(near, near + NEAR_S, side="right")
    counts = ends - np.arange(len(near))
    crowded = np.flatnonzero(counts == counts.max())
    middles = np.array([float(np.median(near[n : ends[n]])) for n in crowded])
    offset_s = float(middles[np.abs(middles - coarse_s).argmin()])
    nearest = [np.abs(d - offset_s).min(axis=1) for d in apart if d.shape[1]]
    return offset_s, float(np.mean(np.concatenate(nearest) <= NEAR_S))


def _confidence(score: Float, best: int, hop_s: float) -> float:
    """The peak, less where one far from it is nearly as high."""
    peak, apart = float(score[best]), round(APART_S / hop_s)
    rest = np.concatenate([score[: max(0, best - apart)], score[best + apart + 1 :]])
    rival = max(0.0, float(rest.max())) if len(rest) else 0.0
    clear = min(1.0, (peak - rival) / (0.1 * peak))
    return min(1.0, peak) * clear
