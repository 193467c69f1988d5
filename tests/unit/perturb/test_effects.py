"""Noises and effects do what they say, keep time, and follow from their seed alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio import active_level
from app.domain.errors import BadInput
from app.eval.perturb import effects, noises
from app.eval.perturb.recipe import STEPS, parse
from tests.audio_files import speechlike, tone

RATE = 16_000


def speech(seconds: float = 4.0, seed: int = 1) -> Any:
    return speechlike(seconds, RATE, level=0.3, seed=seed)


def apply(samples: Any, text: str, *, rate: int = RATE, seed: int = 3, key: str = "a") -> Any:
    recipe = parse(text, seed=seed)
    return effects.apply(samples, rate, recipe, source_key=key, voices=[speech(2, 8), speech(2, 9)])


def band_power(samples: Any, low: float, high: float, rate: int = RATE) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / rate)
    return float(power[(hz >= low) & (hz < high)].sum())


@pytest.mark.parametrize("kind", noises.KINDS)
def test_noise_has_unit_rms_and_follows_from_its_seed(kind: str) -> None:
    def make(seed: int) -> Any:
        rng = np.random.default_rng(seed)
        return noises.make(kind, 2 * RATE, RATE, rng, [speech(1, 5), speech(1, 6)])

    noise = make(1)
    assert noise.shape == (2 * RATE,)
    assert np.sqrt(np.mean(np.square(noise, dtype=np.float64))) == pytest.approx(1.0, rel=1e-3)
    assert np.array_equal(noise, make(1))
    assert not np.array_equal(noise, make(2))


def test_pink_noise_falls_three_db_an_octave() -> None:
    noise = noises.pink(60 * RATE, RATE, np.random.default_rng(0))
    octaves = [band_power(noise, 125 * 2**k, 250 * 2**k) for k in range(5)]
    # Equal power in every octave is what 3 dB an octave means.
    assert max(octaves) / min(octaves) < 1.15


def test_hum_is_at_the_mains_frequency() -> None:
    noise = noises.hum(4 * RATE, RATE, np.random.default_rng(0))
    assert band_power(noise, 45, 55) > 0.5 * band_power(noise, 1, 8000)


@pytest.mark.parametrize("kind", noises.KINDS)
@pytest.mark.parametrize("snr_db", [0, 10, 20])
def test_snr_is_against_the_active_level(kind: str, snr_db: float) -> None:
    clean = 0.3 * speech(6.0)
    added = apply(clean, f"{kind}:{snr_db}").astype(np.float64) - clean
    level = active_level.measure(clean, RATE)
    assert level is not None
    got_db = level.level_dbov - 10 * np.log10(np.mean(np.square(added)))
    # Crackle that reaches full scale is cut there, which takes a little of it away.
    assert got_db == pytest.approx(snr_db, abs=0.5 if kind == "static" else 0.05)


def test_noise_needs_speech_to_stand_against() -> None:
    with pytest.raises(BadInput, match="no speech"):
        apply(np.zeros(RATE, np.float32), "pink:10")


def test_mulaw_cuts_the_band_and_keeps_the_place() -> None:
    samples = speech()
    out = apply(samples, "mulaw")
    assert len(out) == len(samples)
    assert band_power(out, 4200, 8000) < 1e-3 * band_power(out, 300, 3400)
    lags = range(-40, 41)
    middle = slice(1000, len(samples) - 1000)
    inner = samples[middle]
    like = [float(inner @ np.roll(out, -lag)[middle]) for lag in lags]
    assert lags[int(np.argmax(like))] == 0


def test_mulaw_round_trip_agrees_with_the_decoder() -> None:
    """Every value of the standard's decoding table comes back as itself."""
    from app.audio.wav import _mulaw_table

    table = _mulaw_table().astype(np.float32) / 32768
    assert np.array_equal(effects.mulaw_round_trip(table), table)
    ramp = np.linspace(-0.99, 0.99, 5001).astype(np.float32)
    error = np.abs(effects.mulaw_round_trip(ramp) - ramp)
    assert float((error / np.maximum(np.abs(ramp), 0.01)).max()) < 0.04


def test_band_limit() -> None:
    out = apply(tone(2, RATE, 200) + tone(2, RATE, 1000) + tone(2, RATE, 5000), "band:300,3400")
    kept = band_power(out, 900, 1100)
    assert band_power(out, 100, 250) < 1e-2 * kept
    assert band_power(out, 4000, 8000) < 1e-4 * kept


@given(rate=st.floats(0.01, 0.5), burst_ms=st.floats(20, 400), seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_losses_have_their_rate(rate: float, burst_ms: float, seed: int) -> None:
    count = 60_000
    lost = effects.lost_packets(count, rate, burst_ms, np.random.default_rng(seed))
    burst = max(1.0, burst_ms / 20)
    # Losses come in bursts, so that the share varies as if there were fewer packets.
    slack = 5 * np.sqrt(rate * 2 * burst / count) + 0.002
    leave = min(1.0, 20 / burst_ms)
    enter = min(1.0, leave * rate / (1 - rate))
    assert lost.mean() == pytest.approx(enter / (enter + leave), abs=slack)


def test_mean_burst_length() -> None:
    lost = effects.lost_packets(200_000, 0.05, 100, np.random.default_rng(4))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(int), [0]])))
    assert float((edges[1::2] - edges[::2]).mean()) == pytest.approx(5.0, rel=0.05)


def test_clipping_cuts_and_keeps_the_loudness_of_what_is_left() -> None:
    out = apply(speech(), "clip:12")
    assert float(np.abs(out).max()) == pytest.approx(10 ** (-12 / 20), rel=1e-3)


def test_gain_and_muffling() -> None:
    samples = speech()
    assert np.allclose(apply(samples, "gain:-6"), samples * 10 ** (-6 / 20), atol=1e-6)
    dull = apply(samples, "muffle:1000")
    assert band_power(dull, 1500, 8000) < 0.01 * band_power(samples, 1500, 8000)
    assert np.array_equal(apply(samples, "muffle:1000,0"), samples)


@pytest.mark.parametrize("text", ["babble:5 mulaw loss:0.1,80", "static:0 clip:20", "traffic:10"])
def test_same_seed_same_samples_other_channel_other_noise(text: str) -> None:
    samples = speech()
    assert np.array_equal(apply(samples, text), apply(samples, text))
    assert not np.array_equal(apply(samples, text, seed=4), apply(samples, text))
    if "clip" not in text:
        assert not np.array_equal(apply(samples, text, key="b"), apply(samples, text))


@pytest.mark.parametrize("text", list(STEPS))
@pytest.mark.parametrize("frames", [0, 1, 100])
def test_short_channels(text: str, frames: int) -> None:
    samples = speech()[:frames]
    if text in noises.KINDS:
        with pytest.raises(BadInput):
            apply(samples, text)
    else:
        assert len(apply(samples, text)) == frames


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("thunder:3", "no perturbation"),
        ("pink:loud", "no number"),
        ("pink:1,2", "takes snr_db"),
        ("loss:1.5", "between 0 and 0.9"),
        ("mulaw:3", "no number"),
        ("pink:nan", "between"),
    ],
)
def test_recipes_that_are_none(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse(text)


def test_recipe_as_data() -> None:
    recipe = parse("babble:10 mulaw loss:0.05,80", speakers=("caller", "agent"), seed=9)
    assert recipe.to_json()["steps"][0] == {"kind": "babble", "snr_db": 10.0}
    assert recipe.words == "babble 10 dB, mulaw, loss 5%"
    assert recipe.conditions() == {
        "noise": "babble",
        "snr_db": 10.0,
        "line": "mulaw-8k",
        "loss": 0.05,
    }
    assert recipe.sha256 != parse("babble:10 mulaw loss:0.05,80", seed=9).sha256
    assert parse(" ".join(map(str, recipe.steps)), speakers=recipe.speakers, seed=9) == recipe
