from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.browsing import SPARK_BARS
from app.ui.library.query_text import SearchText, chip_of, same, split, toggle
from app.ui.library.sparkline import spark_pixels
from app.ui.library.words import clock, long_duration, thousands, time_tenths
from app.ui.tokens import Size

COLOURS = {"caller": 1, "agent": 2, "mix": 3, "tick": 4, "line": 5}


def test_a_bar_stands_where_its_share_of_the_call_is() -> None:
    bars = bytearray(2 * SPARK_BARS)
    bars[10] = 255
    bars[SPARK_BARS + 20] = 255
    ticks = bytearray(SPARK_BARS)
    ticks[30] = 1
    picture = spark_pixels(bytes(bars), bytes(ticks), COLOURS)
    assert picture.shape == (Size.SPARK_H, Size.SPARK_W)
    assert set(np.flatnonzero((picture == 1).any(axis=0))) == {30, 31}
    assert set(np.flatnonzero((picture == 2).any(axis=0))) == {60, 61}
    assert set(np.flatnonzero((picture == 4).any(axis=0))) == {90, 91}
    assert not (picture[Size.SPARK_H // 2 :] == 1).any()
    assert not (picture[: Size.SPARK_H // 2] == 2).any()


def test_louder_is_taller_and_a_whisper_is_still_seen() -> None:
    bars = bytearray(2 * SPARK_BARS)
    bars[0], bars[1], bars[2] = 255, 120, 1
    picture = spark_pixels(bytes(bars), b"", COLOURS)
    heights = [(picture[:, 3 * n] == 1).sum() for n in range(4)]
    assert heights[0] > heights[1] > heights[2] >= 1
    assert heights[3] == 0


def test_a_mono_mix_is_drawn_in_neither_speakers_colour() -> None:
    picture = spark_pixels(bytes([200] * SPARK_BARS), b"", COLOURS)
    assert set(np.unique(picture)) <= {0, 3, 5}


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_bytes_make_a_picture(bars: bytes, ticks: bytes) -> None:
    assert spark_pixels(bars, ticks, COLOURS).shape == (24, 160)


def test_typed_filters_are_told_from_words() -> None:
    found = split('card p95:>1s "blue card" -tag:refund nonsense:x')
    assert found.filters == ("p95:>1s", "-tag:refund")
    assert found.words == 'card "blue card" nonsense:x'
    assert split("").is_empty


@pytest.mark.parametrize(
    ("token", "label", "value"),
    [("p95:>1s", "p95", ">1s"), ("agent:nora,marlow", "agent", "nora, marlow"),
     ("-tag:refund", "not tag", "refund")],
)  # fmt: skip
def test_chips_read_well(token: str, label: str, value: str) -> None:
    chip = chip_of(token)
    assert (chip.label, chip.value) == (label, value)


def test_ticking_a_box_joins_values_of_one_field_and_unticking_takes_them_out() -> None:
    start = SearchText(("p95:>1s", "agent:nora"), "card")
    both = toggle(start, "agent:marlow")
    assert both == ("p95:>1s", "agent:nora,marlow")
    assert toggle(SearchText(both), "agent:nora") == ("p95:>1s", "agent:marlow")
    assert toggle(SearchText(("agent:nora",)), "agent:nora") == ()


def test_the_same_question_is_recognised_however_it_is_typed() -> None:
    assert same("p95:>1s card", "p95:>1000ms  card")
    assert not same("card", "cards")
    assert same("nonsense:x", "nonsense:x")


def test_numbers_read_as_people_write_them() -> None:
    assert thousands(50218) == "50\u00a0218"
    assert thousands(-1840) == "\u22121\u00a0840"
    assert clock(305_400) == "05:05"
    assert clock(3_905_000) == "1:05:05"
    assert long_duration(5_160_000) == "1 h 26 min"
    assert time_tenths(8000 * 41 + 1600, 8000) == "00:41.2"
