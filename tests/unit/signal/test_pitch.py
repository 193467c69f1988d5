"""Pitch of voices whose pitch is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.audio import pitch
from tests.audio_files import noise, tone

RATE = 16_000
Floats = NDArray[np.float64]


def voice(hz: Floats, rate_hz: int = RATE, *, low: float = 0, high: float = 4_000) -> Floats:
    """Harmonics of a pitch given for each sample, those within a band."""
    phase = 2 * np.pi * np.cumsum(hz) / rate_hz
    out = np.zeros(len(hz))
    for k in range(1, 60):
        inside = (hz * k > low) & (hz * k < min(high, rate_hz / 2))
        out += inside / k * np.sin(k * phase + k)
    return 0.2 * out


@pytest.mark.parametrize("hz", [55.0, 90.0, 140.0, 220.0, 410.0, 590.0])
@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_steady_voices(hz: float, rate: int) -> None:
    got = pitch.track(voice(np.full(rate, hz), rate), rate)
    assert np.isnan(got.hz).mean() < 0.02
    assert np.nanmax(np.abs(pitch.semitones(got.hz, hz))) < 0.1


def test_a_pure_tone_and_a_telephone_without_the_fundamental() -> None:
    pure = pitch.track(tone(1, RATE, 130.0), RATE)
    line = pitch.track(voice(np.full(RATE, 130.0), low=300, high=3400), RATE)
    assert np.nanmedian(pure.hz) == pytest.approx(130, rel=0.005)
    assert np.nanmedian(line.hz) == pytest.approx(130, rel=0.005)
    assert len(line.voiced) > 0.95 * len(line.hz)


@pytest.mark.parametrize("ends", [(100.0, 200.0), (300.0, 150.0), (80.0, 95.0)])
def test_glides(ends: tuple[float, float]) -> None:
    truth = np.linspace(*ends, 2 * RATE)
    got = pitch.track(voice(truth), RATE)
    wanted = np.interp(got.times_s, np.arange(len(truth)) / RATE, truth)
    off = pitch.semitones(got.hz, 1.0) - pitch.semitones(wanted, 1.0)
    assert np.isnan(got.hz).mean() < 0.02
    assert np.nanmax(np.abs(off)) < 0.25


def test_noise_beside_the_voice() -> None:
    truth = np.linspace(110, 180, 2 * RATE)
    clean = voice(truth)
    noisy = clean + np.random.default_rng(0).normal(0, np.sqrt(np.mean(clean**2)) / 4, len(clean))
    got = pitch.track(noisy, RATE)
    wanted = np.interp(got.times_s, np.arange(len(truth)) / RATE, truth)
    off = np.abs(pitch.semitones(got.hz, 1.0) - pitch.semitones(wanted, 1.0))
    assert len(got.voiced) > 0.9 * len(got.hz)
    assert np.nanmean(off < 0.5) > 0.98


def test_voice_begins_and_ends_where_it_does() -> None:
    x = np.concatenate([np.zeros(RATE), voice(np.full(RATE, 120.0)), np.zeros(RATE)])
    x = x + noise(3, RATE, level=0.001)
    got = pitch.track(x, RATE)
    times = got.times_s[~np.isnan(got.hz)]
    assert times.min() == pytest.approx(1.0, abs=0.03)
    assert times.max() == pytest.approx(2.0, abs=0.03)


def test_noise_has_no_pitch() -> None:
    got = pitch.track(noise(5, RATE, level=0.1), RATE)
    assert len(got.voiced) < 0.01 * len(got.hz)


def test_an_offset_is_no_voice_and_changes_none() -> None:
    x = voice(np.full(RATE, 150.0))
    assert len(pitch.track(np.full(RATE, 0.3), RATE).voiced) == 0
    assert np.nanmedian(pitch.track(x + 0.3, RATE).hz) == pytest.approx(150, rel=0.005)


def test_nothing_to_hear() -> None:
    assert len(pitch.track(np.zeros(0), RATE).hz) == 0
    assert len(pitch.track(np.zeros(300), RATE).hz) == 0
    assert len(pitch.track(np.zeros(RATE), RATE).voiced) == 0
    assert len(pitch.track(np.full(RATE, np.nan), RATE).voiced) == 0
