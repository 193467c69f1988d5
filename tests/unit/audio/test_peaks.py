"""Pyramids against brute force, and the promise that no click is ever missed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio import peaks
from app.audio.peak_build import PeakBuilder
from app.audio.peaks import PeakPyramid
from app.audio.recording import CHUNK_FRAMES


def build(samples: np.ndarray, rate_hz: int, *, order: int = 1, known: bool = True) -> PeakPyramid:
    builder = PeakBuilder(
        rate_hz=rate_hz,
        channels=samples.shape[1],
        frame_count=len(samples) if known else None,
    )
    for first in range(0, len(samples), CHUNK_FRAMES)[::order]:
        builder.add(first, samples[first : first + CHUNK_FRAMES])
    return builder.pyramid(len(samples), samples)


def noise(frames: int, channels: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-32768, 32768, (frames, channels)).astype(np.int16)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, 63, 64, 257, 70_001, 300_000])
def test_levels_equal_brute_force(rate: int, channels: int, frames: int) -> None:
    samples = noise(frames, channels)
    pyramid = build(samples, rate)
    assert pyramid.levels[0].block == (64 if rate <= 16_000 else 256)
    for below, level in zip(pyramid.levels, pyramid.levels[1:], strict=False):
        assert level.block == 8 * below.block
    for level in pyramid.levels:
        starts = np.arange(0, frames, level.block)
        assert level.blocks == len(starts)
        assert np.array_equal(level.lo, np.minimum.reduceat(samples, starts, axis=0).T)
        assert np.array_equal(level.hi, np.maximum.reduceat(samples, starts, axis=0).T)
        whole = frames // level.block
        power = np.square(samples[: whole * level.block].astype(np.float64))
        power = power.reshape(whole, level.block, channels).mean(axis=1).T
        assert np.abs(level.rms[:, :whole] - np.sqrt(power)).max(initial=0) <= 1


def test_order_of_chunks_and_unknown_length_do_not_matter() -> None:
    samples = noise(20 * CHUNK_FRAMES + 77, 1)
    one, two = build(samples, 8_000), build(samples, 8_000, order=-1, known=False)
    for a, b in zip(one.levels, two.levels, strict=True):
        assert np.array_equal(a.lo, b.lo)
        assert np.array_equal(a.hi, b.hi)
        assert np.array_equal(a.rms, b.rms)


@given(
    block_index=st.integers(0, 40),
    blocks_a_px=st.integers(1, 40),
    n_px=st.integers(1, 50),
    stored_only=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_read_of_aligned_columns_is_brute_force(
    block_index: int, blocks_a_px: int, n_px: int, stored_only: bool
) -> None:
    samples = noise(64 * 700 + 13, 2, seed=3)
    pyramid = build(samples, 8_000)
    if stored_only:
        pyramid = replace(pyramid, samples=None)
    level = pyramid.level_for(blocks_a_px * 64)
    per_px = -(-blocks_a_px * 64 // level.block) * level.block
    start = block_index * level.block
    lo, hi, rms = pyramid.read(1, start, per_px, n_px)
    for i in range(n_px):
        part = samples[start + i * per_px : start + (i + 1) * per_px, 1]
        if not len(part):
            assert (lo[i], hi[i], rms[i]) == (0, 0, 0)
            continue
        assert (lo[i], hi[i]) == (part.min(), part.max())
        if len(part) == per_px:
            assert abs(rms[i] - np.sqrt(np.mean(part.astype(np.float64) ** 2))) <= 2


@given(
    click=st.integers(0, 99_999),
    frames_per_px=st.floats(0.05, 120_000),
    shift=st.floats(0, 1),
    stored_only=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_no_click_is_missed_at_any_zoom(
    click: int, frames_per_px: float, shift: float, stored_only: bool
) -> None:
    samples = np.zeros((100_000, 1), np.int16)
    samples[click] = 30_000
    pyramid = build(samples, 48_000)
    if stored_only:
        pyramid = replace(pyramid, samples=None)
    # The click lies in the middle third of 90 columns, wherever the columns begin.
    start = click - frames_per_px * (45 + shift)
    lo, hi, rms = pyramid.read(0, start, frames_per_px, 90)
    seen = np.flatnonzero(hi == 30_000)
    assert len(seen) >= 1
    assert not np.delete(lo, seen).any()
    assert rms[seen].any() or frames_per_px > 1e6
    expected = int(np.floor((click - start) / frames_per_px + 1e-9))
    blur = 0 if not stored_only and frames_per_px < 256 else 1 + 128 / frames_per_px
    if frames_per_px >= 1:
        assert np.abs(seen - expected).min() <= blur
    if frames_per_px >= 256:
        assert len(seen) == 1, "a block belongs to one column"


@pytest.mark.parametrize("frames_per_px", [1.0, 24.0, 2000 / 1024, 255.9])
def test_columns_of_raw_samples_are_exact(frames_per_px: float) -> None:
    samples = noise(50_000, 1, seed=9)
    pyramid = build(samples, 48_000)
    start = 123.0
    lo, hi, rms = pyramid.read(0, start, frames_per_px, 100)
    frames = np.arange(len(samples))
    column = np.floor((frames - start) / frames_per_px + 1e-9)
    for i in range(100):
        part = samples[column == i, 0].astype(np.int64)
        assert (lo[i], hi[i]) == (part.min(), part.max())
        assert abs(rms[i] - np.sqrt(np.mean(part**2))) <= 1


def test_the_same_pixel_is_the_same_however_the_view_was_reached() -> None:
    """Scrolling paints only the columns that come in; they must fit the ones that are there."""
    pyramid = build(noise(400_000, 1, seed=5), 48_000)
    for per_px in (0.4, 7.3, 300.7, 3000 / 7):
        whole = pyramid.read(0, 0, per_px, 400)
        part = pyramid.read(0, 150 * per_px, per_px, 100)
        for a, b in zip(whole, part, strict=True):
            assert np.array_equal(a[150:250], b)


def test_outside_the_recording_is_zero() -> None:
    pyramid = build(np.full((1000, 1), 500, np.int16), 8_000)
    for per_px in (0.5, 10.0, 64.0, 5000.0):
        lo, hi, rms = pyramid.read(0, -20 * per_px, per_px, 10)
        assert not lo.any()
        assert not hi.any()
        assert not rms.any()
        for values in pyramid.read(0, 1000 + 20 * per_px, per_px, 10):
            assert not values.any()


def test_one_channel_alone() -> None:
    samples = noise(9_000, 2)
    pyramid = build(samples, 48_000)
    for per_px in (3.0, 300.0):
        both = pyramid.read(1, 10, per_px, 20)
        alone = pyramid.only(1).read(0, 10, per_px, 20)
        assert all(np.array_equal(a, b) for a, b in zip(both, alone, strict=True))


def test_floats_are_scaled_and_held() -> None:
    samples = np.array([[0.5], [-0.25], [2.0], [-3.0]], np.float32)
    level = build(samples, 8_000).levels[0]
    assert (level.lo[0, 0], level.hi[0, 0]) == (-32768, 32767)


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    samples = noise(200_000, 2)
    pyramid = build(samples, 48_000)
    path = tmp_path / "a.peaks"
    peaks.save(pyramid, path)
    loaded = peaks.load(path, samples)
    assert loaded is not None
    assert (loaded.rate_hz, loaded.frame_count, loaded.channels) == (48_000, 200_000, 2)
    for a, b in zip(pyramid.levels, loaded.levels, strict=True):
        assert a.block == b.block
        assert np.array_equal(a.lo, b.lo)
        assert np.array_equal(a.hi, b.hi)
        assert np.array_equal(a.rms, b.rms)


def test_damage_and_other_versions_count_as_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.peaks"
    assert peaks.load(path) is None
    peaks.save(build(noise(200_000, 2), 48_000), path)
    whole = path.read_bytes()
    for damaged in (
        b"",
        whole[:100],
        whole[:-1],
        whole + b"x",
        b"X" + whole[1:],
        whole[:20] + b"}" + whole[21:],
        whole[:4100] + bytes([whole[4100] ^ 1]) + whole[4101:],
        whole[:-1] + bytes([whole[-1] ^ 1]),
    ):
        path.write_bytes(damaged)
        assert peaks.load(path) is None
    path.write_bytes(whole)
    assert peaks.load(path) is not None
    monkeypatch.setattr(peaks, "VERSION", peaks.VERSION + 1)
    assert peaks.load(path) is None
