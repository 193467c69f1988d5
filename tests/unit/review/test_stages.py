"""Stages of a response as reported: read from what others wrote, without trust in it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import stages
from app.domain.stages import STAGE_WORDS
from tests.ui import review_support as support
from tests.ui.review_support import RATE, frames

LONG = 100 * RATE
WHOLE: dict[str, Any] = {
    "endpointing_ms": 610,
    "asr_final_ms": 124,
    "llm_first_token_ms": 704,
    "tts_first_byte_ms": 276,
    "play_out_ms": 126,
}


def response(start_s: float, **changed: Any) -> dict[str, Any]:
    return {"start": frames(start_s), "reported_ms": 1609, "stages": WHOLE | changed}


def turn(number: int) -> Any:
    turn_set = support.review().turn_set
    assert turn_set is not None
    return turn_set.turns[number - 1]


def test_the_stages_of_a_turn_stand_beside_the_calls_medians() -> None:
    raw = [response(17.3), response(7.8, llm_first_token_ms=100), response(23, endpointing_ms=50)]
    shares = stages.of_turn(stages.parse(raw, LONG), turn(5), RATE)
    assert [s.words for s in shares] == list(STAGE_WORDS.values())
    assert [s.ms for s in shares] == [610, 124, 704, 276, 126]
    assert [round(100 * s.share) for s in shares] == [33, 7, 38, 15, 7]
    assert [s.median_ms for s in shares] == [610, 124, 704, 276, 126]
    assert shares[stages.largest(shares)].words == "LLM first token"


def test_a_turn_without_a_response_near_its_onset_has_none() -> None:
    found = stages.parse([response(17.3)], LONG)
    assert stages.of_turn(found, turn(7), RATE) == ()
    assert stages.of_turn(stages.parse([response(3.7)], LONG), turn(2), RATE) == ()  # a caller's


def test_missing_stages_are_left_out_and_the_rest_makes_the_whole() -> None:
    raw = [{"start": frames(17.3), "stages": {"asr_final_ms": 100, "play_out_ms": 300.0}}]
    shares = stages.of_turn(stages.parse(raw, LONG), turn(5), RATE)
    assert [(s.key, s.share) for s in shares] == [("asr_final_ms", 0.25), ("play_out_ms", 0.75)]


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "responses",
        {"start": 1},
        [None, 7, "x", [], {}],
        [{"start": "7", "stages": WHOLE}],
        [{"start": True, "stages": WHOLE}],
        [{"start": -1, "stages": WHOLE}, {"start": LONG, "stages": WHOLE}],
        [{"start": 10**400, "stages": WHOLE}],
        [{"start": 1, "stages": None}, {"start": 1, "stages": [610, 124]}, {"start": 1}],
        [{"start": 1, "stages": {"endpointing_ms": -5, "asr_final_ms": math.nan}}],
        [{"start": 1, "stages": {"play_out_ms": math.inf, "asr_final_ms": "124"}}],
        [{"start": 1, "stages": {"play_out_ms": 10**400, "asr_final_ms": True}}],
        [{"start": 1, "stages": dict.fromkeys(WHOLE, 0)}],
    ],
)
def test_what_cannot_be_read_is_left_out(raw: Any) -> None:
    assert stages.parse(raw, LONG) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*STAGE_WORDS, "start", "stages"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_nothing_that_json_can_hold_stops_it(raw: Any) -> None:
    for found in stages.parse(raw, LONG):
        shares = stages.of_turn([found], turn(5), RATE)
        assert not shares or abs(sum(s.share for s in shares) - 1) < 1e-6
