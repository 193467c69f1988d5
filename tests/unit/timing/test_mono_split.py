"""A mixed channel's speech goes to whoever the transcript says spoke."""

from __future__ import annotations

from dataclasses import replace

from app.domain.calls import Span
from app.domain.mono_split import UNKNOWN, share_out
from tests.unit.timing.lanes import seg


def shared(
    spans: list[tuple[int, int]], *lines: tuple[str, int, int]
) -> list[tuple[str, int, int]]:
    transcript = [seg(who, a, b) for who, a, b in lines]  # type: ignore[arg-type]
    found = share_out([Span(a, b) for a, b in spans], transcript, 1000)
    return [(who[0], s.start, s.end) for who, s in found]


def test_each_stretch_goes_to_its_line() -> None:
    assert shared([(0, 900), (1500, 3000)], ("agent", 0, 1000), ("caller", 1400, 3100)) == [
        ("a", 0, 900),
        ("c", 1500, 3000),
    ]


def test_a_stretch_with_both_is_cut_between_their_lines() -> None:
    assert shared([(0, 3000)], ("agent", 0, 1000), ("caller", 1200, 3100)) == [
        ("a", 0, 1100),
        ("c", 1100, 3000),
    ]


def test_near_lines_lend_their_speaker_and_far_speech_keeps_the_last_one() -> None:
    assert shared(
        [(0, 500), (2000, 2500), (9000, 9500)], ("agent", 0, 500), ("caller", 3000, 4000)
    ) == [
        ("a", 0, 500),
        ("c", 2000, 2500),
        ("c", 9000, 9500),
    ]


def test_without_a_transcript_all_is_filed_under_one_name() -> None:
    assert shared([(0, 500), (2000, 2500)]) == [
        (UNKNOWN[0], 0, 500),
        (UNKNOWN[0], 2000, 2500),
    ]


def test_text_that_was_never_heard_names_nobody() -> None:
    lost = replace(seg("agent", 0, 1000), heard=False)
    (found,) = share_out([Span(0, 1000)], [lost, seg("caller", 100, 300)], 1000)
    assert found == ("caller", Span(0, 1000))
