"""Pixels of waveforms and spectrograms, checked one by one."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.peak_build import PeakBuilder
from app.audio.peaks import PeakPyramid
from app.ui.timeline import raster
from app.ui.timeline.raster import Canvas, Wave, WaveColours

BACK, LINE, DIM, FULL = 0xFF0A0C0E, 0xFF24292E, 0xFF2D4C70, 0xFF5F9FEA
COLOURS = WaveColours(BACK, LINE, DIM, FULL)
HEIGHT = 101
CENTRE = 50


def wave(lo: float, hi: float, rms: float | None) -> Wave:
    def column(value: float) -> np.ndarray:
        return np.array([value], np.float32)

    return Wave(column(lo), column(hi), None if rms is None else column(rms))


def pyramid(samples: np.ndarray, rate: int = 48_000) -> PeakPyramid:
    data = samples.reshape(-1, 1)
    builder = PeakBuilder(rate_hz=rate, channels=1, frame_count=len(data))
    for first in range(0, len(data), 65_536):
        builder.add(first, data[first : first + 65_536])
    return builder.pyramid(len(data), data)


def test_a_column_runs_from_min_to_max_with_rms_inside() -> None:
    pixels = raster.waveform(wave(-16384, 26214.4, 6553.6), HEIGHT, COLOURS)[:, 0]
    shown = {
        name: np.flatnonzero(pixels == c).tolist()
        for name, c in (("back", BACK), ("dim", DIM), ("full", FULL))
    }
    assert shown["full"] == list(range(CENTRE - 10, CENTRE + 11))
    assert shown["dim"] == list(range(CENTRE - 40, CENTRE - 10)) + list(
        range(CENTRE + 11, CENTRE + 26)
    )
    assert len(shown["back"]) == HEIGHT - 40 - 26


def test_both_halves_are_their_own() -> None:
    pixels = raster.waveform(wave(0, 32767, 100), HEIGHT, COLOURS)[:, 0]
    assert (pixels[:CENTRE] != BACK).all()
    assert (pixels[CENTRE + 1 :] == BACK).all()


def test_silence_is_one_dim_pixel_on_the_centre_line() -> None:
    silent = Wave(*(np.zeros(3, np.float32) for _ in range(3)))
    pixels = raster.waveform(silent, HEIGHT, COLOURS)
    assert (pixels[CENTRE] == DIM).all()
    assert (np.delete(pixels, CENTRE, axis=0) == BACK).all()


def test_centre_line_shows_where_the_wave_is_elsewhere() -> None:
    pixels = raster.waveform(wave(10_000, 20_000, 9_000), HEIGHT, COLOURS)[:, 0]
    assert pixels[CENTRE] == LINE


@pytest.mark.parametrize("gain", [1.0, 4.0])
def test_full_scale_and_gain_stay_inside(gain: float) -> None:
    pixels = raster.waveform(wave(-32768, 32767, 32767), HEIGHT, COLOURS, gain)[:, 0]
    assert (pixels == FULL).all()


def test_written_into_a_canvas_without_a_copy() -> None:
    canvas = Canvas()
    canvas.resize(1, HEIGHT)
    raster.waveform(wave(-16384, 26214.4, 6553.6), HEIGHT, COLOURS, out=canvas.pixels)
    expected = raster.waveform(wave(-16384, 26214.4, 6553.6), HEIGHT, COLOURS)
    assert np.array_equal(canvas.pixels, expected)
    assert canvas.image.pixel(0, CENTRE) == FULL
    held = canvas.pixels
    canvas.resize(1, HEIGHT)
    assert canvas.pixels is held
    assert raster.as_image(expected).pixel(0, CENTRE - 20) == DIM


@pytest.mark.parametrize("px_per_frame", [0.001, 0.01, 1 / 24, 0.5, 1.0, 2.0, 8.0])
def test_a_click_is_drawn_in_its_pixel(px_per_frame: float) -> None:
    samples = np.zeros(2_000_000, np.int16)
    click = 1_234_567
    samples[click] = 32_000
    peaks, per_px = pyramid(samples), 1 / px_per_frame
    start = np.floor(click * px_per_frame - 300) * per_px
    pixels = raster.waveform(raster.wave_of(peaks, 0, start, per_px, 600), HEIGHT, COLOURS)
    top = np.flatnonzero(pixels[3] != BACK)
    expected = int(np.floor((click - start) / per_px + 1e-6))
    assert len(top)
    assert np.abs(top - expected).max() <= 1 + raster.TRACE_PX_PER_FRAME / 2


def test_neighbouring_columns_touch_where_samples_are_joined() -> None:
    rng = np.random.default_rng(0)
    samples = rng.integers(-30_000, 30_000, 5_000).astype(np.int16)
    for per_px in (0.05, 0.2, 0.7, 1.0, 3.3, 12.0):
        got = raster.wave_of(pyramid(samples), 0, 100, per_px, 200)
        assert (got.lo[1:] <= got.hi[:-1] + 1e-3).all()
        assert (got.hi[1:] >= got.lo[:-1] - 1e-3).all()


def test_close_up_every_sample_has_a_dot_at_its_value() -> None:
    samples = (np.arange(2_000) % 50 * 400 - 10_000).astype(np.int16)
    got = raster.wave_of(pyramid(samples), 0, 1000, 1 / 8, 400)
    assert got.dots is not None
    columns, values = got.dots
    assert columns.tolist() == list(range(0, 400, 8))
    assert np.array_equal(values, samples[1000:1050])
    pixels = raster.waveform(got, HEIGHT, COLOURS)
    row = round(CENTRE - float(values[5]) * CENTRE / raster.FULL_SCALE)
    block = pixels[row - 1 : row + 2, columns[5] - 1 : columns[5] + 2]
    assert (block == FULL).all()


def test_outside_the_recording_there_is_only_the_line() -> None:
    samples = np.full(1_000, 9_000, np.int16)
    for per_px in (0.125, 4.0, 500.0):
        got = raster.wave_of(pyramid(samples), 0, 5_000, per_px, 50)
        pixels = raster.waveform(got, HEIGHT, COLOURS)
        assert (np.delete(pixels, CENTRE, axis=0) == BACK).all()


@pytest.mark.parametrize(("back", "full"), [(BACK, FULL), (0xFFFDFDFE, 0xFF964700)])
def test_ramp_goes_from_background_to_tone_evenly(back: int, full: int) -> None:
    colours = raster.ramp(back, full)
    assert (int(colours[0]), int(colours[-1])) == (back, full)
    lightness = np.array([raster._to_oklab(int(c))[0] for c in colours])
    steps = np.diff(lightness)
    assert (np.sign(steps) == np.sign(lightness[-1] - lightness[0])).mean() > 0.9
    assert np.abs(steps - steps.mean()).max() < 0.01
    levels = np.array([[0, 255], [128, 1]], np.uint8)
    assert np.array_equal(raster.spectrogram(levels, colours), colours[levels])
