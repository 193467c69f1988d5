"""Chirps to find a delay with: short sweeps, which nothing else sounds like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int16 = NDArray[np.int16]
Float64 = NDArray[np.float64]

SWEEP_HZ = (500.0, 8_000.0)
SWEEP_MS, APART_S, LEAD_S = 50.0, 0.6, 0.3
COUNT = 3
AMPLITUDE = 16_000
CLEAR = 8.0
"""The peak of the correlation over its usual size, from which a chirp was surely heard."""
REACH_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """By how much each chirp was heard later than played, in ms; None where it was not heard."""

    each_ms: tuple[float | None, ...]

    @property
    def heard_ms(self) -> tuple[float, ...]:
        """Of the chirps that were heard."""
        return tuple(d for d in self.each_ms if d is not None)

    @property
    def median_ms(self) -> float | None:
        """The middle one; None where none was heard."""
        return float(np.median(self.heard_ms)) if self.heard_ms else None

    @property
    def spread_ms(self) -> float | None:
        """From the least to the greatest; None with fewer than two."""
        found = self.heard_ms
        return max(found) - min(found) if len(found) > 1 else None


def chirps(rate_hz: int) -> tuple[Int16, tuple[int, ...]]:
    """Three sweeps with silence around them, (frames,), and where each begins."""
    one = _sweep(rate_hz)
    starts = tuple(round((LEAD_S + n * APART_S) * rate_hz) for n in range(COUNT))
    out = np.zeros(round((LEAD_S + COUNT * APART_S + REACH_S) * rate_hz), np.int16)
    for start in starts:
        out[start : start + len(one)] = np.rint(AMPLITUDE * one).astype(np.int16)
    return out, starts


def find(recorded: Int16, starts: tuple[int, ...], rate_hz: int) -> Delays:
    """Where the chirps lie in what was recorded on the same clock.

    Args:
        recorded: (frames,).
        starts: where they were played.
        rate_hz: of both.
    """
    one = _sweep(rate_hz)
    found: list[float | None] = []
    for start in starts:
        part = recorded[start : start + len(one) + round(REACH_S * rate_hz)].astype(np.float64)
        found.append(_lag(part, one, rate_hz))
    return Delays(each_ms=tuple(found))


def _lag(part: Float64, one: Float64, rate_hz: int) -> float | None:
    if len(part) < 2 * len(one):
        return None
    size = len(part) + len(one)
    product = np.fft.rfft(part, size) * np.conj(np.fft.rfft(one, size))
    score = np.abs(np.fft.irfft(product, size)[: len(part) - len(one)])
    usual = float(np.sqrt(np.mean(score**2)))
    at = int(score.argmax())
    return at * 1000 / rate_hz if usual > 0 and score[at] > CLEAR * usual else None


def _sweep(rate_hz: int) -> Float64:
    """A linear sweep under a Hann window."""
    frames = round(SWEEP_MS * rate_hz / 1000)
    at = np.arange(frames) / rate_hz
    low, high = SWEEP_HZ[0], min(SWEEP_HZ[1], 0.45 * rate_hz)
    phase = 2 * np.pi * (low * at + (high - low) / 2 * at**2 / (SWEEP_MS / 1000))
    return np.asarray(np.sin(phase) * np.hanning(frames), np.float64)
