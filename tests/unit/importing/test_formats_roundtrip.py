"""Every label format: what is written is read again, and written again to the same bytes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calls import SPEAKERS, Span, Speaker
from app.domain.clock import to_frames
from app.domain.segments import Word
from app.domain.transcript_files import Cue, Transcript
from app.services.formats import LABEL_WRITERS, audacity, parse
from app.services.formats.doc import Label, LabelDoc, Mark
from app.services.formats.text import one_line

NASTY = (
    'He said "hi"', "a, b; c\td", "line\nbreak\r\nand\u2028more", "你好，世界",
    "😀👩‍💻", "<b>bold</b>",
    "<v agent>", "--> 00:00", "", " padded ", "caller: not me", "agent: nor me", "=1+1", "'quoted",
    ";; comment", "<o> label", "&amp; & <", "xmin = 0", "\\0\t1", "é\u0301", "\u200f‏", "[speech]",
    "NULL", "nan", "!", "IGNORE", "\x07bell", "x" * 300,
)  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=40, alphabet=st.characters(exclude_categories=["Cs"]))
)


@st.composite
def docs(draw: st.DrawFn) -> LabelDoc:
    """A call's labels: any texts, overlapping, touching, zero-length and unordered."""
    rate = draw(st.sampled_from([8000, 11025, 16000, 44100, 48000]))
    total = draw(st.integers(rate, 600 * rate))
    span = st.tuples(st.integers(0, total - 1), st.integers(0, rate * 5)).map(
        lambda p: (p[0], min(total, p[0] + p[1]))
    )
    labels = tuple(
        Label(speaker=s, start=a, end=b, text=t, turn_id=f"t{i}")
        for i, (s, (a, b), t) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(SPEAKERS), span, TEXT), max_size=8)), start=1
        )
    )
    words: dict[Speaker, tuple[Word, ...]] = {}
    for side in SPEAKERS:
        rows = draw(st.lists(st.tuples(span, TEXT, st.none() | st.floats(0, 1)), max_size=4))
        words[side] = tuple(Word(text=t, span=Span(a, b), confidence=c) for (a, b), t, c in rows)
    pure = st.lists(span, max_size=3).map(
        lambda rows: tuple(Mark(start=a, end=b, text="-") for a, b in rows)
    )
    marks = st.lists(st.tuples(span, TEXT), max_size=3).map(
        lambda rows: tuple(Mark(start=a, end=b, text=t) for (a, b), t in rows)
    )
    return LabelDoc(
        file_id="CB-00001",
        rate_hz=rate,
        frame_count=total,
        labels=labels,
        words=words,
        speech={"caller": draw(pure), "agent": draw(pure)},
        overlaps=draw(marks),
        events=tuple(Mark(start=m.start, end=m.start, text=m.text) for m in draw(marks)),
        comments={"r1": draw(marks)},
    )


def again(doc: LabelDoc, read: Transcript) -> LabelDoc:
    """The document that an import of `read` into a call of the same audio would export."""
    rate = doc.rate_hz

    def mark(start_s: float, end_s: float, text: str) -> Mark:
        return Mark(start=to_frames(start_s, rate), end=to_frames(end_s, rate), text=text)

    labels = tuple(
        Label(
            speaker=_side(c),
            start=to_frames(c.start_s, rate),
            end=to_frames(c.end_s, rate),
            text=c.text,
        )
        for c in read.cues
    )
    words: dict[Speaker, tuple[Word, ...]] = {
        side: tuple(
            Word(
                text=w.text,
                span=Span(to_frames(w.start_s, rate), to_frames(w.end_s, rate)),
                confidence=w.confidence,
            )
            for c in read.cues
            if _side(c) == side
            for w in c.words
        )
        for side in SPEAKERS
    }
    tiers: dict[str, list[Mark]] = {}
    for m in read.marks:
        base = m.tier if not m.tier[-2:].lstrip("_").isdigit() else m.tier[:-2]
        tiers.setdefault(base, []).append(mark(m.start_s, m.end_s, m.text))
    return LabelDoc(
        file_id=doc.file_id,
        rate_hz=rate,
        frame_count=doc.frame_count,
        labels=labels,
        words=words,
        speech={
            side: tuple(mark(c.start_s, c.end_s, "-") for c in read.speech if c.speaker == side)
            for side in SPEAKERS
        },
        overlaps=tuple(tiers.get("overlap", ())),
        events=tuple(tiers.get("events", ())),
        comments={"r1": tuple(tiers.get("comments_r1", ()))},
    )


def _no_turns(data: bytes) -> bytes:
    """An EAF without its turn numbers, which a label document made from cues does not have."""
    return re.sub(rb'<TIER [^>]*TIER_ID="turn@.*?</TIER>\s*', b"", data, flags=re.DOTALL)


def _side(cue: Cue) -> Speaker:
    side = cue.speaker.split("_")[0]
    assert side in SPEAKERS
    return "caller" if side == "caller" else "agent"


@pytest.mark.parametrize("name", ["rttm", "stm", "vtt", "srt"])
@settings(max_examples=60, deadline=None)
@given(doc=docs())
def test_line_formats_keep_every_label(name: str, doc: LabelDoc) -> None:
    suffix, write = LABEL_WRITERS[name]
    first = write(doc)
    read = parse(first, f"CB-00001{suffix}") if doc.labels else Transcript(format=name, cues=())
    assert not read.problems
    assert len(read.cues) == len(doc.labels)
    assert write(again(doc, read)) == first
    if name != "rttm":
        assert sorted(c.text for c in read.cues) == sorted(one_line(x.text) for x in doc.labels)


@settings(max_examples=60, deadline=None)
@given(doc=docs())
def test_ctm_keeps_every_word(doc: LabelDoc) -> None:
    suffix, write = LABEL_WRITERS["ctm"]
    first = write(doc)
    if not first:
        return
    read = parse(first, f"CB-00001{suffix}")
    assert not read.problems
    assert write(again(doc, read)) == first


@pytest.mark.parametrize("name", ["textgrid", "eaf"])
@settings(max_examples=60, deadline=None)
@given(doc=docs())
def test_tier_formats_keep_their_labels(name: str, doc: LabelDoc) -> None:
    suffix, write = LABEL_WRITERS[name]
    first = write(doc)
    read = parse(first, f"CB-00001{suffix}")
    assert not read.problems
    plain = replace(doc, words={}, comments={}, events=())  # a word beside a turn makes a turn
    first = write(plain)
    assert _no_turns(write(again(plain, parse(first, f"x{suffix}")))) == _no_turns(first)
    own = [c for c in read.cues if c.row]
    assert len(own) == len(doc.labels)
    texts = sorted(one_line(x.text) for x in doc.labels)
    if name == "textgrid":
        texts = sorted("" if t == "[speech]" else t for t in texts)
    assert sorted(c.text for c in own) == texts


@settings(max_examples=60, deadline=None)
@given(doc=docs())
def test_audacity_tiers_keep_their_labels(doc: LabelDoc) -> None:
    files = audacity.write(doc)
    assert all(b.endswith(b"\n") for b in files.values())
    read = audacity.read_tiers({k: v.decode() for k, v in files.items()})
    assert not read.problems
    assert sorted(c.text for c in read.cues if c.row) == sorted(
        one_line(x.text) for x in doc.labels
    )
