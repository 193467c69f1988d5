"""What must hold of any turn set, whatever the segments."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.calls import Span
from app.domain.segments import Segment
from app.domain.turns import TurnSet
from tests.unit.timing.lanes import seg, turns_of

FRAMES = 30_000
KINDS = ["backchannel", "interruption", "false_interruption", "talk_over", "terminal"]


@st.composite
def speech(draw: st.DrawFn) -> list[Segment]:
    """Any segments of both speakers, overlapping or not, many of them on round times."""
    times = st.one_of(st.integers(0, FRAMES), st.integers(0, FRAMES // 100).map(lambda n: n * 100))
    out = []
    for i in range(draw(st.integers(0, 14))):
        start, end = sorted((draw(times), draw(times)))
        end = min(end, start + draw(st.sampled_from([90, 250, 900, 2500, 9000])))
        out.append(seg(draw(st.sampled_from(["caller", "agent"])), start, end, f"s{i}"))
    return out


def derived(segments: list[Segment], **more: object) -> TurnSet:
    return turns_of(segments, frame_count=FRAMES, **more)  # type: ignore[arg-type]


@given(speech())
def test_latencies_telescope(segments: list[Segment]) -> None:
    turns = derived(segments).turns
    if turns:
        total = sum(t.latency.frames for t in turns if t.latency)
        assert total == turns[-1].span.start - turns[0].span.start - sum(
            t.span.frames for t in turns[:-1]
        )


@given(speech())
def test_turns_alternate_and_partition_the_utterances(segments: list[Segment]) -> None:
    found = derived(segments)
    assert all(a.speaker != b.speaker for a, b in zip(found.turns, found.turns[1:], strict=False))
    assert [t.index for t in found.turns] == list(range(1, len(found.turns) + 1))
    starts = [t.span.start for t in found.turns]
    assert starts == sorted(starts)
    by_turn = Counter(u.turn_id for u in found.utterances)
    assert by_turn.keys() - {None} == {t.id for t in found.turns}
    for turn in found.turns:
        mine = [u for u in found.utterances if u.turn_id == turn.id]
        assert turn.span == Span(mine[0].span.start, mine[-1].span.end)
        assert {u.speaker for u in mine} == {turn.speaker}
        assert turn.segment_ids == tuple(i for u in mine for i in u.segment_ids)


@given(speech())
def test_every_segment_is_used_once_or_dropped(segments: list[Segment]) -> None:
    found = derived(segments)
    used = [i for u in found.utterances for i in u.segment_ids]
    assert Counter([*used, *found.extra["dropped_segment_ids"]]) == Counter(s.id for s in segments)


@given(speech())
def test_overlaps_are_where_both_speak(segments: list[Segment]) -> None:
    found = derived(segments)
    both = [0] * (FRAMES + 1)
    for utterance in found.utterances:
        both[utterance.span.start] += 1
        both[utterance.span.end] -= 1
    level = shared = 0
    for step in both:
        level += step
        shared += level == 2
    assert sum(o.span.frames for o in found.overlaps) == shared
    ids = {s.id: s for s in segments}
    for overlap in found.overlaps:
        first, second = (ids[i] for i in overlap.segment_ids)
        assert (first.speaker, second.speaker) in (("caller", "agent"), ("agent", "caller"))
        assert second.speaker == overlap.by


@given(speech())
def test_interruptions_agree_with_overlaps(segments: list[Segment]) -> None:
    found = derived(segments)
    kinds = {(o.by, o.span.start): o.kind for o in found.overlaps}
    onsets = {(t.speaker, t.span.start) for t in found.turns}
    for i in found.interruptions:
        assert (i.by, i.onset) in onsets
        assert kinds[i.by, i.onset] == ("talk_over" if i.yield_frames is None else "interruption")
        assert i.yield_frames is None or 300 < i.yield_frames <= 2000


@given(speech(), st.data())
def test_any_override_keeps_the_invariants(segments: list[Segment], data: st.DataObject) -> None:
    assume(segments)
    chosen = data.draw(
        st.dictionaries(st.sampled_from([s.id for s in segments]), st.sampled_from(KINDS))
    )
    found = derived(segments, overrides=chosen)
    assert all(a.speaker != b.speaker for a, b in zip(found.turns, found.turns[1:], strict=False))
    ids = {s for t in found.turns for s in t.segment_ids}
    for overlap in found.overlaps:
        if overlap.kind in ("backchannel", "false_interruption") and not overlap.edited:
            assert overlap.segment_ids[1] not in ids
    assert len(found.interruptions) <= len(found.turns)


@given(speech(), st.data())
@settings(max_examples=100)
def test_an_edit_changes_only_what_is_near(segments: list[Segment], data: st.DataObject) -> None:
    """Moving one boundary by 50 ms leaves alone every turn that ends well before it."""
    assume(segments)
    at = data.draw(st.integers(0, len(segments) - 1))
    old = segments[at]
    new = replace(old, span=Span(old.span.start, old.span.end + 50))
    edited = [*segments[:at], new, *segments[at + 1 :]]
    before, after = derived(segments), derived(edited)
    # Nothing that ends before the segment's own speaker and the other's were last silent together
    # can depend on it: rules look at most one utterance of each speaker back.
    reach = [u.span for u in before.utterances] + [u.span for u in after.utterances]
    edge = old.span.start
    for _ in range(len(reach)):
        edge = min([edge, *(s.start for s in reach if s.start < edge <= s.end + 300)])
    quiet = [
        [(t.speaker, t.span, t.segment_ids) for t in found.turns if t.span.end < edge - 300]
        for found in (before, after)
    ]
    shorter, longer = sorted(quiet, key=len)
    assert longer[: len(shorter)] == shorter
    assert len(longer) - len(shorter) <= 1


@given(speech())
def test_dead_air_is_silent_and_long(segments: list[Segment]) -> None:
    found = derived(segments)
    for span in found.dead_air:
        assert span.frames >= 3000
        assert all(span.overlap(u.span) is None for u in found.utterances)
