"""Spectrogram tiles: the right bin, the right column, the right level, and a bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.spectrogram import (
    FLOOR_DB,
    TILE_COLUMNS,
    TOP_DB,
    Spectrogram,
    TileKey,
    to_rows,
)
from tests.audio_files import clicks, int16, tone


def full(spectrogram: Spectrogram, start: float, per_px: float, n_px: int) -> np.ndarray:
    _, missing = spectrogram.view(start, per_px, n_px)
    for key in missing:
        spectrogram.compute(key)
    levels, left = spectrogram.view(start, per_px, n_px)
    assert left == []
    return levels


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("hz", [300.0, 1500.0, 3400.0])
def test_a_tone_is_in_its_bin_at_its_level(rate: int, hz: float) -> None:
    level = 10 ** (-40 / 20)
    spectrogram = Spectrogram(int16(tone(2, rate, hz, level)), rate)
    levels = full(spectrogram, 0, 2 * rate / 200, 200)[:, 20:-20]
    expected = round(hz * spectrogram.window / rate)
    assert np.abs(levels.argmax(axis=0).astype(int) - expected).max() <= 1
    db = levels.max(axis=0) / 255 * (TOP_DB - FLOOR_DB) + FLOOR_DB
    assert np.all((db > -42) & (db < -39.5))


@pytest.mark.parametrize("per_px", [4.0, 64.0, 333.0])
def test_a_click_is_in_its_column(per_px: float) -> None:
    rate = 16_000
    spectrogram = Spectrogram(int16(clicks(4, rate, every_s=9, first_s=2.0)), rate)
    start = 2.0 * rate - 300 * per_px
    levels = full(spectrogram, start, per_px, 600)
    energy = levels.astype(float).sum(axis=0)
    loud = np.flatnonzero(energy == energy.max())
    assert abs(loud.mean() - 300) <= max(2, 32 / per_px)


def test_outside_is_empty_and_whole_calls_need_few_tiles() -> None:
    rate = 8_000
    samples = int16(tone(120, rate))
    spectrogram = Spectrogram(samples, rate)
    assert not full(spectrogram, -5000, 10, 400).any()
    keys = spectrogram.keys(0, len(samples) / 1600, 1600)
    assert len(keys) <= 2 * 1600 // TILE_COLUMNS + 2
    levels = full(spectrogram, 0, len(samples) / 1600, 1700)
    assert levels[:, 800].any()
    assert not levels[:, 1605:].any()


def test_tiles_are_kept_within_bounds() -> None:
    spectrogram = Spectrogram(int16(tone(60, 8_000)), 8_000, cache_bytes=1)
    for index in range(12):
        spectrogram.compute(TileKey(64, index))
    held = [i for i in range(12) if spectrogram.get(TileKey(64, i)) is not None]
    assert held == list(range(4, 12))
    assert spectrogram.compute(TileKey(64, 11)) is spectrogram.get(TileKey(64, 11))


def test_float_and_int_agree() -> None:
    wave = tone(1, 16_000)
    a = Spectrogram(wave, 16_000).compute(TileKey(64, 0))
    b = Spectrogram(int16(wave), 16_000).compute(TileKey(64, 0))
    loud = b > 60
    assert np.abs(a[loud].astype(int) - b[loud]).max() <= 1


def test_rows_have_high_frequencies_on_top() -> None:
    levels = np.zeros((100, 3), np.uint8)
    levels[0], levels[99, 1] = 10, 200
    small = to_rows(levels, 10)
    assert small.shape == (10, 3)
    assert list(small[-1]) == [10, 10, 10]
    assert list(small[0]) == [0, 200, 0]
    large = to_rows(levels, 300)
    assert list(large[0]) == [0, 200, 0]
    assert not large[4].any()
