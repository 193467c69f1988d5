from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import Span
from app.domain.layer_edits import EditError, overrides, replay
from app.domain.segments import LayerEdit, Segment, Word

Edit = tuple[str, dict[str, Any]]


def edits(*pairs: Edit) -> list[LayerEdit]:
    return [
        LayerEdit(
            id=str(at), layer_id="l", seq=at, op=op, payload=payload, rater_id="r", created_at=""
        )  # type: ignore[arg-type]
        for at, (op, payload) in enumerate(pairs)
    ]


def seg(id_: str, start: int, end: int, speaker: Any = "caller", text: str = "") -> Segment:
    return Segment(id=id_, speaker=speaker, span=Span(start, end), text=text)


@st.composite
def parents(draw: st.DrawFn) -> list[Segment]:
    """Segments of two speakers; those of one do not overlap."""
    made: list[Segment] = []
    for speaker in ("caller", "agent"):
        at = 0
        for n in range(draw(st.integers(0, 5))):
            start = at + draw(st.integers(0, 20))
            at = start + draw(st.integers(1, 30))
            made.append(seg(f"{speaker}{n}", start, at, speaker))
    return made


@st.composite
def any_edits(draw: st.DrawFn) -> list[Edit]:
    """Edits that may or may not be possible, on ids that may or may not be there."""
    ids = st.sampled_from([f"{s}{n}" for s in ("caller", "agent") for n in range(5)] + ["new1"])
    frame = st.integers(-5, 200)
    one = st.one_of(
        st.tuples(st.just("move"), st.fixed_dictionaries(
            {"segment_id": ids, "start": frame, "end": frame})),
        st.tuples(st.just("split"), st.fixed_dictionaries(
            {"segment_id": ids, "at": frame, "new_id": st.sampled_from(["new1", "new2"])})),
        st.tuples(st.just("merge"), st.fixed_dictionaries({"segment_id": ids, "with_id": ids})),
        st.tuples(st.just("delete"), st.fixed_dictionaries({"segment_id": ids})),
        st.tuples(st.just("add"), st.fixed_dictionaries(
            {"segment_id": st.sampled_from(["new1", "new3"]), "start": frame, "end": frame,
             "speaker": st.sampled_from(["caller", "agent"])})),
        st.tuples(st.just("text"), st.fixed_dictionaries({"segment_id": ids, "text": st.text()})),
    )  # fmt: skip
    return draw(st.lists(one, max_size=8))


def sane(found: tuple[Segment, ...]) -> None:
    assert len({s.id for s in found}) == len(found)
    assert [s.span.start for s in found] == sorted(s.span.start for s in found)
    for speaker in ("caller", "agent"):
        own = [s for s in found if s.speaker == speaker]
        assert all(s.span.start >= 0 and s.span.end > s.span.start for s in own)
        assert all(a.span.end <= b.span.start for a, b in pairwise(own))


@given(parents(), any_edits())
def test_what_is_accepted_is_sane_and_what_is_refused_changes_nothing(
    parent: list[Segment], wanted: list[Edit]
) -> None:
    frozen = list(parent)
    done: list[Edit] = []
    for edit in wanted:
        try:
            found = replay(parent, edits(*done, edit))
        except EditError:
            continue
        done.append(edit)
        sane(found)
    assert parent == frozen, "the machine's layer is never changed"
    assert replay(parent, edits(*done)) == replay(parent, edits(*done))


@given(parents(), st.data())
def test_split_and_merge_are_inverse(parent: list[Segment], data: st.DataObject) -> None:
    long = [s for s in parent if s.span.frames > 1]
    if not long:
        return
    one = data.draw(st.sampled_from(long))
    at = data.draw(st.integers(one.span.start + 1, one.span.end - 1))
    split = ("split", {"segment_id": one.id, "at": at, "new_id": "x"})
    halves = replay(parent, edits(split))
    assert sum(s.span.frames for s in halves) == sum(s.span.frames for s in parent)
    back = replay(parent, edits(split, ("merge", {"segment_id": one.id, "with_id": "x"})))
    assert back == replay(parent, [])


@given(parents())
def test_no_edits_is_the_parent_in_order(parent: list[Segment]) -> None:
    assert set(replay(parent, [])) == set(parent)


def test_words_go_to_the_half_that_holds_their_middle() -> None:
    words = tuple(
        Word(text=t, span=Span(a, b))
        for t, a, b in (("one", 0, 10), ("two", 10, 30), ("x", 30, 40))
    )
    parent = [Segment(id="a", speaker="agent", span=Span(0, 40), text="one two x", words=words)]
    left, right = replay(parent, edits(("split", {"segment_id": "a", "at": 18, "new_id": "b"})))
    assert (left.text, right.text) == ("one", "two x")
    assert left.words + right.words == words


def test_text_without_word_times_stays_on_the_left() -> None:
    left, right = replay(
        [seg("a", 0, 40, text="one two")],
        edits(("split", {"segment_id": "a", "at": 20, "new_id": "b"})),
    )
    assert (left.text, right.text) == ("one two", "")


def test_merging_over_a_segment_between_is_refused() -> None:
    parent = [seg("a", 0, 10), seg("b", 20, 30), seg("c", 40, 50)]
    with pytest.raises(EditError, match="lies between"):
        replay(parent, edits(("merge", {"segment_id": "a", "with_id": "c"})))
    with pytest.raises(EditError, match="with itself"):
        replay(parent, edits(("merge", {"segment_id": "a", "with_id": "a"})))


def test_a_merge_backwards_keeps_the_named_id() -> None:
    parent = [seg("a", 0, 10, text="first"), seg("b", 20, 30, text="second")]
    (one,) = replay(parent, edits(("merge", {"segment_id": "b", "with_id": "a"})))
    assert (one.id, one.span, one.text) == ("b", Span(0, 30), "first second")


def test_speakers_may_overlap_each_other() -> None:
    parent = [seg("a", 0, 10), seg("b", 20, 30, "agent")]
    found = replay(parent, edits(("move", {"segment_id": "b", "start": 5, "end": 30})))
    assert [s.id for s in found] == ["a", "b"]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"segment_id": "a", "start": 5, "end": 5}, "end after it begins"),
        ({"segment_id": "a", "start": -1, "end": 5}, "before the call"),
        ({"segment_id": "a", "start": 1.5, "end": 5}, "whole number"),
    ],
)
def test_impossible_boundaries_are_named(payload: dict[str, Any], words: str) -> None:
    with pytest.raises(EditError, match=words):
        replay([seg("a", 0, 10)], edits(("move", payload)))


def test_the_latest_overlap_kind_wins() -> None:
    found = overrides(
        edits(
            ("relabel", {"segment_id": "a", "overlap_kind": "interruption"}),
            ("delete", {"segment_id": "b"}),
            ("relabel", {"segment_id": "a", "overlap_kind": "terminal"}),
        )
    )
    assert found == {"a": "terminal"}
