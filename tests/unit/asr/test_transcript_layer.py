"""What was heard becomes a transcript: words with their utterances, speakers told apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calls import Call, Span, Speaker
from app.domain.utterances import Speech
from app.eval.asr import layer, metrics
from app.models.asr import Heard, HeardSegment, HeardWord, segment_of

RATE = 8000
FRAMES = 60 * RATE


def call(frames: int = FRAMES) -> Call:
    return Call(
        id="c",
        code="CB-00001",
        title="",
        rate_hz=RATE,
        frame_count=frames,
        channel_map="caller,agent",
        tracks=(),
        source_path="",
        content_sha256="",
        imported_at="",
    )


def lanes(**spans: list[tuple[float, float]]) -> dict[Speaker, list[Speech]]:
    speakers: tuple[Speaker, Speaker] = ("caller", "agent")
    return {
        s: [Speech(s, round(a * RATE), round(b * RATE), []) for a, b in spans[s]]
        for s in speakers
        if s in spans
    }


def word(text: str, start: float, end: float, confidence: float | None = 0.5) -> HeardWord:
    return HeardWord(f" {text}", start, end, confidence)


def heard(*segments: HeardSegment) -> Heard:
    return Heard(segments, "en")


def test_one_segment_an_utterance_with_its_span() -> None:
    words = [word("one", 1.0, 1.4), word("two", 1.5, 2.2, 0.9), word("three", 5.1, 5.5, None)]
    found = layer.segments(
        heard(segment_of(words)), lanes(caller=[(1.0, 2.0), (5.0, 6.0), (8.0, 9.0)]), call()
    )
    assert [s.text for s in found] == ["one two", "three"]
    assert [s.span for s in found] == [Span(RATE, 2 * RATE), Span(5 * RATE, 6 * RATE)]
    assert {s.speaker for s in found} == {"caller"}
    assert [(w.text, w.span.start) for w in found[0].words] == [("one", RATE), ("two", 12_000)]
    assert found[0].confidence == pytest.approx(0.7)
    assert found[1].confidence is None


def test_words_of_a_mix_go_to_whom_they_overlap_most() -> None:
    both = lanes(caller=[(1.0, 3.0)], agent=[(2.5, 5.0)])
    words = [word("mine", 1.0, 2.0), word("shared", 2.4, 3.3), word("yours", 4.0, 4.8)]
    found = layer.segments(heard(segment_of(words)), both, call())
    assert [(s.speaker, s.text) for s in found] == [("caller", "mine"), ("agent", "shared yours")]


def test_a_segment_without_words_goes_to_whom_it_overlaps_most() -> None:
    both = lanes(caller=[(1.0, 3.0)], agent=[(2.5, 9.0)])
    found = layer.segments(
        heard(
            HeardSegment("hello there", 1.2, 3.2, 0.4),
            HeardSegment("yes", 3.0, 5.0, 0.8),
            HeardSegment("of course", 5.0, 8.0, 0.6),
        ),
        both,
        call(),
    )
    assert [(s.speaker, s.text) for s in found] == [
        ("caller", "hello there"),
        ("agent", "yes of course"),
    ]
    assert found[1].confidence == pytest.approx(0.7)
    assert found[1].words == ()


def test_a_word_far_from_all_speech_stands_by_itself() -> None:
    found = layer.segments(
        heard(segment_of([word("ghost", 30.0, 30.5), word("spook", 40.0, 40.0)])),
        lanes(agent=[(1.0, 2.0)]),
        call(),
    )
    assert [(s.speaker, s.text, s.span.start // RATE) for s in found] == [
        ("agent", "ghost", 30),
        ("agent", "spook", 40),
    ]


def test_times_beyond_the_recording_are_brought_back() -> None:
    found = layer.segments(
        heard(segment_of([word("end", 1.9, 2.6)])), lanes(caller=[(1.0, 2.0)]), call(2 * RATE)
    )
    assert found[0].words[0].span == Span(round(1.9 * RATE), 2 * RATE)
    assert layer.segments(heard(segment_of([word("x", 0, 1)])), lanes(caller=[]), call(0)) == []


def test_scripts_without_spaces_stay_without() -> None:
    words = [HeardWord("早上", 1.0, 1.4), HeardWord("好", 1.4, 1.8)]
    (found,) = layer.segments(heard(segment_of(words)), lanes(agent=[(1.0, 2.0)]), call())
    assert found.text == "早上好"
    (_, count) = metrics.values([found], ["agent"], "p")
    assert count.value == 2


times = st.integers(0, 550).map(lambda n: n / 10)
spoken = st.lists(times, max_size=10, unique=True).map(
    lambda t: list(zip(sorted(t)[::2], sorted(t)[1::2], strict=False))
)


@settings(deadline=None)
@given(spoken, spoken, st.lists(st.tuples(times, st.floats(0, 3)), max_size=12))
def test_every_word_is_kept_once_and_within_the_call(
    caller: list[tuple[float, float]],
    agent: list[tuple[float, float]],
    at: list[tuple[float, float]],
) -> None:
    words = [word(f"w{i}", a, a + d) for i, (a, d) in enumerate(sorted(at))]
    segments = [segment_of(words)] if words else []
    found = layer.segments(heard(*segments), lanes(caller=caller, agent=agent), call())
    kept = sorted(w.text for s in found for w in s.words)
    assert kept == sorted(w.text.strip() for w in words)
    assert sorted(t for s in found for t in s.text.split()) == kept
    for s in found:
        assert 0 <= s.span.start < s.span.end <= FRAMES
        assert all(0 <= w.span.start < w.span.end <= FRAMES for w in s.words)
    assert [s.span for s in found] == sorted(s.span for s in found)
    assert len({s.id for s in found}) == len(found)


def test_confidence_is_a_mean_over_words_that_pools() -> None:
    found = layer.segments(
        heard(segment_of([word("a", 1, 1.2, 0.2), word("b", 1.3, 1.5, 0.6), word("c", 5, 6, 1.0)])),
        lanes(caller=[(1.0, 2.0), (5.0, 6.0)], agent=[]),
        call(),
    )
    sure, count, none_sure, none = metrics.values(found, ["caller", "agent"], "engine")
    assert sure.value == pytest.approx(0.6)
    assert sure.components == {"confidence_sum": 1.8, "words": 3}
    assert [(e.span.start, e.value) for e in sure.evidence] == [(RATE, 0.4), (5 * RATE, 1.0)]
    assert (count.value, count.n) == (3, 2)
    assert (none.value, none.n) == (0, 0)
    assert none_sure.status == "undefined"
    assert "No word of the agent" in none_sure.reason
    assert {v.profile for v in (sure, count, none_sure, none)} == {"engine"}


def test_a_recogniser_without_confidences_is_not_sure_of_nothing() -> None:
    found = layer.segments(
        heard(HeardSegment("some words", 1, 2)), lanes(caller=[(1.0, 2.0)]), call()
    )
    sure, count = metrics.values(found, ["caller"], "")
    assert sure.status == "undefined"
    assert "does not say" in sure.reason
    assert count.value == 2
