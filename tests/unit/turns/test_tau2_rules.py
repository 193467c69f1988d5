"""tau2-bench's rules on ticks: the published fixture, every rule and tie by hand, and pooling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.eval.turns.tau2_rules import Event, Mode, events
from app.eval.turns.tau2_tally import (
    LEAST_EVENTS,
    SELECTIVE,
    Tally,
    across_domains,
    is_shown,
    panel,
    pool,
    selectivity_column,
    tally,
)
from app.eval.turns.ticks import Insert, Ticks, from_simulation

TIC: Insert = ("vocal_tic", "cough")
OTHER: Insert = ("non_directed", "hold on")


def ticks(user: str, agent: str, *, backchannel: tuple[int, ...] = (), inserts: str = "") -> Ticks:
    """Two lanes, one character a tick; `t` and `o` in `inserts` mark a tic or a word to others."""
    length = max(len(user), len(agent), len(inserts))
    kinds = {"t": TIC, "o": OTHER}
    return Ticks(
        tick_s=0.2,
        user=tuple(c == "#" for c in user.ljust(length, ".")),
        agent=tuple(c == "#" for c in agent.ljust(length, ".")),
        backchannels=frozenset(backchannel),
        inserts={at: frozenset({kinds[c]}) for at, c in enumerate(inserts) if c in kinds},
    )


def of_kind(found: list[Event], kind: str) -> list[Event]:
    return [e for e in found if e.kind == kind]


def fixture_tallies(folder: Path, mode: Mode) -> list[Tally]:
    run = (folder / "experiment/results.json").read_bytes()
    out = []
    for path in sorted((folder / "experiment/simulations").glob("*.json")):
        found = from_simulation(path.read_bytes(), run)
        assert found is not None
        assert found.tick_s == 0.2
        out.append(tally(events(found, mode)))
    return out


def test_the_published_fixture_comes_out_exactly(shared_data: Path) -> None:
    folder = shared_data / "siblings/tau2_voice_fixture"
    expected = json.loads((folder / "expected_metrics.json").read_text("utf-8"))
    pooled = pool(fixture_tallies(folder, "parity"))
    figures = panel(pooled)
    for name in ("response_rate", "yield_rate", "agent_interruption_rate"):
        assert figures[name] == pytest.approx(expected[name], rel=1e-12)
    for name in ("response_latency", "yield_latency"):
        assert figures[name] == pytest.approx(expected[f"{name}_mean"], rel=1e-12)
    for kind in SELECTIVE:
        wanted = expected[f"selectivity_{kind}"]
        assert figures[f"selectivity_{kind}"] == pytest.approx(wanted, rel=1e-12)
    assert expected["counts"] == {
        "n_simulations": pooled.simulations,
        "response_total": pooled.response_total,
        "yield_total": pooled.yield_total,
        "agent_interrupts_count": pooled.agent_interruptions,
        **{f"{kind}_total": pooled.selective_total[kind] for kind in SELECTIVE},
    }


def test_corrected_mode_finds_the_two_events_that_were_lost(shared_data: Path) -> None:
    folder = shared_data / "siblings/tau2_voice_fixture"
    parity, corrected = (pool(fixture_tallies(folder, m)) for m in ("parity", "corrected"))
    assert parity.selective_total == {"backchannel": 3, "vocal_tic": 7, "non_directed": 6}
    assert corrected.selective_total == {"backchannel": 3, "vocal_tic": 8, "non_directed": 7}
    assert corrected.ignored == {"backchannel": 1, "vocal_tic": 2, "non_directed": 2}
    assert panel(corrected)["response_rate"] == panel(parity)["response_rate"]


def test_an_answer_in_the_tick_after_the_turn_is_no_turn_to_be_answered() -> None:
    assert of_kind(events(ticks("###...", "...###")), "response") == []
    late = of_kind(events(ticks("###....", "....###")), "response")
    assert [(e.good, e.seconds) for e in late] == [(True, pytest.approx(0.2))]


def test_the_agent_answers_in_time_if_it_begins_with_the_next_turn_at_the_latest() -> None:
    together = events(ticks("##....##....", "......##...."))
    assert [e.good for e in of_kind(together, "response")] == [True]
    later = of_kind(events(ticks("##....####...", ".......#.....")), "response")
    assert [e.good for e in later] == [False]
    assert of_kind(events(ticks("##....##.......", "..........##...")), "response")[0].good is False


def test_a_last_turn_with_nothing_after_it_is_skipped() -> None:
    assert of_kind(events(ticks("##....", "......")), "response") == []
    found = of_kind(events(ticks("##...##...", "..........")), "response")
    assert [(e.good, e.seconds) for e in found] == [(False, None)]


def test_a_backchannel_is_neither_a_turn_nor_the_next_one() -> None:
    lanes = "##...#......", ".........###"
    plain = of_kind(events(ticks(*lanes)), "response")
    assert [e.good for e in plain] == [False, True]
    with_sign = of_kind(events(ticks(*lanes, backchannel=(5,))), "response")
    assert [(e.good, e.seconds) for e in with_sign] == [(True, pytest.approx(1.4))]


@pytest.mark.parametrize(("stop", "good"), [(9, True), (10, False)])
def test_yielding_is_within_ten_ticks_the_first_among_them(stop: int, good: bool) -> None:
    found = of_kind(events(ticks("...".ljust(3) + "#" * 14, "#" * (3 + stop))), "yield")
    assert [e.good for e in found] == [good]
    if good:
        assert found[0].seconds == pytest.approx(stop * 0.2)


@pytest.mark.parametrize(("stop", "ignored"), [(4, False), (5, True)])
def test_a_backchannel_may_not_stop_the_agent_for_five_ticks(stop: int, ignored: bool) -> None:
    found = events(ticks("...#", "#" * (3 + stop) + "....", backchannel=(3,)))
    assert [e.good for e in of_kind(found, "backchannel")] == [ignored]
    assert of_kind(found, "yield") == []


def test_a_backchannel_counts_before_a_tic_and_a_tic_before_words_to_others() -> None:
    agent = "#" * 20
    both = Ticks(
        tick_s=0.2,
        user=(False,) * 3 + (True,) * 3 + (False,) * 14,
        agent=(True,) * 20,
        inserts={4: frozenset({TIC, OTHER})},
    )
    assert [e.kind for e in events(both)] == ["vocal_tic"]
    sign = ticks("...###", agent, backchannel=(3,), inserts="....t")
    assert [e.kind for e in events(sign)] == ["backchannel"]
    assert [e.kind for e in events(ticks("...###", agent, inserts=".....o"))] == ["non_directed"]
    assert [e.kind for e in events(ticks("...###", agent, inserts="......o"), "parity")] == [
        "yield"
    ]


@pytest.mark.parametrize(("gap", "answered"), [(0, True), (10, True), (11, False)])
def test_a_tic_in_silence_is_answered_within_ten_ticks_of_the_end_inclusive(
    gap: int, answered: bool
) -> None:
    agent = "." * (5 + gap) + "###"
    found = of_kind(events(ticks("..###", agent, inserts="..t")), "vocal_tic")
    assert [e.good for e in found] == [not answered]
    outside = of_kind(events(ticks("", agent, inserts="....t")), "vocal_tic")
    assert [e.good for e in outside] == [not answered]


@pytest.mark.parametrize(
    ("mode", "stop", "counted"),
    [
        ("parity", 5, [False]),
        ("parity", 6, []),
        ("corrected", 5, [False]),
        ("corrected", 6, [True]),
    ],
)
def test_a_tic_outside_speech_while_the_agent_speaks(
    mode: Mode, stop: int, counted: list[bool]
) -> None:
    """Stopping within 1.0 s inclusive is an error; parity forgets the rest."""
    found = events(ticks("", "#" * (3 + stop) + ".", inserts="...t"), mode)
    assert [e.good for e in of_kind(found, "vocal_tic")] == counted


def test_an_insert_that_goes_on_is_one_event_and_speech_ends_it() -> None:
    agent = "#" * 6 + "." * 30
    assert len(events(ticks("", agent, inserts="..ooo"), "corrected")) == 1
    split = events(ticks(".....#", agent, inserts="..ooo..o"), "corrected")
    assert len(of_kind(split, "non_directed")) == 2


def test_agent_interruptions_are_over_turns_to_be_answered() -> None:
    t = tally(events(ticks("#####....####......", "...####.......###..")))
    assert t.agent_interruptions == 1
    assert t.response_total == 1


def test_ten_events_show_a_rate_and_all_three_make_the_column() -> None:
    assert [is_shown(n) for n in (0, LEAST_EVENTS - 1, LEAST_EVENTS)] == [False, False, True]
    full: Mapping[Any, int] = {"backchannel": 10, "vocal_tic": 20, "non_directed": 10}
    good: Mapping[Any, int] = {"backchannel": 10, "vocal_tic": 5, "non_directed": 1}
    shown = Tally(simulations=1, ignored=good, selective_total=full)
    assert selectivity_column(shown) == pytest.approx((1 + 0.25 + 0.1) / 3)
    few = Tally(simulations=1, ignored=good, selective_total={**full, "non_directed": 9})
    assert selectivity_column(few) is None


def test_domains_are_averaged_plainly_and_gaps_are_skipped() -> None:
    assert across_domains([{"a": 1.0, "b": None}, {"a": 0.0, "b": 0.5}, {"b": None}]) == {
        "a": 0.5,
        "b": 0.5,
    }
    assert across_domains([{"a": None}]) == {"a": None}


def test_nothing_counted_is_no_rate() -> None:
    assert set(panel(pool([])).values()) == {None}


lanes = st.lists(st.sampled_from("#."), max_size=80).map("".join)
drawn = st.tuples(
    lanes, lanes, st.lists(st.sampled_from("t o"), max_size=80).map("".join), st.integers(0, 79)
)


@given(drawn, st.sampled_from(("parity", "corrected")))
def test_rates_are_rates_and_parity_never_has_more(case: Any, mode: Mode) -> None:
    user, agent, inserts, sign = case
    grid = ticks(user, agent, backchannel=(sign,), inserts=inserts)
    figures = panel(tally(events(grid, mode)))
    for name, value in figures.items():
        if value is not None:
            assert value >= 0
            if name.endswith("_rate") and not name.startswith("agent"):
                assert value <= 1
            if name.startswith("selectivity"):
                assert value <= 1
    if figures["yield_latency"] is not None:
        assert figures["yield_latency"] <= 1.8 + 1e-9
    parity, corrected = (tally(events(grid, m)) for m in ("parity", "corrected"))
    for kind in SELECTIVE:
        more = corrected.selective_total[kind] - parity.selective_total[kind]
        assert more == corrected.ignored[kind] - parity.ignored[kind]
        assert more >= 0


@given(st.lists(drawn, max_size=4))
@settings(max_examples=60)
def test_pooling_tallies_is_counting_all_events_together(cases: list[Any]) -> None:
    grids = [ticks(u, a, inserts=i, backchannel=(s,)) for u, a, i, s in cases]
    pooled = pool(tally(events(g)) for g in grids)
    together = tally(e for g in grids for e in events(g))
    for name, value in panel(pooled).items():
        other = panel(together)[name]
        assert (value is None) == (other is None)
        if value is not None:
            assert value == pytest.approx(other)
    assert pooled.simulations == len(grids)
