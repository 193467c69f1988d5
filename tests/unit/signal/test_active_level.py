"""P.56 method B against a loop of the standard's own steps, and on signals of known level."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.audio import active_level
from app.audio.active_level import Meter, measure
from tests.audio_files import int16, speechlike, tone

Floats = NDArray[np.float64]


def by_the_book(x: Floats, rate_hz: int) -> tuple[float, float] | None:
    """(active level, activity factor) one sample at a time: P.56 (12/2011), 5.1 and annex."""
    g = math.exp(-1 / (rate_hz * 0.03))
    held = math.ceil(rate_hz * 0.2)
    thresholds = [2.0**-15 * 2**j for j in range(15)]
    activity, hangover = [0] * 15, [held] * 15
    energy = p = q = 0.0
    for sample in x:
        energy += sample * sample
        p = g * p + (1 - g) * abs(sample)
        q = g * q + (1 - g) * p
        for j in range(15):
            if q >= thresholds[j]:
                activity[j] += 1
                hangover[j] = 0
            elif hangover[j] < held:
                activity[j] += 1
                hangover[j] += 1
    last = None
    for j in range(15):
        if not activity[j]:
            return None
        level = 10 * math.log10(energy / activity[j])
        excess = level - 20 * math.log10(thresholds[j]) - 15.9
        if excess <= 0:
            if last is None:
                return None
            share = last[1] / (last[1] - excess)
            found = last[0] + share * (level - last[0])
            return found, 10 ** ((10 * math.log10(energy / len(x)) - found) / 10)
        last = level, excess
    return None


def bursts(seed: int, rate_hz: int) -> Floats:
    """Noise that comes and goes, with pauses shorter and longer than the hangover."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(6):
        parts.append(rng.normal(0, rng.uniform(0.01, 0.3), int(rate_hz * rng.uniform(0.05, 0.4))))
        parts.append(rng.normal(0, 10 ** rng.uniform(-5, -3), int(rate_hz * rng.uniform(0, 0.5))))
    return np.clip(np.concatenate(parts), -1, 1)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050])
@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_standard_step_by_step(rate: int, seed: int) -> None:
    x = bursts(seed, rate)
    wanted, got = by_the_book(x, rate), measure(x, rate)
    assert wanted is not None
    assert got is not None
    assert got.level_dbov == pytest.approx(wanted[0], abs=1e-9)
    assert got.activity == pytest.approx(min(1.0, wanted[1]), abs=1e-9)


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=12), st.integers(0, 5))
@settings(max_examples=8, deadline=None)
def test_blocks_of_any_size_give_the_same(sizes: list[int], seed: int) -> None:
    x = bursts(seed, 8_000)
    meter, at = Meter(8_000), 0
    while at < len(x):
        for size in sizes:
            meter.push(x[at : at + size])
            at += size
    whole, pieces = measure(x, 8_000), meter.result()
    assert whole is not None
    assert pieces is not None
    assert pieces.level_dbov == pytest.approx(whole.level_dbov, abs=1e-9)
    assert pieces.activity == pytest.approx(whole.activity, abs=1e-9)


def test_zero_dbov_is_a_full_scale_square_wave() -> None:
    square = np.sign(tone(10, 16_000, 440.0) + 1e-9)
    sine = tone(10, 16_000, 440.0, level=1.0)
    of_square, of_sine = measure(square, 16_000), measure(sine, 16_000)
    assert of_square is not None
    assert of_sine is not None
    assert of_square.long_term_dbov == pytest.approx(0.0, abs=1e-6)
    assert of_square.level_dbov == pytest.approx(0.0, abs=0.02)
    assert of_sine.long_term_dbov == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_pauses_do_not_lower_the_level(rate: int) -> None:
    """Half of the time silent: the long-term level falls by 3 dB, the active level hardly."""
    voice = tone(2, rate, 400.0, level=0.1)
    gated = np.concatenate([np.concatenate([voice, np.zeros(2 * rate)]) for _ in range(8)])
    got = measure(gated, rate)
    assert got is not None
    # 200 ms of hangover after each 2 s: 10 log(2 / 2.2)
    assert got.level_dbov == pytest.approx(20 * math.log10(0.1) - 3.01 - 0.41, abs=0.3)
    assert got.activity == pytest.approx(0.55, abs=0.04)


@pytest.mark.parametrize("gain_db", [-40.0, -20.0, -6.0])
def test_the_level_follows_the_gain(gain_db: float) -> None:
    """Exactly by 6.02 dB, one threshold; in between by no more than the straight line is off."""
    voice = speechlike(8, 16_000, level=0.9).astype(np.float64)
    loud, quiet = measure(voice, 16_000), measure(voice * 10 ** (gain_db / 20), 16_000)
    assert loud is not None
    assert quiet is not None
    assert quiet.level_dbov - loud.level_dbov == pytest.approx(gain_db, abs=0.1)


def test_a_gain_brings_it_to_the_target() -> None:
    voice = speechlike(8, 16_000, level=0.3).astype(np.float64)
    first = measure(voice, 16_000)
    assert first is not None
    second = measure(voice * 10 ** (active_level.gain_db(first) / 20), 16_000)
    assert second is not None
    assert second.level_dbov == pytest.approx(-26.0, abs=0.1)


def test_integers_and_floats_agree() -> None:
    voice = speechlike(4, 8_000, level=0.5)
    whole, fine = measure(int16(voice), 8_000), measure(voice, 8_000)
    assert whole is not None
    assert fine is not None
    assert whole.level_dbov == pytest.approx(fine.level_dbov, abs=1e-3)


def test_what_has_no_level() -> None:
    assert measure(np.zeros(0), 8_000) is None
    assert measure(np.zeros(80_000), 8_000) is None
    assert measure(np.full(8_000, np.nan), 8_000) is None
    assert measure(tone(3, 8_000, level=1e-5), 8_000) is None  # below the lowest threshold


def test_nan_counts_as_silence_and_a_bad_rate_is_refused() -> None:
    voice = speechlike(4, 8_000, level=0.5).astype(np.float64)
    holed = voice.copy()
    holed[1000:1010] = np.nan
    silent = np.where(np.isnan(holed), 0.0, holed)
    got, wanted = measure(holed, 8_000), measure(silent, 8_000)
    assert got == wanted
    with pytest.raises(ValueError, match="rate"):
        measure(voice, 0)


def test_one_sample_is_no_speech() -> None:
    assert measure(np.array([0.5]), 8_000) is None
