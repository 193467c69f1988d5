"""Units traced back to the words that they came from, and so to frames."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import Span
from app.domain.segments import Segment, Word
from app.eval.text.normalise import normaliser
from app.eval.text.timed import joined, source_words, timed_text, words_of
from tests.unit.text.text_support import said, timed


def traced(
    text: str, identifier: str = "whisper-en-1", unit: str = "word"
) -> list[tuple[str, str]]:
    words = source_words([said("agent", 0, 1000, text)])
    found = timed_text(words, normaliser(identifier, "zh"), unit)  # type: ignore[arg-type]
    return [(u, found.surface(k, k + 1)) for k, u in enumerate(found.units)]


def test_units_know_the_words_that_they_came_from() -> None:
    assert traced("The twenty-one boilers don't work.") == [
        ("the", "The"), ("21", "twenty-one"), ("boilers", "boilers"), ("do", "don't"),
        ("not", "don't"), ("work", "work."),
    ]  # fmt: skip
    assert traced("I paid forty two dollars, [noise] thanks") == [
        ("i", "I"), ("paid", "paid"), ("$42", "forty two dollars,"), ("thanks", "thanks"),
    ]  # fmt: skip


def test_rewritten_stretches_are_cut_where_they_can_be() -> None:
    assert traced("pay five dollars fifty percent now") == [
        ("pay", "pay"), ("$5", "five dollars"), ("50%", "fifty percent"), ("now", "now"),
    ]  # fmt: skip


def test_units_of_words_and_words_of_units_are_inverse() -> None:
    words = source_words([said("agent", 0, 1000, "I don't owe twenty one dollars (x) today")])
    text = timed_text(words, normaliser("whisper-en-1"), "word")
    assert text.units == ("i", "do", "not", "owe", "$21", "today")
    assert text.units_of(1, 2) == (1, 3)
    assert text.units_of(4, 5) == (4, 5)
    assert text.units_of(6, 7) == (0, 0)  # in brackets: no unit
    assert text.word_range(4, 5) == (3, 6)


def test_characters_are_traced_too() -> None:
    assert traced("电话三百五十，好", "cjk-chars-1", "char") == [
        ("电", "电"), ("话", "话"), ("3", "三"), ("5", "五"), ("0", "十"), ("好", "好"),
    ]  # fmt: skip


def test_word_times_are_used_where_they_fit_the_text() -> None:
    segment = timed("agent", ("The", 100, 200), ("boiler.", 250, 600))
    assert [w.span for w in words_of(segment)] == [Span(100, 200), Span(250, 600)]
    corrected = Segment(
        id="x", speaker="agent", span=Span(100, 600), text="An oiler", words=segment.words
    )
    assert [(w.text, w.span) for w in words_of(corrected)] == [
        ("An", Span(100, 242)), ("oiler", Span(242, 600)),
    ]  # fmt: skip


def test_segments_come_in_order_of_time_and_unheard_ones_not_at_all() -> None:
    words = source_words(
        [
            said("agent", 2000, 3000, "second"),
            said("agent", 0, 1000, "first"),
            said("agent", 4000, 5000, "never played", heard=False),
        ]
    )
    assert [w.text for w in words] == ["first", "second"]


def test_numbers_are_the_same_wherever_segments_are_cut() -> None:
    rules = normaliser("whisper-en-1")
    whole = timed_text(source_words([said("caller", 0, 900, "four five six seven")]), rules, "word")
    halves = [said("caller", 0, 400, "four five"), said("caller", 400, 900, "six seven")]
    assert timed_text(source_words(halves), rules, "word").units == whole.units == ("4567",)


def test_joined_puts_no_space_between_characters_without_spaces() -> None:
    assert joined(["你", "好", "OK", "世界", "ok", "then"]) == "你好 OK 世界 ok then"


@given(st.lists(st.text(max_size=12), max_size=6))
def test_every_unit_has_a_word_whatever_the_text(texts: list[str]) -> None:
    segments = [said("agent", 100 * k, 100 * k + 90, t, f"s{k}") for k, t in enumerate(texts)]
    words = source_words(segments)
    for identifier in ("plain-1", "whisper-en-1", "cjk-chars-1", "eva-1"):
        found = timed_text(words, normaliser(identifier, "en"), "word")
        assert len(found.sources) == len(found.units)
        assert all(0 <= a < b <= len(words) for a, b in found.sources)
        assert [a for a, _ in found.sources] == sorted(a for a, _ in found.sources)
        assert [b for _, b in found.sources] == sorted(b for _, b in found.sources)
        for k in range(len(found.units)):
            assert found.span(k, k + 1).end <= 600


def test_words_given_as_words_alone_are_taken() -> None:
    bare = Segment(
        id="x",
        speaker="agent",
        span=Span(0, 100),
        words=(Word(text="hi", span=Span(0, 50)), Word(text=" ", span=Span(50, 60))),
    )
    assert [w.text for w in words_of(bare)] == ["hi"]
