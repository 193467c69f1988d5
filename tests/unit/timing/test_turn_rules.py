"""Each rule of `callbench-1` at and beside its limit, and the awkward cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.calls import Span, Speaker
from app.domain.turn_profiles import CALLBENCH_1, profile
from app.domain.turn_rules import derive
from app.domain.turns import OverlapKind
from tests.unit.timing.lanes import (
    LAYER,
    RATE,
    drawn,
    interruptions,
    overlaps,
    seg,
    shape,
    turns_of,
)


def test_plain_alternation_has_signed_latencies_with_evidence() -> None:
    found = turns_of(drawn("####......####", ".....####....."))
    assert shape(found) == [("c", 0, 400), ("a", 500, 900), ("c", 1000, 1400)]
    assert [x.frames for x in found.latencies] == [100, 100]
    assert found.latencies[0].segment_ids == ("c0", "a500")
    assert found.latencies[0].previous_turn_id == "t1"
    assert found.turns[1].latency == found.latencies[0]
    assert found.turns[0].latency is None
    assert found.overlaps == found.interruptions == ()


@pytest.mark.parametrize(("length", "kept"), [(99, False), (100, True)])
def test_specks_under_100_ms_are_dropped(length: int, kept: bool) -> None:
    found = turns_of([seg("caller", 1000, 1000 + length)])
    assert bool(found.turns) is kept
    assert found.extra["dropped_segment_ids"] == (() if kept else ("c1000",))


def test_a_speck_before_speech_does_not_move_its_onset() -> None:
    found = turns_of([seg("caller", 1000, 1050), seg("caller", 1200, 3000)])
    assert shape(found) == [("c", 1200, 3000)]


def test_touching_specks_are_one_stretch() -> None:
    found = turns_of([seg("caller", 1000, 1060), seg("caller", 1060, 1120)])
    assert shape(found) == [("c", 1000, 1120)]
    assert found.turns[0].segment_ids == ("c1000", "c1060")


@pytest.mark.parametrize(("pause", "utterances"), [(299, 1), (300, 2)])
def test_pauses_under_300_ms_are_closed(pause: int, utterances: int) -> None:
    found = turns_of([seg("agent", 0, 1000), seg("agent", 1000 + pause, 3000)])
    assert len(found.utterances) == utterances
    assert shape(found) == [("a", 0, 3000)]


def test_a_limit_is_exact_at_a_rate_that_it_does_not_divide() -> None:
    # 100 ms at 11025 Hz are 1102.5 frames: 1102 are too short, 1103 are long enough.
    for frames, kept in ((1102, 0), (1103, 1)):
        found = derive([seg("caller", 0, frames)], layer=LAYER, rate_hz=11025, frame_count=99_999)
        assert len(found.turns) == kept


@pytest.mark.parametrize(
    ("start", "end", "words", "is_backchannel"),
    [
        (2000, 3000, 3, True),
        (2000, 3001, 3, False),
        (2000, 2500, 4, False),
        (2000, 2500, None, True),
        (4000, 4700, 1, True),
        (4000, 4701, 1, False),
    ],
)
def test_backchannel_limits(start: int, end: int, words: int | None, is_backchannel: bool) -> None:
    agent, caller = seg("agent", 0, 5000), seg("caller", start, end)
    said = () if words is None else (replace(caller, id="x", text=" ".join(["yes"] * words)),)
    found = turns_of([agent, caller], said)
    kinds = [o.kind for o in found.overlaps]
    assert (kinds == ["backchannel"]) is is_backchannel
    assert len(found.turns) == (1 if is_backchannel else 2)


def test_a_backchannel_takes_no_turn_and_breaks_none() -> None:
    found = turns_of(drawn("...###..................", "####################.###"))
    assert shape(found) == [("a", 0, 2400)]
    assert overlaps(found) == [("c", 300, 600, "backchannel")]
    assert [u.turn_id for u in found.utterances] == ["t1", None]
    assert found.interruptions == ()


def test_a_short_word_in_the_others_pause_is_a_turn() -> None:
    found = turns_of(drawn("..........###..........", "#########....##########"))
    assert shape(found) == [("a", 0, 900), ("c", 1000, 1300), ("a", 1300, 2300)]
    assert [x.frames for x in found.latencies] == [100, 0]


@pytest.mark.parametrize(
    ("onset", "kind"),
    [(4700, "terminal"), (4699, "interruption"), (5000, None), (4999, "terminal")],
)
def test_terminal_overlap_is_at_most_300_ms(onset: int, kind: str | None) -> None:
    found = turns_of([seg("agent", 0, 5000), seg("caller", onset, 8000)])
    assert [o.kind for o in found.overlaps] == ([] if kind is None else [kind])
    assert len(found.interruptions) == (kind == "interruption")
    assert found.latencies[0].frames == onset - 5000


@pytest.mark.parametrize(("left", "yields"), [(2000, 2000), (2001, None), (301, 301)])
def test_yield_window(left: int, yields: int | None) -> None:
    found = turns_of([seg("agent", 0, 5000), seg("caller", 5000 - left, 9000)])
    assert interruptions(found) == [("c", 5000 - left, yields)]
    assert found.overlaps[0].kind == ("talk_over" if yields is None else "interruption")
    assert found.interruptions[0].segment_ids == ("a0", f"c{5000 - left}")


def test_the_agent_can_interrupt_too() -> None:
    found = turns_of([seg("caller", 0, 3000), seg("agent", 2400, 6000)])
    assert interruptions(found) == [("a", 2400, 600)]
    assert overlaps(found) == [("a", 2400, 3000, "interruption")]


def test_a_closed_pause_is_no_yield() -> None:
    found = turns_of([seg("agent", 0, 2000), seg("agent", 2200, 9000), seg("caller", 1500, 4500)])
    assert interruptions(found) == [("c", 1500, None)]


def test_nested_talk_over_gives_three_turns() -> None:
    found = turns_of(
        [seg("agent", 0, 10_000), seg("caller", 5000, 7000), seg("agent", 10_500, 12_000)]
    )
    assert shape(found) == [("a", 0, 10_000), ("c", 5000, 7000), ("a", 10_500, 12_000)]
    assert [x.frames for x in found.latencies] == [-5000, 3500]
    assert interruptions(found) == [("c", 5000, None)]


def test_only_a_turns_onset_interrupts() -> None:
    found = turns_of(
        [seg("agent", 0, 10_000), seg("caller", 2000, 4000), seg("caller", 6000, 9000)]
    )
    assert interruptions(found) == [("c", 2000, None)]
    assert [o.kind for o in found.overlaps] == ["talk_over", "talk_over"]
    assert shape(found) == [("a", 0, 10_000), ("c", 2000, 9000)]


def test_the_second_burst_near_the_end_follows_the_first() -> None:
    found = turns_of(
        [seg("agent", 0, 10_000), seg("caller", 2000, 4000), seg("caller", 9800, 12_000)]
    )
    assert interruptions(found) == [("c", 2000, None)]
    assert [o.kind for o in found.overlaps] == ["talk_over", "talk_over"]


def test_back_to_back_interruptions() -> None:
    found = turns_of([seg("agent", 0, 5000), seg("caller", 4000, 8000), seg("agent", 7000, 11_000)])
    assert interruptions(found) == [("c", 4000, 1000), ("a", 7000, 1000)]
    assert [x.frames for x in found.latencies] == [-1000, -1000]


def test_three_overlap_in_a_chain_with_a_backchannel() -> None:
    found = turns_of(
        [
            seg("agent", 0, 6000),
            seg("caller", 1000, 1500),
            seg("caller", 5000, 9000),
            seg("agent", 6500, 7000),
        ]
    )
    assert overlaps(found) == [
        ("c", 1000, 1500, "backchannel"),
        ("c", 5000, 6000, "interruption"),
        ("a", 6500, 7000, "backchannel"),
    ]
    assert shape(found) == [("a", 0, 6000), ("c", 5000, 9000)]


def test_equal_onsets_the_longer_one_was_first() -> None:
    found = turns_of([seg("caller", 1000, 6000), seg("agent", 1000, 2500)])
    assert overlaps(found) == [("a", 1000, 2500, "talk_over")]
    assert shape(found) == [("c", 1000, 6000), ("a", 1000, 2500)]


def test_equal_spans_are_counted_once() -> None:
    found = turns_of([seg("caller", 1000, 2500), seg("agent", 1000, 2500)])
    assert overlaps(found) == [("a", 1000, 2500, "interruption")]
    assert interruptions(found) == [("a", 1000, 1500)]


def test_zero_gap_is_neither_gap_nor_overlap() -> None:
    found = turns_of([seg("caller", 0, 1000), seg("agent", 1000, 2000)])
    assert [x.frames for x in found.latencies] == [0]
    assert found.overlaps == ()


def test_one_speaker_and_nobody() -> None:
    one = turns_of([seg("agent", 0, 1000), seg("agent", 5000, 6000)], frame_count=6000)
    assert shape(one) == [("a", 0, 6000)]
    assert one.latencies == one.overlaps == ()
    none = turns_of([], frame_count=5000)
    assert none.turns == none.utterances == ()
    assert none.dead_air == (Span(0, 5000),)
    assert turns_of([], frame_count=0).dead_air == ()


@pytest.mark.parametrize(("silence", "dead"), [(2999, 0), (3000, 1)])
def test_dead_air_is_three_seconds_of_both(silence: int, dead: int) -> None:
    end = 2000 + silence
    found = turns_of(
        [seg("agent", 0, 2000), seg("caller", end, end + 1000)], frame_count=end + 1000
    )
    assert len(found.dead_air) == dead


def test_one_who_speaks_through_it_makes_no_dead_air() -> None:
    segments = [seg("agent", 0, 9000), seg("caller", 500, 900), seg("caller", 8000, 9000)]
    assert turns_of(segments, frame_count=9000).dead_air == ()


def test_segments_are_cut_to_the_call() -> None:
    found = turns_of([seg("caller", 500, 9000), seg("agent", 9500, 9900)], frame_count=2000)
    assert shape(found) == [("c", 500, 2000)]
    assert found.extra["dropped_segment_ids"] == ("a9500",)


def test_overlapping_segments_of_one_speaker_are_one() -> None:
    found = turns_of([seg("caller", 0, 3000, "x"), seg("caller", 1000, 2000, "y")])
    assert shape(found) == [("c", 0, 3000)]
    assert found.turns[0].segment_ids == ("x", "y")
    later = turns_of(
        [seg("caller", 0, 3000, "x"), seg("caller", 1000, 2000, "y"), seg("agent", 4000, 5000)]
    )
    assert later.latencies[0].segment_ids[0] == "x", "the segment that ended last is the evidence"


def test_order_of_the_input_does_not_matter() -> None:
    segments = drawn("..####....###......######", "#######..........#####...")
    assert turns_of(segments) == turns_of(segments[::-1])


class TestOverrides:
    agent = seg("agent", 0, 6000)

    def with_kind(self, kind: OverlapKind, start: int = 4000, end: int = 9000):
        segments = [self.agent, seg("caller", start, end)]
        return turns_of(segments, overrides={f"c{start}": kind})

    def test_made_a_backchannel_it_takes_no_turn(self) -> None:
        found = self.with_kind("backchannel")
        assert shape(found) == [("a", 0, 6000)]
        assert found.interruptions == ()
        assert found.overlaps[0].edited

    def test_a_false_interruption_takes_no_turn_and_counts_for_none(self) -> None:
        found = self.with_kind("false_interruption")
        assert shape(found) == [("a", 0, 6000)]
        assert found.interruptions == ()
        assert found.overlaps[0].kind == "false_interruption"

    def test_a_backchannel_made_an_interruption_is_a_turn(self) -> None:
        found = self.with_kind("interruption", 1000, 1500)
        assert shape(found) == [("a", 0, 6000), ("c", 1000, 1500)]
        assert interruptions(found) == [("c", 1000, None)], "the agent went on for five seconds"
        close = self.with_kind("interruption", 5000, 5500)
        assert interruptions(close) == [("c", 5000, 1000)]

    def test_talk_over_has_no_yield(self) -> None:
        assert interruptions(self.with_kind("talk_over")) == [("c", 4000, None)]

    def test_terminal_is_no_interruption(self) -> None:
        found = self.with_kind("terminal")
        assert found.interruptions == ()
        assert len(found.turns) == 2

    def test_an_override_without_an_overlap_does_nothing(self) -> None:
        plain = [self.agent, seg("caller", 7000, 9000)]
        assert turns_of(plain, overrides={"c7000": "backchannel"}) == turns_of(plain)

    def test_what_begins_inside_a_long_backchannel_is_no_interruption(self) -> None:
        segments = [self.agent, seg("caller", 2000, 9000), seg("agent", 7000, 12_000)]
        found = turns_of(segments, overrides={"c2000": "backchannel"})
        assert shape(found) == [("a", 0, 12_000)]
        assert found.interruptions == ()
        assert [(o.kind, o.edited) for o in found.overlaps] == [("backchannel", True)] * 2


def test_voids_are_carried_once() -> None:
    found = derive(
        [], layer=LAYER, rate_hz=RATE, frame_count=1, voids=["latency", "overlap", "latency"]
    )
    assert found.voids == ("latency", "overlap")


def test_parameters_are_data() -> None:
    strict = replace(CALLBENCH_1, params={**CALLBENCH_1.params, "close_pause_ms": 100})
    segments = [seg("agent", 0, 1000), seg("agent", 1200, 3000)]
    found = derive(segments, (), strict, layer=LAYER, rate_hz=RATE, frame_count=9000)
    assert len(found.utterances) == 2
    assert found.profile.params["close_pause_ms"] == 100
    assert profile("callbench-1") is CALLBENCH_1


def test_an_unknown_profile_is_named_with_the_known_ones() -> None:
    from app.domain.errors import NotFound

    with pytest.raises(NotFound, match="callbench-1"):
        profile("tau2-9")


@pytest.mark.parametrize("speaker", ["caller", "agent"])
def test_splitting_a_segment_without_a_gap_changes_no_turn(speaker: Speaker) -> None:
    whole = [seg("caller", 0, 3000), seg("agent", 3500, 8000)]
    cut = {
        "caller": [seg("caller", 0, 1000), seg("caller", 1000, 3000), whole[1]],
        "agent": [whole[0], seg("agent", 3500, 5000), seg("agent", 5000, 8000)],
    }[speaker]
    assert shape(turns_of(cut)) == shape(turns_of(whole))
