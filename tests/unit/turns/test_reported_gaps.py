"""Reported less measured: matching, signs, and whatever a platform may have written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import Span
from app.eval.base import CallInput
from app.eval.turns.reported import ReportedTurns, responses
from tests.unit.timing.lanes import seg
from tests.unit.turns.turn_inputs import call, layer, one, values_of, voided

REPORTED = ReportedTurns()
MEASURED = (
    seg("agent", 0, 2000), seg("caller", 3000, 5000),
    seg("agent", 5800, 8000), seg("caller", 8500, 10_000),
    seg("agent", 11_000, 14_000),
)  # fmt: skip


def compared(*log: Any, told: Any = None, **more: Any) -> CallInput:
    extra = {} if told is None else {"responses": told}
    return CallInput(
        call=call(extra=extra, **more),
        speech=layer(MEASURED),
        reported=layer(log, origin="platform") if log else None,
    )


def test_each_response_is_compared_with_the_latency_reported_near_its_onset() -> None:
    told = [{"start": 5810, "reported_ms": 500}, {"start": 11_500, "reported_ms": 1200.5}]
    found = values_of(REPORTED, compared(told=told))
    mean = one(found, "reported.latency_gap", "agent")
    assert mean.value == pytest.approx((-300 + 200.5) / 2)
    assert mean.components["by_response"] == 2
    assert one(found, "reported.latency_gap.p50", "agent").value == pytest.approx(-49.75)
    assert one(found, "reported.latency_gap.max", "agent").value == -300
    assert [(v.turn_id, v.value) for v in found if v.turn_id] == [("t3", -300), ("t5", 200.5)]
    assert mean.evidence[0].span == Span(5000, 5800)
    assert one(found, "reported.onset_gap", "agent").status == "undefined"


@pytest.mark.parametrize(
    ("start", "there"), [(5300, True), (5299, False), (6300, True), (6301, False)]
)
def test_reach_is_half_a_second_inclusive(start: int, there: bool) -> None:
    found = values_of(REPORTED, compared(told=[{"start": start, "reported_ms": 1}]))
    assert (one(found, "reported.latency_gap", "agent").value is not None) == there


def test_the_agents_log_alone_is_compared_by_the_measured_offset() -> None:
    log = (seg("agent", 0, 1900), seg("agent", 5500, 7000), seg("agent", 7200, 8100))
    found = values_of(REPORTED, compared(*log))
    assert one(found, "reported.latency_gap", "agent").value == -300
    onset = one(found, "reported.onset_gap", "agent")
    assert onset.components["values"] == [0, -300]
    assert onset.evidence[1].span == Span(5500, 5800)
    assert one(found, "reported.offset_gap", "agent").components["values"] == [-100, 100]
    assert one(found, "reported.onset_gap", "caller").status == "undefined"


def test_with_both_in_the_log_the_latency_is_the_logs_own() -> None:
    log = (seg("caller", 2900, 5400), seg("agent", 5700, 8000))
    found = values_of(REPORTED, compared(*log))
    value = one(found, "reported.latency_gap", "agent")
    assert value.value == (300 - 800)
    assert value.components["by_log"] == 1
    assert one(found, "reported.offset_gap", "caller").value == 400


def test_a_reported_latency_goes_before_the_log() -> None:
    log = (seg("agent", 5700, 8000), seg("agent", 10_950, 14_000))
    found = values_of(REPORTED, compared(*log, told=[{"start": 5800, "reported_ms": 800}]))
    value = one(found, "reported.latency_gap", "agent")
    assert value.components["values"] == [0, -50]
    assert (value.components["by_response"], value.components["by_log"]) == (1, 1)


def test_a_stretch_that_meets_no_turn_belongs_to_one_within_reach() -> None:
    found = values_of(REPORTED, compared(seg("agent", 5400, 5700), seg("agent", 9000, 9100)))
    assert one(found, "reported.onset_gap", "agent").components["values"] == [-400]


def test_nothing_reported_is_nothing_said() -> None:
    assert values_of(REPORTED, compared()) == []
    assert values_of(REPORTED, CallInput(call=call(extra={"responses": "soon"}))) == []


def test_a_call_measured_by_the_platforms_own_log_has_nothing_to_compare() -> None:
    log = layer(MEASURED, origin="platform")
    assert values_of(REPORTED, CallInput(call=call(), speech=log, reported=log)) == []
    told = {"responses": [{"start": 5800, "reported_ms": 700}]}
    found = values_of(REPORTED, CallInput(call=call(extra=told), speech=log, reported=log))
    assert one(found, "reported.latency_gap", "agent").value == -100
    assert one(found, "reported.onset_gap", "agent").status == "undefined"


def test_voided_latencies_are_not_compared() -> None:
    source = compared(told=[{"start": 5800, "reported_ms": 5}], warnings=(voided("latency"),))
    value = one(values_of(REPORTED, source), "reported.latency_gap", "agent")
    assert value.reason == "One channel is heard in the other."


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        [None, 3, []],
        [{"start": "1", "reported_ms": 2}],
        [{"start": True, "reported_ms": 2}],
        [{"start": 1, "reported_ms": "2"}],
        [{"start": 1, "reported_ms": float("nan")}],
        [{"start": 1, "reported_ms": float("inf")}],
        [{"start": -1, "reported_ms": 2}],
        [{"start": 10**12, "reported_ms": 2}],
    ],
)
def test_what_cannot_be_read_is_left_out(raw: Any) -> None:
    assert responses(raw, 60_000) == {}


def test_the_demo_platforms_log_is_early_as_it_was_made(demo_inputs: Any) -> None:
    gaps = 0
    for source, _ in demo_inputs.values():
        if source.reported is None:
            continue
        found = values_of(REPORTED, source)
        onset = one(found, "reported.onset_gap", "agent")
        assert onset.value is not None
        assert onset.value < 0
        told = {r["start"] for r in source.call.extra["responses"] if "reported_ms" in r}
        latency = one(found, "reported.latency_gap", "agent")
        assert latency.components["by_response"] <= len(told)
        gaps += latency.components["by_response"]
    assert gaps > 10


@given(st.lists(st.tuples(st.integers(0, 59_000), st.integers(1, 3000)), max_size=12))
def test_shifting_the_log_shifts_every_gap_alike(log: list[tuple[int, int]]) -> None:
    """A log of the measured speech itself is off by nothing."""
    same = values_of(REPORTED, compared(*MEASURED))
    for name in ("latency_gap", "onset_gap", "offset_gap"):
        assert one(same, f"reported.{name}", "agent").value == 0
    noise = [seg("agent", a, min(a + n, 60_000), id_=f"n{i}") for i, (a, n) in enumerate(log)]
    found = values_of(REPORTED, compared(*noise)) if noise else []
    assert all(v.value is None or abs(v.value) <= 60_000 for v in found)
