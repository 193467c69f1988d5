"""Cuts for recognisers: nothing lost, nothing too long, and every time finds its way back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.models.asr import RATE_HZ, SpanS, usable
from app.models.asr_spans import closed, divided, excerpt, padded, tidy

DURATION = 90.0
times = st.integers(0, 9000).map(lambda n: n / 100)
anything = st.lists(
    st.tuples(st.floats(-50, 150, allow_nan=False), st.floats(-50, 150, allow_nan=False)),
    max_size=12,
)
speech = st.lists(times, max_size=16, unique=True).map(
    lambda edges: list(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)


def covered(spans: list[SpanS]) -> float:
    return sum(end - start for start, end in spans)


@settings(deadline=None)
@given(anything)
def test_tidy_spans_are_in_order_apart_and_inside(given_spans: list[SpanS]) -> None:
    found = tidy(given_spans, DURATION)
    assert all(0 <= a < b <= DURATION for a, b in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    for start, end in given_spans:
        middle = (max(start, 0.0) + min(end, DURATION)) / 2
        if max(start, 0.0) < min(end, DURATION):
            assert any(a <= middle <= b for a, b in found)


def test_no_spans_mean_everything_and_an_empty_list_means_nothing() -> None:
    assert tidy(None, 3.0) == [(0.0, 3.0)]
    assert tidy([], 3.0) == []
    assert tidy(None, 0.0) == []


@settings(deadline=None)
@given(speech, st.floats(0.01, 3))
def test_closing_leaves_no_short_pause(spans: list[SpanS], pause: float) -> None:
    found = closed(tidy(spans, DURATION), pause)
    assert all(b[0] - a[1] >= pause for a, b in pairwise(found))


@settings(deadline=None)
@given(speech, st.floats(0, 2))
def test_padding_never_enters_a_neighbour(spans: list[SpanS], pad: float) -> None:
    before = tidy(spans, DURATION)
    after = padded(before, pad, DURATION)
    assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(after))
    for (a, b), (c, d) in zip(before, after, strict=True):
        assert max(0.0, a - pad) - 1e-9 <= c <= a
        assert b <= d <= min(DURATION, b + pad) + 1e-9


@settings(deadline=None)
@given(speech)
def test_long_speech_is_divided_and_none_of_it_lost(spans: list[SpanS]) -> None:
    before = tidy(spans, DURATION)
    found = divided(
        np.zeros(round(DURATION * RATE_HZ), np.float32), before, shortest_s=5, longest_s=8
    )
    assert all(b - a <= 8 + 1e-6 for a, b in found)
    assert covered(found) == pytest.approx(covered(before))


def test_speech_is_divided_where_it_is_quietest() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 40 * RATE_HZ).astype(np.float32)
    noise[round(16.2 * RATE_HZ) : round(16.5 * RATE_HZ)] *= 0.01
    (_, cut), (again, _) = divided(noise, [(0.0, 33.0)], shortest_s=10, longest_s=20)
    assert cut == again
    assert 16.2 < cut < 16.5


@settings(deadline=None)
@given(speech, st.floats(0.5, 30))
def test_times_of_an_excerpt_lead_back_to_the_recording(spans: list[SpanS], longest: float) -> None:
    samples = np.arange(round(DURATION * RATE_HZ), dtype=np.float32) / (DURATION * RATE_HZ)
    pieces = divided(samples, tidy(spans, DURATION), shortest_s=0.2, longest_s=min(longest, 0.4))
    found = excerpt(samples, pieces, longest)
    assert len(found.samples) == sum(round(b * RATE_HZ) - round(a * RATE_HZ) for a, b in pieces)
    assert all(b - a <= longest + 1e-6 for a, b in found.clips)
    if pieces:
        assert found.clips[0][0] == 0
        assert found.clips[-1][1] == pytest.approx(len(found.samples) / RATE_HZ)
    for (start, end), at in zip(pieces, found.starts, strict=True):
        middle = at + (end - start) / 2
        back = found.in_channel(middle, middle)[0]
        assert start <= back <= end
        # The sample there says where in the recording it comes from.
        index = min(round(middle * RATE_HZ), len(found.samples) - 1)
        assert found.samples[index] * DURATION == pytest.approx(back, abs=2e-3)
    assert all(any(a == s for s in found.starts) for a, _ in found.clips)


def test_a_word_over_a_join_stays_in_the_piece_of_its_middle() -> None:
    found = excerpt(np.zeros(20 * RATE_HZ, np.float32), [(1.0, 2.0), (10.0, 12.0)], 30)
    assert found.in_channel(0.7, 1.1) == pytest.approx((1.7, 2.0))
    assert found.in_channel(0.9, 1.5) == pytest.approx((10.0, 10.5))
    assert found.stretch(0.5, 1.5) == pytest.approx((1.5, 10.5))
    assert found.in_channel(5.0, 6.0) == pytest.approx((12.0, 12.0))


def test_samples_that_are_no_channel_are_refused_and_damaged_ones_tamed() -> None:
    with pytest.raises(BadInput, match="one channel"):
        usable(np.zeros((4, 2), np.float32))
    with pytest.raises(BadInput, match="one channel"):
        usable(np.zeros(4, np.int16))
    hurt = np.array([np.nan, np.inf, -np.inf, 3.0, -2.0, 0.5])
    assert usable(hurt).tolist() == [0, 0, 0, 1, -1, 0.5]
    assert np.isnan(hurt[0])
