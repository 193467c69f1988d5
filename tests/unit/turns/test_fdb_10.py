"""Full-Duplex-Bench 1.0: takeover, backchannels, divergence; samples good and bad; calls."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.domain.profile_names import FDB_10, FDB_10_SPEECH
from app.eval.base import CallInput
from app.eval.turns import fdb_files
from app.eval.turns.fdb import FdbTurns
from app.eval.turns.fdb15 import Fdb15Turns
from app.eval.turns.fdb_rules import (
    MOST_DISTANCE,
    TimedWord,
    divergence,
    is_sign,
    occupancy,
    takes_over,
)
from app.eval.turns.fdb_sample import FdbSample
from tests.unit.timing.lanes import seg
from tests.unit.turns.turn_inputs import call, layer, one, said, transcript, values_of, voided


def words(*times: tuple[float, float | None]) -> list[TimedWord]:
    return [TimedWord(f"w{i}", s, e) for i, (s, e) in enumerate(times)]


@pytest.mark.parametrize(
    ("given_words", "took"),
    [
        ([], False),
        (words((0, 0.3)), False),
        (words((0, 0.3), (0.3, 0.6), (0.6, 0.99)), False),
        (words((0, 0.3), (0.3, 0.6), (0.6, 1.0)), True),
        (words((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8)), True),
        (words((0, None)), False),
        (words((0, 0.2), (1.0, None)), True),
    ],
)
def test_the_floor_is_a_second_or_more_than_three_words(
    given_words: list[TimedWord], took: bool
) -> None:
    assert takes_over(given_words) is took


@pytest.mark.parametrize(
    ("duration_s", "count", "sign"),
    [(0.99, 2, True), (1.0, 1, False), (0.5, 3, False), (0.5, 4, False), (3.1, 0, False),
     (0.5, None, True), (1.2, None, False)],
)  # fmt: skip
def test_a_backchannel_is_under_a_second_and_at_most_two_words(
    duration_s: float, count: int | None, sign: bool
) -> None:
    assert is_sign(duration_s, count) is sign


def test_occupancy_counts_each_touched_bin() -> None:
    found = occupancy([(0.0, 0.2), (0.15, 0.5), (0.9, 1.5)], 1.0)
    assert found.tolist() == [2, 1, 1, 0, 1]


def test_the_distance_is_scipys_and_its_scale_ends_at_the_root_of_ln_2() -> None:
    from scipy.spatial.distance import jensenshannon

    rng = np.random.default_rng(7)
    for _ in range(5):
        ours, people = rng.integers(0, 4, 30).astype(float), rng.integers(0, 4, 30).astype(float)
        wanted = jensenshannon(ours + 1e-10, people + 1e-10)
        assert divergence(ours, people) == pytest.approx(float(wanted), abs=1e-9)
    apart = divergence([1.0] * 10 + [0.0] * 10, [0.0] * 10 + [1.0] * 10)
    assert apart == pytest.approx(MOST_DISTANCE, abs=1e-3)
    assert math.isclose(MOST_DISTANCE, 0.8326, abs_tol=1e-4)
    assert divergence([1.0, 2.0], [1.0, 2.0]) == pytest.approx(0, abs=1e-7)


def test_people_are_stretched_to_the_recordings_length() -> None:
    assert divergence([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 4.0]) == pytest.approx(0, abs=1e-7)


@given(st.lists(st.integers(0, 5), max_size=40), st.lists(st.integers(0, 5), max_size=40))
def test_the_distance_stays_on_its_scale(ours: list[int], people: list[int]) -> None:
    found = divergence(ours, people)
    assert (found is None) == (not any(ours) or not any(people))
    if found is not None:
        assert 0 <= found <= MOST_DISTANCE + 1e-9


def output(*times: tuple[float, float | None]) -> bytes:
    chunks = [{"text": f"w{i}", "timestamp": [s, e]} for i, (s, e) in enumerate(times)]
    return json.dumps({"text": "x", "chunks": chunks}).encode()


def sample(speech: Any = None, **files: Any) -> CallInput:
    named = {
        f"fdb/{name}.json": body if isinstance(body, bytes) else json.dumps(body).encode()
        for name, body in files.items()
    }
    return CallInput(call=call(), documents=named, speech=speech)


def test_pause_handling_is_a_takeover_or_none() -> None:
    source = sample(output=output((1, 1.2)), pause=[{"timestamp": [2.0, 2.5]}])
    found = values_of(FdbSample(), source)
    assert {v.profile for v in found} == {FDB_10}
    assert [v.metric_id for v in found] == ["fdb.pause_takeover"]
    assert (found[0].value, found[0].components) == (0, {"takeovers": 0, "samples": 1})
    took = values_of(FdbSample(), sample(output=output((1, 2.2)), pause=[]))
    assert took[0].value == 1


def test_a_turn_end_is_measured_from_the_events_start_and_signed() -> None:
    source = sample(output=output((2.7, 3), (3, 4)), turn_taking=[{"timestamp": [3.0, 3.4]}])
    latency = one(values_of(FdbSample(), source), "fdb.turn_latency", "agent")
    assert latency.value == pytest.approx(-0.3)
    assert latency.components["clipped_mean_s"] == 0
    assert latency.components["values"] == [pytest.approx(-0.3)]


def test_what_was_said_before_an_interruptions_end_is_cut_away() -> None:
    source = sample(
        output=output((1, 4), (5.2, 5.6), (5.6, 6.6)), interrupt=[{"timestamp": [4.0, 5.0]}]
    )
    found = values_of(FdbSample(), source)
    assert one(found, "fdb.interruption_takeover", "agent").value == 1
    assert one(found, "fdb.interruption_latency", "agent").value == pytest.approx(0.2)
    silent = sample(output=output((1, 4)), interrupt=[{"timestamp": [4.0, 5.0]}])
    found = values_of(FdbSample(), silent)
    assert one(found, "fdb.interruption_takeover", "agent").value == 0
    none = one(found, "fdb.interruption_latency", "agent")
    assert (none.status, none.reason) == ("undefined", "The agent takes over at none.")


def test_every_stretch_counts_for_the_backchannel_task_and_not_the_last_alone() -> None:
    long_then_short = layer([seg("agent", 0, 2000), seg("agent", 5000, 5400)])
    source = sample(speech=long_then_short, output=output((0, 2), (5, 5.4)))
    found = values_of(FdbSample(), source)
    assert one(found, "fdb.backchannel_takeover", "agent").value == 1
    rate = one(found, "fdb.backchannel_rate", "agent")
    assert rate.value == pytest.approx(1 / 60)
    assert one(found, "fdb.backchannel_jsd", "agent").status == "undefined"


def test_words_make_a_short_stretch_a_takeover() -> None:
    speech = layer([seg("agent", 1000, 1900)])
    many = sample(speech=speech, output=output((1.0, 1.3), (1.3, 1.6), (1.6, 1.9)))
    assert one(values_of(FdbSample(), many), "fdb.backchannel_takeover", "agent").value == 1
    few = sample(speech=speech, output=output((1.0, 1.4), (1.4, 1.9)))
    assert one(values_of(FdbSample(), few), "fdb.backchannel_takeover", "agent").value == 0


def test_divergence_needs_people_and_a_backchannel() -> None:
    people = [0.0] * 5 + [3.0] * 5
    speech = layer([seg("agent", 31_000, 31_500)])
    given_people = FdbSample(people=people)
    found = values_of(given_people, sample(speech=speech, output=output((31, 31.5))))
    value = one(found, "fdb.backchannel_jsd", "agent")
    assert value.value is not None
    assert 0 < value.value < MOST_DISTANCE
    without = values_of(given_people, sample(speech=layer([]), output=output()))
    missing = one(without, "fdb.backchannel_jsd", "agent")
    assert missing.status == "undefined"
    assert missing.components["parity"] == 1.0


def test_a_sample_without_output_has_no_figures_of_the_one_before() -> None:
    found = values_of(FdbSample(), sample(pause=[], interrupt=[{"timestamp": [1, 2]}]))
    assert {v.reason for v in found} == {"The sample came without output.json."}


def test_a_sample_of_version_15_is_left_to_its_own_evaluator() -> None:
    source = sample(output=output((0, 2)), metadata={"timestamps": [1.0, 2.0]})
    assert values_of(FdbSample(), source) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_json_is_named(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"fdb/output\.json"):
        values_of(FdbSample(), sample(output=body))


@pytest.mark.parametrize(
    "chunks",
    [
        None,
        "x",
        [None, 3, {"text": 5, "timestamp": [0, 1]}],
        [{"text": "a"}, {"text": "b", "timestamp": []}, {"text": "c", "timestamp": ["0", 1]}],
        [{"text": "a", "timestamp": [True, 1]}, {"text": "b", "timestamp": [-1, 1]}],
        [{"text": " ", "timestamp": [0, 1]}, {"text": "a", "timestamp": [1e300, 2]}],
    ],
)
def test_words_that_cannot_be_read_are_left_out(chunks: Any) -> None:
    found = fdb_files.read({"fdb/output.json": json.dumps({"chunks": chunks}).encode()})
    assert found.words == ()


def test_files_of_others_are_not_looked_at() -> None:
    found = fdb_files.read({"fdb/notes.json": b"{", "eva/output.json": b"{"})
    assert found.words is None
    assert not found.is_10


def test_a_sample_of_version_2_has_none_of_it() -> None:
    assert values_of(FdbSample(), sample(A={"chunks": []}, B={"chunks": []})) == []


@pytest.mark.parametrize(
    ("evaluator", "version", "silent"),
    [(FdbTurns(), "1", True), (FdbTurns(), "1.5", False), (FdbTurns(), "2", False),
     (Fdb15Turns(), "1.5", True), (Fdb15Turns(), "1", False)],
)  # fmt: skip
def test_a_call_with_the_benchmarks_own_files_is_measured_on_these_alone(
    evaluator: Any, version: str, silent: bool
) -> None:
    extra = {"import": {"source": "fdb"}, "conditions": {"version": version}}
    source = CallInput(call=call(extra=extra), speech=layer(CALL))
    assert (values_of(evaluator, source) == []) is silent
    other = CallInput(call=call(extra={**extra, "import": {"source": "eva"}}), speech=layer(CALL))
    assert values_of(evaluator, other)


CALL = (
    seg("agent", 0, 2000), seg("caller", 3000, 5000),  # a turn end, answered after 800 ms
    seg("agent", 5800, 9000), seg("caller", 8000, 10_000),  # an interruption
    seg("agent", 11_500, 14_000), seg("caller", 15_000, 20_000),
    seg("agent", 17_000, 17_400),  # a backchannel
    seg("agent", 19_500, 23_000),  # an answer begun early: 500 ms, so an interruption
)  # fmt: skip


def test_a_call_by_the_same_rules() -> None:
    found = values_of(FdbTurns(), CallInput(call=call(), speech=layer(CALL)))
    assert {v.profile for v in found} == {FDB_10_SPEECH}
    latency = one(found, "fdb.turn_latency", "agent")
    assert latency.value == pytest.approx((0.8 - 0.5) / 2)
    assert latency.components["clipped_mean_s"] == pytest.approx(0.4)
    assert one(found, "fdb.turn_takeover", "agent").value == 1
    assert one(found, "fdb.interruption_latency", "agent").value == pytest.approx(1.5)
    assert one(found, "fdb.backchannel_rate", "agent").value == pytest.approx(1 / 60)
    inside = one(found, "fdb.backchannel_takeover", "agent")
    assert (inside.value, inside.n) == (0.5, 2)
    assert "pause.json" in one(found, "fdb.pause_takeover", "agent").reason
    assert one(found, "fdb.backchannel_jsd", "agent").status == "undefined"


def test_a_short_answer_of_few_words_takes_no_floor() -> None:
    segments = [seg("agent", 0, 2000), seg("caller", 3000, 5000), seg("agent", 5500, 6200)]
    source = CallInput(call=call(), speech=layer(segments))
    assert one(values_of(FdbTurns(), source), "fdb.turn_takeover", "agent").value == 0
    spoken = enumerate("that is quite all right".split())
    line = said("agent", *[(w, 5500 + i * 100, 5600 + i * 100) for i, w in spoken])
    text = transcript(line)
    source = CallInput(call=call(), speech=layer(segments), texts={"heard": text})
    assert one(values_of(FdbTurns(), source), "fdb.turn_takeover", "agent").value == 1


def test_what_the_recording_voids_is_undefined() -> None:
    source = CallInput(call=call(warnings=(voided("overlap"),)), speech=layer(CALL))
    assert {v.value for v in values_of(FdbTurns(), source)} == {None}
