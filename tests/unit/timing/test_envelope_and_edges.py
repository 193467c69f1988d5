"""Edges are found where energy begins and ends, at several rates, levels and noises."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.audio import envelope, speech_edges
from app.domain.calls import Span

RATE = 8000


def call(
    *bursts: tuple[float, float], rate: int = RATE, level: float = 0.1, snr_db: float = 20.0,
    seconds: float = 6.0,
) -> NDArray[np.float32]:  # fmt: skip
    """Noise with tone-and-noise bursts (start, end in s) of one level."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(round(seconds * rate)) * level * 10 ** (-snr_db / 20)
    t = np.arange(len(x)) / rate
    for start, end in bursts:
        inside = (t >= start) & (t < end)
        x[inside] += level * np.sqrt(2) * np.sin(2 * np.pi * 440 * t[inside])
    return x.astype(np.float32)


def near(span: Span, start: float, end: float, rate: int = RATE, within_ms: float = 12) -> bool:
    off = max(abs(span.start / rate - start), abs(span.end / rate - end))
    return off * 1000 <= within_ms


def snapped(
    x: NDArray[np.generic], *rough: tuple[float, float], rate: int = RATE
) -> tuple[Span, ...]:
    spans = [Span(round(a * rate), round(b * rate)) for a, b in rough]
    return speech_edges.snap(spans, envelope.compute(x, rate), rate)


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
@pytest.mark.parametrize("snr_db", [15, 20, 40])
@pytest.mark.parametrize("level", [0.01, 0.1, 0.5])
def test_edges_move_to_the_energy(rate: int, snr_db: float, level: float) -> None:
    x = call((2.0, 3.5), rate=rate, snr_db=snr_db, level=level)
    for rough in ((1.85, 3.65), (2.15, 3.35), (1.9, 3.3)):
        (found,) = snapped(x, rough, rate=rate)
        assert near(found, 2.0, 3.5, rate), (rough, found)


def test_int16_and_float_agree_and_the_input_is_only_read() -> None:
    x = call((2.0, 3.5))
    pcm = np.round(x * 32768).astype(np.int16)
    pcm.flags.writeable = x.flags.writeable = False
    a, b = envelope.compute(x, RATE), envelope.compute(pcm, RATE)
    assert np.abs(a.db - b.db).max() < 0.5
    assert snapped(x, (1.9, 3.6)) == pytest.approx(snapped(pcm, (1.9, 3.6)))


def test_a_closure_inside_a_word_is_no_end() -> None:
    x = call((2.0, 2.4), (2.48, 3.0))
    (found,) = snapped(x, (2.1, 3.1))
    assert near(found, 2.0, 3.0)


def test_a_real_pause_is_an_end() -> None:
    x = call((2.0, 2.4), (2.7, 3.0))
    first, second = snapped(x, (1.95, 2.5), (2.6, 3.05))
    assert near(first, 2.0, 2.4)
    assert near(second, 2.7, 3.0)


def test_a_pause_that_the_detector_ran_over_divides() -> None:
    x = call((2.0, 2.8), (3.1, 4.0), (4.15, 5.0))
    first, second = snapped(x, (1.9, 5.1))
    assert near(first, 2.0, 2.8)
    assert near(second, 3.1, 5.0)


def test_spans_never_overlap_and_keep_their_order() -> None:
    x = call((1.0, 5.0))
    found = snapped(x, (1.0, 2.9), (3.0, 5.0))
    assert len(found) == 2
    assert found[0].end <= found[1].start


def test_a_span_without_energy_goes() -> None:
    x = call((1.0, 2.0))
    assert len(snapped(x, (1.0, 2.0), (4.0, 4.5))) == 1


def test_a_click_is_not_an_onset() -> None:
    x = call((2.0, 3.0))
    x[round(1.9 * RATE) : round(1.9 * RATE) + 8] += 0.5
    (found,) = snapped(x, (1.95, 3.0))
    assert near(found, 2.0, 3.0)


def test_digital_silence_around_speech() -> None:
    x = call((2.0, 3.0), snr_db=200)
    (found,) = snapped(x, (1.9, 3.2))
    assert near(found, 2.0, 3.0)


def test_a_constant_offset_is_not_energy() -> None:
    x = call((2.0, 3.0), snr_db=40) + np.float32(0.05)
    (found,) = snapped(x, (1.9, 3.2))
    assert near(found, 2.0, 3.0, within_ms=40)


def test_nan_counts_as_silence() -> None:
    x = call((2.0, 3.0))
    x[:800] = np.nan
    assert np.isfinite(envelope.compute(x, RATE).db).all()


@pytest.mark.parametrize("frames", [0, 1, 7, 80])
def test_tiny_files(frames: int) -> None:
    x = np.zeros(frames, dtype=np.int16)
    found = envelope.compute(x, RATE)
    assert len(found.db) == -(-frames // found.hop)
    assert speech_edges.snap([], found, RATE) == ()
    if frames:
        assert speech_edges.snap([Span(0, frames)], found, RATE) == ()
