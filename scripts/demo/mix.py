"""The telephone's band, the levels and the noise beds, made with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from demo.voice import Float32

from app.audio.polyphase import resample

SPEECH_DB = -22.0
EDGE_DB = -35.0
"""Speech begins and ends where a 10 ms mean is this far below its loudest."""
EDGE_WINDOW_MS = 10
TAPS = 257
MARGIN_S = 0.05


@dataclass(frozen=True, slots=True)
class Band:
    """A band-pass filter at the call's rate."""

    rate_hz: int
    taps: Float32

    @property
    def margin(self) -> int:
        """Frames of silence that `apply` puts before and after, for the filter to ring in."""
        return round(MARGIN_S * self.rate_hz)

    def apply(self, samples: Float32, rate_hz: int) -> Float32:
        """`samples` at the call's rate, in band, padded by `margin`; without delay."""
        padded = np.pad(resample(samples, rate_hz, self.rate_hz), self.margin)
        return np.convolve(padded, self.taps, mode="same").astype(np.float32)


def telephone(rate_hz: int, band: list[int]) -> Band:
    """A linear-phase band-pass between the two corner frequencies in Hz."""
    n = np.arange(TAPS) - TAPS // 2
    low, high = (np.sinc(2 * f / rate_hz * n) * 2 * f / rate_hz for f in band)
    return Band(rate_hz, ((high - low) * np.blackman(TAPS)).astype(np.float32))


def bounds(samples: Float32, rate_hz: int, loudest: Float32 | None = None) -> tuple[int, int]:
    """(first frame, frame after the last) of the energy in `samples`."""
    window = EDGE_WINDOW_MS * rate_hz // 1000
    box = np.ones(window) / window
    power = np.convolve(samples.astype(np.float64) ** 2, box, mode="same")
    reference = power
    if loudest is not None:
        reference = np.convolve(loudest.astype(np.float64) ** 2, box, mode="same")
    loud = np.flatnonzero(power > reference.max() * 10 ** (EDGE_DB / 10))
    return int(loud[0]), int(loud[-1]) + 1


def level(channel: Float32, spans: list[tuple[int, int]]) -> Float32:
    """`channel` with its active speech at `SPEECH_DB`."""
    active = np.concatenate([channel[a:b] for a, b in spans])
    rms = float(np.sqrt(np.mean(active.astype(np.float64) ** 2)))
    return channel * np.float32(10 ** (SPEECH_DB / 20) / rms)


def noise(kind: str, frames: int, band: Band, snr_db: float, seed: int) -> Float32:
    """A bed of noise `snr_db` below active speech: `line` (flat), `room` or `street`."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    tilt = {"line": 0.0, "room": 0.5, "street": 0.9}[kind]
    hz = np.maximum(np.fft.rfftfreq(frames, 1 / band.rate_hz), 50)
    bed = np.convolve(np.fft.irfft(spectrum / hz**tilt, frames), band.taps, mode="same")
    if kind == "street":  # traffic comes and goes
        t = np.arange(frames) / band.rate_hz
        bed *= 1 + 0.35 * np.sin(2 * np.pi * t / 7.3 + seed) * np.sin(2 * np.pi * t / 3.1)
    bed *= 10 ** ((SPEECH_DB - snr_db) / 20) / np.sqrt(np.mean(bed**2))
    return bed.astype(np.float32)
