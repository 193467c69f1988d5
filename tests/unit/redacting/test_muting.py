"""Muted sound: silent to the sample inside, faded outside, untouched elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio.muting import FADE_MS, muted
from app.domain.calls import Span

RATE = 8000
FADE = RATE * FADE_MS // 1000


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
@pytest.mark.parametrize("channels", [(), (2,)])
def test_the_span_is_silent_and_its_fades_lie_outside(
    dtype: type, channels: tuple[int, ...]
) -> None:
    sound = np.full((2000, *channels), 1000, dtype)
    found = muted(sound, [Span(500, 900)], RATE)
    assert found.dtype == dtype
    assert not found[500:900].any()
    assert (sound == 1000).all()
    assert (found[: 500 - FADE] == 1000).all()
    assert (found[900 + FADE :] == 1000).all()
    before = found[500 - FADE : 500].reshape(FADE, -1)[:, 0].astype(float)
    after = found[900 : 900 + FADE].reshape(FADE, -1)[:, 0].astype(float)
    assert (np.diff(before) < 0).all()
    assert (np.diff(after) > 0).all()
    assert 0 < before[-1] < 100 > after[0] > 0


@given(
    cut=st.integers(0, 400), start=st.integers(0, 400), length=st.integers(1, 200),
    gap=st.integers(0, 60),
)  # fmt: skip
def test_blocks_are_muted_like_the_whole(cut: int, start: int, length: int, gap: int) -> None:
    sound = np.random.default_rng(5).integers(-9000, 9000, 400).astype(np.int16)
    spans = [Span(start, start + length), Span(start + length + gap, start + length + gap + 9)]
    whole = muted(sound, spans, RATE)
    parts = [muted(sound[:cut], spans, RATE), muted(sound[cut:], spans, RATE, cut)]
    assert (np.concatenate(parts) == whole).all()
    assert not any(whole[s.start : s.end].any() for s in spans)


def test_nothing_is_copied_where_nothing_is_near() -> None:
    sound = np.ones(100, np.float32)
    assert muted(sound, [Span(500, 600)], RATE) is sound
    assert muted(sound, [], RATE) is sound
