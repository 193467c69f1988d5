"""Noise that we synthesise: pink, traffic, mains hum, static, and babble of given voices.

Every noise is float32, shape (frames,), with an rms of 1, and follows from its generator alone:
the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Rng = np.random.Generator

BABBLE_VOICES = 8
MAINS_HZ = 50.0
CARS_PER_S = 0.12


def pink(frames: int, rate_hz: int, rng: Rng) -> Samples:
    """Power falls by 3 dB an octave from 20 Hz on."""
    return _shaped(frames, rate_hz, rng, lambda hz: np.maximum(hz, 20.0) ** -0.5)


def traffic(frames: int, rate_hz: int, rng: Rng) -> Samples:
    """A road: a low rumble, over which cars come near and go away."""

    def slope(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(hz, 30.0) ** -1.0 / (1 + (hz / 1500.0) ** 2)

    rumble = _shaped(frames, rate_hz, rng, slope)
    hiss = _shaped(frames, rate_hz, rng, lambda hz: np.exp(-(((hz - 900.0) / 700.0) ** 2)))
    times = np.arange(frames) / rate_hz
    loudness = np.full(frames, 0.15)
    for _ in range(rng.poisson(CARS_PER_S * frames / rate_hz) + 1):
        middle, width = rng.uniform(0, max(times[-1], 1.0)), rng.uniform(0.8, 2.5)
        loudness += rng.uniform(0.4, 1.2) * np.exp(-(((times - middle) / width) ** 2))
    return _unit(rumble * (0.5 + loudness) + hiss * loudness)


def hum(frames: int, rate_hz: int, rng: Rng) -> Samples:
    """Mains: 50 Hz with its harmonics, the odd ones stronger, wandering a little."""
    drift = np.interp(
        np.arange(frames), np.linspace(0, frames, 16), MAINS_HZ + rng.normal(0, 0.05, 16)
    )
    phase = 2 * np.pi * np.cumsum(drift) / rate_hz
    out = np.zeros(frames)
    for harmonic in range(1, 13):
        if harmonic * MAINS_HZ < rate_hz / 2:
            strength = (1.0 if harmonic % 2 else 0.35) / harmonic
            out += strength * np.sin(harmonic * phase + rng.uniform(0, 2 * np.pi))
    return _unit(out)


def static(frames: int, rate_hz: int, rng: Rng) -> Samples:
    """A bad connection: white noise and crackle, about twelve clicks a second."""
    out = rng.normal(0, 1, frames)
    for at in rng.integers(0, max(frames, 1), rng.poisson(12 * frames / rate_hz)):
        length = min(frames - int(at), max(1, round(rate_hz * rng.uniform(0.0005, 0.004))))
        out[at : at + length] += rng.choice((-1.0, 1.0)) * rng.uniform(4, 12)
    return _unit(out)


def babble(frames: int, rng: Rng, voices: Sequence[Samples]) -> Samples:
    """Several people talking: each voice from a place of its own, at nearly the same level.

    Args:
        frames: length.
        rng: chooses which voices and where they begin.
        voices: speech without long pauses, each (n,), at the rate that is wanted.

    Raises:
        ValueError: no voice has any sound.
    """
    usable = [v for v in voices if len(v) and float(np.sqrt(np.mean(np.square(v)))) > 0]
    if not usable:
        raise ValueError("babble needs voices")
    out = np.zeros(frames)
    for _ in range(BABBLE_VOICES):
        voice = _unit(usable[int(rng.integers(len(usable)))])
        start = int(rng.integers(len(voice)))
        turned = np.concatenate([voice[start:], voice[:start]])
        out += 10 ** (rng.uniform(-3, 3) / 20) * np.resize(turned, frames)
    return _unit(out)


PLAIN: dict[str, Callable[[int, int, Rng], Samples]] = {
    "pink": pink,
    "traffic": traffic,
    "hum": hum,
    "static": static,
}
KINDS: tuple[str, ...] = (*PLAIN, "babble")


def make(kind: str, frames: int, rate_hz: int, rng: Rng, voices: Sequence[Samples] = ()) -> Samples:
    """A noise by its name, one of `KINDS`."""
    if kind == "babble":
        return babble(frames, rng, voices)
    return PLAIN[kind](frames, rate_hz, rng)


def _shaped(
    frames: int,
    rate_hz: int,
    rng: Rng,
    slope: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Samples:
    """White noise under an amplitude spectrum, by one transform of the whole length."""
    if not frames:
        return np.zeros(0, np.float32)
    spectrum = np.fft.rfft(rng.normal(0, 1, frames))
    hz = np.asarray(np.fft.rfftfreq(frames, 1 / rate_hz), np.float64)
    spectrum *= slope(hz)
    spectrum[0] = 0
    shaped: NDArray[Any] = np.fft.irfft(spectrum, frames)
    return _unit(shaped)


def _unit(samples: NDArray[Any]) -> Samples:
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    return np.asarray(samples / rms if rms else samples, np.float32)
