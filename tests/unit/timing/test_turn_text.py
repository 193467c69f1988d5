"""Where a transcript's lines and words end up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.calls import Span
from app.domain.segments import Segment, Word
from app.domain.turn_text import count_words
from tests.unit.timing.lanes import seg, turns_of


def worded(who: str, text: str, *spans: tuple[int, int], id_: str = "x") -> Segment:
    words = tuple(Word(text=w, span=Span(*s)) for w, s in zip(text.split(), spans, strict=True))
    line = seg(who, spans[0][0], spans[-1][1], id_, text)  # type: ignore[arg-type]
    return replace(line, words=words)


def test_a_line_goes_to_the_utterance_it_overlaps_most() -> None:
    found = turns_of(
        [seg("caller", 0, 1000), seg("agent", 1500, 3000), seg("caller", 4000, 6000)],
        [seg("caller", 900, 4800, "x", "later <b>mostly</b>")],
    )
    assert [t.text for t in found.turns] == ["", "", "later <b>mostly</b>"]


def test_words_split_a_line_over_two_turns_and_keep_its_punctuation() -> None:
    line = worded(
        "caller", "Yes, please. And milk.", (0, 400), (400, 900), (4000, 4300), (4300, 5000)
    )
    found = turns_of(
        [seg("caller", 0, 1000), seg("agent", 1500, 3000), seg("caller", 4000, 6000)], [line]
    )
    assert [t.text for t in found.turns] == ["Yes, please.", "", "And milk."]
    assert [u.text for u in found.utterances] == ["Yes, please.", "", "And milk."]


def test_text_without_spaces_is_cut_where_the_words_are() -> None:
    line = replace(
        seg("caller", 0, 5000, "x", "我要退货现在"),
        words=(
            Word(text="我要", span=Span(0, 500)),
            Word(text="退货", span=Span(500, 1000)),
            Word(text="现在", span=Span(4000, 5000)),
        ),
    )
    found = turns_of(
        [seg("caller", 0, 1000), seg("agent", 1500, 3000), seg("caller", 4000, 6000)], [line]
    )
    assert [t.text for t in found.turns] == ["我要退货", "", "现在"]


def test_words_that_are_not_in_the_text_are_joined() -> None:
    line = replace(
        worded("caller", "one two", (0, 900), (4000, 5000)), text="something else entirely"
    )
    found = turns_of(
        [seg("caller", 0, 1000), seg("agent", 1500, 3000), seg("caller", 4000, 6000)], [line]
    )
    assert [t.text for t in found.turns] == ["one", "", "two"]


def test_lines_just_outside_speech_go_to_the_nearest_and_far_ones_are_listed() -> None:
    found = turns_of(
        [seg("caller", 1000, 2000)],
        [seg("caller", 2100, 2400, "near", "hm"), seg("caller", 9000, 9500, "far", "lost")],
    )
    assert found.turns[0].text == "hm"
    assert found.extra["unplaced_transcript_ids"] == ("far",)


def test_unheard_text_is_not_said_but_kept_with_the_turn_it_was_cut_from() -> None:
    said = seg("agent", 0, 2000, "said", "Your refund")
    lost = replace(seg("agent", 2000, 4000, "lost", "is on its way"), heard=False)
    found = turns_of([seg("agent", 0, 2000), seg("caller", 1500, 3000)], [said, lost])
    assert found.turns[0].text == "Your refund"
    assert found.extra["unheard"] == {"t1": ("lost",)}


def test_word_count_decides_on_a_backchannel_only_where_words_are_known() -> None:
    speech = [seg("agent", 0, 5000), seg("caller", 1000, 1800)]
    assert len(turns_of(speech).turns) == 1
    assert len(turns_of(speech, [seg("caller", 1000, 1800, "x", "yes")]).turns) == 1
    assert len(turns_of(speech, [seg("caller", 1000, 1800, "x", "no I never said")]).turns) == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("  ", 0),
        ("Mm-hm.", 1),
        ("yes , well", 2),
        ("嗯", 1),
        ("好的谢谢", 2),
        ("OK 好的", 2),
    ],
)
def test_count_words(text: str, count: int) -> None:
    assert count_words(text) == count
