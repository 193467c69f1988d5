"""Bands, percentiles, events and the quietest moment, by hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.snap import quietest
from app.domain.calls import Span
from app.domain.events import reported
from app.domain.latency import NO_LATENCIES, Thresholds, percentile, stats
from app.domain.turns import Latency


@pytest.mark.parametrize(
    ("ms", "band"),
    [
        (-400, "ok"), (0, "ok"), (799.9, "ok"), (800, "slow"), (1500, "slow"), (1500.1, "late"),
    ],
)  # fmt: skip
def test_bands_begin_where_they_say(ms: float, band: str) -> None:
    assert Thresholds().band(ms) == band


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 0.95, 5.0),
        ([1.0, 2.0], 0.5, 1.5),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.5),
        ([0.0, 10.0, 20.0, 30.0, 40.0], 0.95, 38.0),
    ],
)
def test_percentiles_interpolate_as_numpy_does(
    values: list[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == pytest.approx(expected)
    assert percentile(values, share) == pytest.approx(float(np.quantile(values, share)))


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_stats_are_in_ms_whatever_the_rate() -> None:
    made = [
        Latency(turn_id=f"t{n}", previous_turn_id="", frames=frames, segment_ids=("", ""))
        for n, frames in enumerate((8000, -800, 16_000))
    ]
    found = stats(made, 8000)
    assert (found.count, found.p50_ms) == (3, 1000.0)
    assert found.p95_ms == pytest.approx(1900.0)
    assert stats([], 8000) == NO_LATENCIES


def test_reported_events_are_cut_to_the_call_and_odd_ones_dropped() -> None:
    found = reported(
        [
            {"kind": "tool", "start": 10, "end": 30, "label": "lookup"},
            {"kind": "tool", "start": 90, "end": 400},
            {"kind": "never heard of", "start": 5, "label": 7},
            {"kind": "tool", "start": "soon"},
            {"kind": "tool", "start": 40, "end": 20},
        ],
        100,
    )
    assert [(e.kind, e.span, e.label) for e in found] == [
        ("tool", Span(10, 30), "lookup"),
        ("tool", Span(90, 100), ""),
        ("other", Span(5, 5), ""),
        ("tool", Span(40, 40), ""),
    ]


def test_the_quietest_moment_is_found_and_a_single_zero_is_not_taken() -> None:
    rate = 16_000
    samples = np.full(4000, 9000, np.int16)
    samples[1200] = 0  # a zero crossing in the middle of speech
    samples[1500:1600] = 3
    at = quietest(samples, 1000, 2000, rate)
    assert at is not None
    assert 1500 <= at < 1600
    assert abs(at - 1550) <= 45


def test_in_silence_the_middle_is_taken_and_outside_nothing() -> None:
    samples = np.zeros(4000, np.float32)
    assert quietest(samples, 1000, 1200, 16_000) == 1100
    assert quietest(samples, 5000, 6000, 16_000) is None
    assert quietest(samples, -50, 100, 16_000) is not None
