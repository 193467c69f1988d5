"""A call as a label document: turns, words, overlaps, latencies, events, comments."""

from __future__ import annotations

from collections import Counter

from app.domain import events
from app.domain.calls import SPEAKERS, Span, Speaker
from app.domain.segments import Segment, Word
from app.domain.turns import TurnSet
from app.services.exporting.gather import CallData, pseudonym, source_name
from app.services.formats.doc import Label, LabelDoc, Mark
from app.services.formats.text import one_line
from app.services.formats.times import seconds

_LETTER = {
    "backchannel": "b",
    "interruption": "i",
    "false_interruption": "f",
    "talk_over": "t",
    "terminal": "e",
}


def document(data: CallData) -> LabelDoc:
    """What label formats can carry of a call.

    A turn is one label. So is speech that takes no turn (a backchannel): it was said, and an
    import of the labels must find it again.
    """
    found = data.turn_set
    call = data.call
    base = LabelDoc(
        file_id=data.file_id,
        rate_hz=call.rate_hz,
        frame_count=call.frame_count,
        words=words(data.transcript),
        comments=_comments(data),
        media=source_name(call),
        redacted=tuple(
            Mark(start=s.start, end=s.end, text=side)
            for side in SPEAKERS
            for s in data.outgoing.mask.of(side)
        ),
    )
    if found is None:
        return base
    return LabelDoc(
        file_id=base.file_id,
        rate_hz=base.rate_hz,
        frame_count=base.frame_count,
        words=base.words,
        comments=base.comments,
        media=base.media,
        redacted=base.redacted,
        labels=_labels(found),
        speech={
            side: tuple(
                Mark(start=u.span.start, end=u.span.end, text="speech")
                for u in found.utterances
                if u.speaker == side
            )
            for side in SPEAKERS
        },
        overlaps=tuple(
            Mark(start=o.span.start, end=o.span.end, text=f"{_LETTER[o.kind]} {o.by}")
            for o in found.overlaps
        ),
        latencies=_latencies(found),
        events=_events(data, found),
    )


def _labels(found: TurnSet) -> tuple[Label, ...]:
    turns = [
        Label(speaker=t.speaker, start=t.span.start, end=t.span.end, text=t.text, turn_id=t.id)
        for t in found.turns
    ]
    aside = [
        Label(speaker=u.speaker, start=u.span.start, end=u.span.end, text=u.text)
        for u in found.utterances
        if u.turn_id is None
    ]
    return tuple(sorted([*turns, *aside], key=lambda x: (x.start, x.end, x.speaker)))


def _latencies(found: TurnSet) -> tuple[Mark, ...]:
    """The stretch between the two turns; its label is the signed latency in seconds."""
    turns = {t.id: t for t in found.turns}
    marks = []
    for latency in found.latencies:
        onset = turns[latency.turn_id].span.start
        offset = onset - latency.frames
        marks.append(
            Mark(
                start=min(onset, offset),
                end=max(onset, offset),
                text=seconds(latency.frames, found.rate_hz),
            )
        )
    return tuple(marks)


def _events(data: CallData, found: TurnSet) -> tuple[Mark, ...]:
    raw = data.call.extra.get("events", ())
    listed = [
        *events.reported(raw if isinstance(raw, list) else (), data.call.frame_count),
        *events.derived(found),
    ]
    return tuple(
        Mark(start=e.span.start, end=e.span.start, text=f"{e.kind}: {e.label}".rstrip(": "))
        for e in listed
    )


def _comments(data: CallData) -> dict[str, tuple[Mark, ...]]:
    by_rater: dict[str, list[Mark]] = {}
    for comment in data.comments:
        end = comment.end if comment.end is not None else comment.start
        by_rater.setdefault(pseudonym(comment.rater_id, comment.rater_name), []).append(
            Mark(start=comment.start, end=end, text=comment.body)
        )
    return {rater: tuple(marks) for rater, marks in by_rater.items()}


def words(transcript: tuple[Segment, ...]) -> dict[Speaker, tuple[Word, ...]]:
    """Timed words by speaker; a line without them has its words spread over it by length."""
    found: dict[Speaker, list[Word]] = {side: [] for side in SPEAKERS}
    for segment in transcript:
        if not segment.heard:
            continue
        found[segment.speaker] += segment.words or _spread(segment)
    return {side: tuple(w) for side, w in found.items() if w}


def _spread(segment: Segment) -> tuple[Word, ...]:
    """The line's words, each as long as its share of the letters. Estimated, and said to be."""
    parts = one_line(segment.text).split()
    total = sum(len(p) for p in parts)
    if not parts or segment.span.frames < len(parts):
        return ()
    spread, before = [], 0
    for part in parts:
        after = before + len(part)
        at = [segment.span.start + segment.span.frames * x // total for x in (before, after)]
        spread.append(Word(text=part, span=Span(at[0], max(at[1], at[0] + 1))))
        before = after
    return tuple(spread)


def losses(data: CallData, format_name: str) -> Counter[str]:
    """What the format cannot hold of this call: sentence to number of cases."""
    lost: Counter[str] = Counter()
    texts = [s.text for s in data.transcript] + [c.body for c in data.comments]
    lost["lines that were generated but never heard, left out"] = sum(
        not s.heard for s in data.transcript
    )
    lost["line breaks and control characters became blanks"] = sum(
        one_line(text) != text for text in texts
    )
    if format_name in ("ctm", "textgrid", "eaf", "audacity"):
        lost["lines without timed words: their words were spread over the line by length"] = sum(
            bool(s.text) and not s.words for s in data.transcript
        )
    if format_name in ("rttm", "vtt", "srt", "eaf"):
        lost["times rounded to milliseconds"] = len(data.turn_set.turns) if data.turn_set else 0
    if format_name == "rttm":
        lost["texts left out"] = sum(bool(s.text) for s in data.transcript)
    if format_name in ("rttm", "ctm", "stm", "vtt", "srt"):
        lost["comments left out"] = len(data.comments)
    return +lost
