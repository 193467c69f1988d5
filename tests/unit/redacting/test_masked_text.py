"""What words look like under a mask: no word, no length and no number of words gets through."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import masked_text
from app.domain.calls import Span
from app.domain.redaction import MARK, Mask, Redaction, mask_of, union
from app.domain.segments import Layer, Segment, Word
from app.domain.turn_rules import derive

RATE = 1000


def line(text: str, *words: str, start: int = 0, each: int = 100, step: int = 100) -> Segment:
    """A caller's line whose words follow each other at `step` frames."""
    timed = tuple(
        Word(text=w, span=Span(start + n * step, start + n * step + each))
        for n, w in enumerate(words)
    )
    end = timed[-1].span.end if timed else start + 1000
    return Segment(id=f"s{start}", speaker="caller", span=Span(start, end), text=text, words=timed)


def over(start: int, end: int) -> Mask:
    return Mask(caller=(Span(start, end),))


def shown(segment: Segment, mask: Mask) -> str:
    (found,) = masked_text.masked([segment], mask)
    return found.text


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (100, 101, f"My {MARK} is 4, 1."),  # one frame is enough
        (199, 201, f"My {MARK} 4, 1."),
        (300, 450, f"My PIN is {MARK}"),
        (0, 500, MARK),
        (500, 900, "My PIN is 4, 1."),  # half open: the last word ends before it
    ],
)
def test_words_that_share_a_frame_become_one_mark(start: int, end: int, expected: str) -> None:
    segment = line("My PIN is 4, 1.", "My", "PIN", "is", "4", "1")
    assert shown(segment, over(start, end)) == expected


def test_a_sign_goes_with_its_word_and_the_word_list_follows() -> None:
    segment = line("pay $500, now", "pay", "500", "now")
    (found,) = masked_text.masked([segment], over(120, 130))
    assert found.text == f"pay {MARK} now"
    assert [w.text for w in found.words] == ["pay", MARK, "now"]
    assert found.words[1].span == segment.words[1].span
    assert found.span == segment.span


def test_a_line_without_word_times_is_masked_as_a_whole() -> None:
    untimed = line("card 4111 and more")
    corrected = line("card 4111", "cart", "four")  # the words are others: where they lie is unknown
    for segment in (untimed, corrected):
        assert shown(segment, over(10, 20)) == MARK
    assert masked_text.whole_lines([untimed, corrected, line("a b", "a", "b")], over(10, 20)) == 2


def test_the_other_speaker_and_other_times_stay() -> None:
    segment = line("card 4111")
    assert shown(segment, Mask(agent=(Span(0, 5000),))) == "card 4111"
    assert shown(segment, over(2000, 3000)) == "card 4111"


words = st.lists(st.text("abcxyz019é你", min_size=1, max_size=6), min_size=1, max_size=8)


@given(words=words, start=st.integers(0, 900), length=st.integers(1, 900))
def test_what_is_left_does_not_depend_on_what_is_masked(
    words: list[str], start: int, length: int
) -> None:
    mask = over(start, start + length)
    hidden = [n for n in range(len(words)) if n * 100 < start + length and start < n * 100 + 100]
    other = ["zq" * 9 if n in hidden else w for n, w in enumerate(words)]
    one, two = (masked_text.masked([line(" ".join(w), *w)], mask) for w in (words, other))
    assert one == two
    assert one[0].text.count(MARK) == bool(hidden)


def test_turns_stay_and_their_text_is_masked() -> None:
    layer = Layer(
        id="l", call_id="c", kind="speech", origin="detector", name="d", producer="t", version=1
    )
    speech = [
        Segment(id="a", speaker="caller", span=Span(0, 900)),
        Segment(id="b", speaker="agent", span=Span(950, 1200)),
        Segment(id="c", speaker="caller", span=Span(1300, 2500)),
    ]
    said = [
        line("one two", "one", "two", step=300),
        Segment(id="m", speaker="agent", span=Span(950, 1200), text="mm-hm"),
        line("three four five", "three", "four", "five", start=1300, step=300),
    ]
    found = derive(speech, said, layer=layer, rate_hz=RATE, frame_count=4000)
    mask = Mask(caller=(Span(300, 1900),), agent=(Span(960, 970),))
    masked = masked_text.masked_turns(found, said, mask)
    assert [(t.id, t.span) for t in masked.turns] == [(t.id, t.span) for t in found.turns]
    assert masked.latencies == found.latencies
    assert masked.overlaps == found.overlaps
    texts = " ".join(u.text for u in masked.utterances)
    assert texts == f"one {MARK} {MARK} {MARK} five"
    assert {t.text for t in masked.turns} <= {
        f"one {MARK}", MARK, f"{MARK} five", f"one {MARK} five"
    }  # fmt: skip
    unmasked = masked_text.masked_turns(found, said, Mask(agent=(Span(3000, 3001),)))
    assert unmasked == found


def test_text_about_a_call_loses_what_was_hidden_and_every_number() -> None:
    segment = line("my PIN is four one", "my", "PIN", "is", "four", "one")
    hidden = masked_text.secrets([[segment]], over(100, 500))
    told = "The agent repeated Four One (41) though it is private."
    assert masked_text.scrubbed(told, hidden) == (
        f"The agent repeated {MARK} ({MARK}) though it is private."
    )
    assert masked_text.scrubbed("He took 12 s.", frozenset()) == "He took 12 s."


def test_a_call_that_came_in_masked_hides_no_more_words() -> None:
    segment = line(f"my {MARK} ok", "my", MARK, "ok")
    assert masked_text.secrets([[segment]], over(100, 200)) == frozenset()
    assert shown(segment, over(100, 200)) == f"my {MARK} ok"


def test_values_of_a_log_are_masked_in_their_shape() -> None:
    hidden = frozenset({"4111", "smith"})
    told = {"name": "Smith", "card": 4111, "n": 2, "ok": True, "list": ["smith", None]}
    assert masked_text.masked_json(told, hidden) == {
        "name": MARK, "card": MARK, "n": 2, "ok": True, "list": [MARK, None],
    }  # fmt: skip


spans = st.builds(lambda a, n: Span(a, a + n), st.integers(0, 50), st.integers(1, 20))


@given(st.lists(spans, max_size=8))
def test_a_union_covers_the_same_frames_once(found: list[Span]) -> None:
    made = union(found)
    covered = [f for s in made for f in range(s.start, s.end)]
    assert covered == sorted({f for s in found for f in range(s.start, s.end)})
    assert all(a.end < b.start for a, b in itertools.pairwise(made))


def test_each_channel_has_its_own_spans() -> None:
    def marked(start: int, end: int, channels: str) -> Redaction:
        return Redaction(
            id="r", call_id="c", span=Span(start, end), channels=channels,  # type: ignore[arg-type]
            reason="", rater_id="p", rater_name="P", created_at="",
        )  # fmt: skip

    mask = mask_of([marked(0, 10, "caller"), marked(5, 20, "both"), marked(30, 40, "agent")])
    assert mask.caller == (Span(0, 20),)
    assert mask.agent == (Span(5, 20), Span(30, 40))
    assert mask.of("mix") == (Span(0, 20), Span(30, 40))
    assert mask.touches(Span(30, 30), "agent")
    assert not mask.touches(Span(20, 30))
    assert not Mask()
