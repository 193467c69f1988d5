"""Puts a transcript's lines and words onto utterances, by where they overlap most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.domain.calls import Speaker
from app.domain.segments import Segment, Word
from app.domain.utterances import Lane, Speech

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Kana and Han: scripts written without spaces between words."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What could not simply be laid on an utterance."""

    unplaced: tuple[str, ...]
    """Transcript segments too far from any speech of their speaker."""
    unheard: tuple[Segment, ...]
    """Text that was generated but never played."""


def count_words(text: str) -> int:
    """Words in `text`; in scripts without spaces two characters count as one word."""
    if text.isascii():
        return sum(w[0].isalnum() or any(c.isalnum() for c in w) for w in text.split())
    unspaced = len(_UNSPACED.findall(text))
    spaced = len([w for w in _UNSPACED.sub(" ", text).split() if any(c.isalnum() for c in w)])
    return spaced + (unspaced + 1) // 2


def place(
    transcript: Sequence[Segment], lanes: Mapping[Speaker, Lane], slack_frames: float
) -> Placement:
    """Fill `texts` and `word_count` of the utterances in `lanes` from `transcript`."""
    unplaced: list[str] = []
    unheard: list[Segment] = []
    for segment in sorted(transcript, key=lambda s: (s.span.start, s.span.end, s.id)):
        if not segment.heard:
            unheard.append(segment)
            continue
        pieces = _pieces(segment, lanes[segment.speaker], slack_frames)
        if not pieces and segment.text.strip():
            unplaced.append(segment.id)
        for speech, text in pieces:
            speech.texts.append(text)
            speech.word_count = (speech.word_count or 0) + count_words(text)
    return Placement(tuple(unplaced), tuple(unheard))


def _pieces(segment: Segment, lane: Lane, slack: float) -> list[tuple[Speech, str]]:
    """The parts of the segment's text and the utterance that each belongs to."""
    whole = lane.best(segment.span.start, segment.span.end, slack)
    if whole is None:
        return []
    text = " ".join(segment.text.split())
    if not segment.words:
        return [(whole, text)] if text else []
    first = min(segment.span.start, segment.words[0].span.start)
    last = max(segment.span.end, segment.words[-1].span.end)
    if lane.is_alone(whole, first, last, slack):  # most lines: no word can belong elsewhere
        return [(whole, text or _joined(segment.words))]
    homes = [lane.best(w.span.start, w.span.end, slack) or whole for w in segment.words]
    if all(home is homes[0] for home in homes):
        return [(homes[0], text or _joined(segment.words))]
    return _split(segment.words, homes, text)


def _split(words: Sequence[Word], homes: Sequence[Speech], text: str) -> list[tuple[Speech, str]]:
    """Cut `text` where the words move on to another utterance."""
    starts = _word_starts(words, text)
    out: list[tuple[Speech, str]] = []
    for _, run in groupby(range(len(words)), key=lambda i: id(homes[i])):
        members = list(run)
        first, after = members[0], members[-1] + 1
        if starts is None:
            part = _joined(words[first:after])
        else:
            begin = 0 if first == 0 else starts[first]
            part = text[begin : starts[after] if after < len(words) else len(text)].strip()
        if part:
            out.append((homes[first], part))
    return out


def _word_starts(words: Sequence[Word], text: str) -> list[int] | None:
    """Where each word begins in `text`; None if the text is not made of these words."""
    starts: list[int] = []
    at = 0
    for word in words:
        found = text.find(word.text.strip(), at)
        if found < 0:
            return None
        starts.append(found)
        at = found + len(word.text.strip())
    return starts


def _joined(words: Sequence[Word]) -> str:
    return " ".join(w.text.strip() for w in words if w.text.strip())
