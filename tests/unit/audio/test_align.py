"""Recordings of other rates, clocks and starts, laid on a call's time line."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.align import Placement, placed_blocks
from app.domain.errors import Cancelled
from app.domain.work import Quiet
from tests.audio_files import clicks, int16, tone


def place(samples: np.ndarray, rate_hz: int, placement: Placement) -> np.ndarray:
    return np.concatenate(list(placed_blocks(samples, rate_hz, placement, Quiet())))


def columns(samples: np.ndarray) -> np.ndarray:
    return np.stack([samples, -samples], axis=1)


def test_same_rate_is_untouched() -> None:
    source = columns(int16(tone(5, 16_000)))
    assert np.array_equal(place(source, 16_000, Placement(16_000)), source)


@pytest.mark.parametrize("offset", [1, 70_000, 200_000])
def test_positive_offset_is_silence_first(offset: int) -> None:
    source = columns(int16(tone(5, 16_000)))
    placed = place(source, 16_000, Placement(16_000, offset))
    assert not placed[:offset].any()
    assert np.array_equal(placed[offset:], source)


@pytest.mark.parametrize("offset", [-1, -70_000])
def test_negative_offset_drops_what_lies_before(offset: int) -> None:
    source = columns(int16(tone(5, 16_000)))
    assert np.array_equal(place(source, 16_000, Placement(16_000, offset)), source[-offset:])


@pytest.mark.parametrize(("rate", "to"), [(8_000, 48_000), (44_100, 48_000), (16_000, 24_000)])
def test_resampled_clicks_and_tones_keep_place_and_level(rate: int, to: int) -> None:
    source = int16(clicks(3, rate))[:, None]
    placed = place(source, rate, Placement(to))
    assert len(placed) == 3 * to
    loud = np.abs(placed[:, 0].astype(int))
    for second in range(3):
        assert abs(int(loud[second * to : (second + 1) * to].argmax()) - to // 2) <= 1
    wave = place(int16(tone(2, rate, 1000.0))[:, None], rate, Placement(to))[:, 0]
    expected = int16(tone(2, to, 1000.0))
    middle = slice(to // 4, -to // 4)
    error = wave[middle].astype(float) - expected[middle]
    assert np.sqrt(np.mean(error**2)) < 32768 * 10 ** (-60 / 20)


def test_drift_is_taken_out() -> None:
    """A clock 200 ppm fast has written 200 us too many samples for each second."""
    rate, ppm = 16_000, 200.0
    actual = rate * (1 + ppm * 1e-6)
    source = np.zeros(60 * rate, np.int16)
    at = np.rint((np.arange(59) + 0.5) * actual).astype(int)
    source[at] = 30_000
    placed = place(source[:, None], rate, Placement(rate, drift_ppm=ppm))[:, 0]
    for second in range(59):
        part = np.abs(placed[second * rate : (second + 1) * rate].astype(int))
        assert abs(int(part.argmax()) - rate // 2) <= 1
    plain = np.abs(source[58 * rate : 59 * rate].astype(int))
    assert int(plain.argmax()) - rate // 2 > 100, "the drift was there to begin with"


def test_float_stays_float() -> None:
    placed = place(tone(1, 8_000)[:, None], 8_000, Placement(16_000))
    assert placed.dtype == np.float32
    assert 0.45 < placed.max() < 0.55


def test_cancelling() -> None:
    class Stopped(Quiet):
        def raise_if_cancelled(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(placed_blocks(int16(tone(1, 8_000))[:, None], 8_000, Placement(16_000), Stopped()))
