"""The analysis resampler is exact, aligned, and the same in blocks."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.polyphase import Resampler, resample

RATES = [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000]


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_keeps_its_phase(rate: int) -> None:
    t = np.arange(rate * 2) / rate
    out = resample(np.sin(2 * np.pi * 997 * t).astype(np.float32), rate, 16_000)
    wanted = np.sin(2 * np.pi * 997 * np.arange(len(out)) / 16_000)
    assert len(out) == 32_000
    assert np.abs(out - wanted)[400:-400].max() < 1e-3


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("block", [1, 333, 5000])
def test_blocks_give_what_one_piece_gives(rate: int, block: int) -> None:
    x = np.random.default_rng(rate).standard_normal(3001).astype(np.float32)
    r = Resampler(rate, 16_000)
    parts = [r.push(x[i : i + block]) for i in range(0, len(x), block)]
    out = np.concatenate([*parts, r.finish()])
    whole = resample(x, rate, 16_000)
    assert len(out) == len(whole) == -(-3001 * 16_000 // rate)
    assert np.allclose(out, whole, atol=1e-5)


def test_what_is_above_the_new_band_is_gone() -> None:
    t = np.arange(48_000) / 48_000
    out = resample(np.sin(2 * np.pi * 12_000 * t).astype(np.float32), 48_000, 16_000)
    assert np.abs(out[400:-400]).max() < 3e-3


@pytest.mark.parametrize("frames", [0, 1, 5])
def test_tiny_input(frames: int) -> None:
    out = resample(np.ones(frames, dtype=np.float32), 8000, 16_000)
    assert len(out) == 2 * frames


def test_a_rate_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Resampler(0, 16_000)
