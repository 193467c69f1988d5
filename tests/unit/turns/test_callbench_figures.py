"""What callbench-1 says about a call: every count, every tie, and what a recording voids."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import SPEAKERS, Span
from app.eval.base import CallInput, Watch
from app.eval.turns.callbench import CallbenchTurns
from tests.unit.timing.lanes import seg
from tests.unit.turns.turn_inputs import (
    call,
    layer,
    one,
    said,
    speech,
    transcript,
    values_of,
    voided,
)

TURNS = CallbenchTurns()


def test_latencies_are_signed_and_carry_their_gaps() -> None:
    # caller 0-1 s, agent 1.5-3 s, caller 4-5 s, agent 4.8-7 s, caller 7-8 s
    source = speech(
        "##########..............................##########....................##########",
        "...............###############..................######################",
    )
    found = values_of(TURNS, source)
    mean = one(found, "latency.mean", "agent")
    assert mean.value == pytest.approx((500 - 200) / 2)
    assert mean.components["sum_ms"] == 300
    assert mean.components["n"] == 2
    assert [(e.span, e.value) for e in mean.evidence] == [
        (Span(1000, 1500), 500.0),
        (Span(4800, 5000), -200.0),
    ]
    assert one(found, "latency.min", "agent").value == -200
    assert [e.value for e in one(found, "latency.max", "agent").evidence] == [500.0]
    assert one(found, "latency.p90", "agent").value == pytest.approx(430)
    assert one(found, "latency.mean", "caller").value == pytest.approx((1000 + 0) / 2)
    turns = [v for v in found if v.metric_id == "latency"]
    assert [(v.turn_id, v.value, v.speaker) for v in turns] == [
        ("t2", 500.0, "agent"),
        ("t4", -200.0, "agent"),
    ]
    assert {v.profile for v in found} == {"callbench-1"}


def test_a_call_without_turns_of_the_agent_has_no_latency_and_says_why() -> None:
    found = values_of(TURNS, speech("##########", ""))
    value = one(found, "latency.p50", "agent")
    assert (value.status, value.value) == ("undefined", None)
    assert value.reason == "No turn of the agent follows one of the caller."
    assert one(found, "talk_share").value == 0
    assert one(found, "yield.rate", "agent").status == "undefined"
    assert one(found, "interruption.count", "caller").value == 0


def test_interruptions_yields_talk_overs_and_backchannels_by_each_side() -> None:
    # the caller cuts in at 1 s and the agent stops at 1.8 s; at 5 s the caller talks over;
    # at 10 s it says mm-hm; the agent cuts into the caller at 14 s, who stops at 15 s
    caller = ["."] * 180
    agent = ["."] * 180
    for lane, spans in (
        (caller, ((10, 30), (50, 60), (100, 104), (130, 150))),
        (agent, ((0, 18), (35, 85), (90, 120), (140, 170))),
    ):
        for start, end in spans:
            lane[start:end] = "#" * (end - start)
    said_words = transcript(
        said("caller", ("no", 5000, 5200), ("wait", 5200, 5500), ("listen", 5500, 5800),
             ("now", 5800, 6000)),
    )  # fmt: skip
    source = speech("".join(caller), "".join(agent), texts={"heard": said_words})
    found = values_of(TURNS, source)
    assert one(found, "interruption.count", "caller").value == 2
    assert one(found, "interruption.count", "agent").value == 1
    assert one(found, "talk_over.count", "caller").value == 1
    assert one(found, "talk_over.count", "agent").value == 0
    rate = one(found, "yield.rate", "agent")
    assert (rate.value, rate.components["yields"], rate.components["interruptions"]) == (0.5, 1, 2)
    assert one(found, "yield.mean", "agent").value == 800
    assert one(found, "yield.mean", "caller").value == 1000
    over = one(found, "talk_over.count", "caller").evidence[0]
    assert (over.span, over.value) == (Span(5000, 8500), 3500.0)
    assert one(found, "backchannel.count", "caller").value == 1
    assert one(found, "backchannel.count", "agent").value == 0
    share = one(found, "overlap.share")
    assert share.components["overlap_s"] == pytest.approx(0.8 + 1.0 + 0.4 + 1.0)
    talk = one(found, "talk_share")
    assert talk.components["agent_s"] == pytest.approx(1.8 + 5.0 + 3.0 + 3.0)
    assert talk.components["both_s"] == pytest.approx(12.8 + 2.0 + 1.0 + 0.4 + 2.0)


@pytest.mark.parametrize(("left_ms", "count"), [(299, 0), (300, 0), (301, 1)])
def test_a_turn_begun_at_most_300_ms_before_the_end_is_no_interruption(
    left_ms: int, count: int
) -> None:
    segments = [seg("agent", 0, 5000), seg("caller", 5000 - left_ms, 9000)]
    found = values_of(TURNS, CallInput(call=call(), speech=layer(segments)))
    assert one(found, "interruption.count", "caller").value == count
    assert one(found, "latency.mean", "caller").value == -left_ms


@pytest.mark.parametrize(("left_ms", "yields"), [(1999, 1), (2000, 1), (2001, 0)])
def test_the_interrupted_has_two_seconds_to_stop(left_ms: int, yields: int) -> None:
    segments = [seg("agent", 0, 5000), seg("caller", 5000 - left_ms, 9000)]
    found = values_of(TURNS, CallInput(call=call(), speech=layer(segments)))
    assert one(found, "yield.rate", "agent").value == yields
    assert one(found, "talk_over.count", "caller").value == 1 - yields


@pytest.mark.parametrize(("silence_ms", "count"), [(2999, 0), (3000, 1), (3001, 1)])
def test_dead_air_is_three_seconds_of_silence(silence_ms: int, count: int) -> None:
    segments = [seg("agent", 0, 5000), seg("caller", 5000 + silence_ms, 60_000)]
    found = values_of(TURNS, CallInput(call=call(), speech=layer(segments)))
    assert one(found, "dead_air.count").value == count
    assert one(found, "dead_air.seconds").value == pytest.approx(count * silence_ms / 1000)


def test_a_persons_word_on_an_overlap_counts() -> None:
    lanes = ("..........##########", "####################" + "#" * 30)
    plain = values_of(TURNS, speech(*lanes))
    assert one(plain, "talk_over.count", "caller").value == 0, "it is a backchannel by the rules"
    source = speech(*lanes, overrides={"c1000": "talk_over"})
    assert one(values_of(TURNS, source), "talk_over.count", "caller").value == 1


@pytest.mark.parametrize(
    ("family", "metrics"),
    [
        ("latency", ("latency.mean", "latency.p95")),
        ("interruption", ("interruption.count", "yield.rate")),
        ("overlap", ("backchannel.count",)),
    ],
)
def test_what_the_recording_voids_has_no_value_and_the_findings_words(
    family: str, metrics: tuple[str, ...]
) -> None:
    source = speech("##########.......###", "............####....", warnings=(voided(family),))
    found = values_of(TURNS, source)
    for name in metrics:
        value = one(found, name, "agent")
        assert value.value is None
        assert value.reason == "One channel is heard in the other."
    assert (family == "latency") == (not [v for v in found if v.turn_id])


def test_the_profiles_parameters_are_kept_with_the_result() -> None:
    detail = TURNS.evaluate(speech("###", "..."), Watch()).detail
    assert detail["profile"] == "callbench-1"
    assert detail["params"]["yield_window_ms"] == 2000


def test_every_metric_it_gives_is_in_its_catalogue_and_each_is_given() -> None:
    found = values_of(TURNS, speech("##########.......###", "............####...."))
    assert {v.metric_id for v in found} == {m.id for m in TURNS.metrics}
    units = {m.id: m.unit for m in TURNS.metrics}
    assert all(v.unit == units[v.metric_id] for v in found)


lanes = st.text(alphabet="#.", min_size=1, max_size=120)


@given(lanes, lanes)
def test_shares_are_shares_and_counts_agree(caller: str, agent: str) -> None:
    found = values_of(TURNS, speech(caller, agent))
    for value in found:
        if value.metric_id in ("overlap.share", "talk_share", "yield.rate") and value.value:
            assert 0 <= value.value <= 1
    for who, victim in (SPEAKERS, SPEAKERS[::-1]):
        began = one(found, "interruption.count", who).value or 0
        stood = one(found, "talk_over.count", who).value or 0
        rate = one(found, "yield.rate", victim)
        assert (rate.value is None) == (began == 0)
        if rate.value is not None:
            assert rate.components["yields"] == began - stood
    turns = [v.value for v in found if v.metric_id == "latency"]
    mean = one(found, "latency.mean", "agent")
    assert (mean.n or 0) == len(turns)


def test_demo_calls_have_the_barge_ins_and_latencies_that_were_planned(demo_inputs: Any) -> None:
    gaps = 0
    for source, truth in demo_inputs.values():
        found = values_of(TURNS, source)
        for who in SPEAKERS:
            planned = [b for b in truth["barge_ins"] if b["by"] == who]
            assert one(found, "interruption.count", who).value == len(planned)
            over = [b for b in planned if b["yield_s"] is None]
            assert one(found, "talk_over.count", who).value == len(over)
            signs = [b for b in truth["backchannels"] if b["by"] == who]
            assert one(found, "backchannel.count", who).value == len(signs)
        by = {t["index"]: t["speaker"] for t in truth["turns"]}
        planned_ms = {
            f"t{g['after_turn'] + 1}": g["value_s"] * 1000
            for g in truth["gaps"]
            if by[g["after_turn"] + 1] == "agent"
        }
        measured = {v.turn_id: v.value for v in found if v.metric_id == "latency"}
        assert measured.keys() == planned_ms.keys()
        for turn_id, wanted in planned_ms.items():
            assert measured[turn_id] == pytest.approx(wanted, abs=150)
            gaps += 1
    assert gaps > 40
