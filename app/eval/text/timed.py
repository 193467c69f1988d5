"""Text with times: from which words of a transcript, and so from which frames, each unit came.

Normalising looks at whole texts (`twenty one` is 21), so units are made of the whole text at once
and traced back to its words afterwards.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.domain.calls import Span
from app.domain.segments import Segment, Word
from app.eval.text.languages import UNSPACED
from app.eval.text.normalise import Normaliser, Unit
from app.eval.text.trace import traced

_TOKEN = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})\S)+")
"""A word, or one character of a script without spaces."""


@dataclass(frozen=True, slots=True)
class SourceWord:
    """A word of a transcript: its text, its frames and the segment that it stands in.

    Frames are the word's own where the transcript has word times, else the segment's shared out
    over its words by their length.
    """

    text: str
    span: Span
    segment_id: str


@dataclass(frozen=True)
class TimedText:
    """A text in units, each traced back to the words that it came from.

    Attributes:
        words: the words in order of time.
        units: the normalised text.
        sources: for each unit, the half-open range of words that it came from; both ends rise.
    """

    words: tuple[SourceWord, ...]
    units: tuple[str, ...]
    sources: tuple[tuple[int, int], ...]

    def word_range(self, first: int, end: int) -> tuple[int, int]:
        """The words that the units `first` to `end` (at least one) came from."""
        sources = self.sources[first:end]
        return min(s[0] for s in sources), max(s[1] for s in sources)

    def units_of(self, first: int, end: int) -> tuple[int, int]:
        """The units that came, wholly or in part, from the words `first` to `end`; may be none."""
        at, stop = bisect_right(self._ends, first), bisect_left(self._starts, end)
        return (at, stop) if at < stop else (0, 0)

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.sources]

    @cached_property
    def _ends(self) -> list[int]:
        return [end for _, end in self.sources]

    def span(self, first: int, end: int) -> Span:
        """Frames of the units `first` to `end` (at least one)."""
        a, b = self.word_range(first, end)
        words = self.words[a:b]
        return Span(min(w.span.start for w in words), max(w.span.end for w in words))

    def surface(self, first: int, end: int) -> str:
        """The units `first` to `end` as they were written; empty where there are none."""
        if first >= end:
            return ""
        a, b = self.word_range(first, end)
        return joined([w.text for w in self.words[a:b]])


def source_words(segments: Sequence[Segment]) -> list[SourceWord]:
    """The words of what was heard of `segments`, in order of time."""
    found: list[SourceWord] = []
    for segment in sorted(segments, key=lambda s: (s.span.start, s.span.end, s.id)):
        if segment.heard:
            found += [SourceWord(w.text, w.span, segment.id) for w in words_of(segment)]
    return found


def words_of(segment: Segment) -> list[Word]:
    """A segment's timed words; where it has none that fit its text, its time shared out."""
    timed = [w for w in segment.words if w.text.strip()]
    if timed and (not segment.text.strip() or _letters(segment.text) == _letters_of(timed)):
        return timed
    tokens = [t[0] for t in _TOKEN.finditer(segment.text)]
    total, start = sum(map(len, tokens)), segment.span.start
    words, done = [], 0
    for token in tokens:
        begin = start + segment.span.frames * done // total
        done += len(token)
        words.append(
            Word(text=token, span=Span(begin, start + segment.span.frames * done // total))
        )
    return words


def timed_text(words: Sequence[SourceWord], normaliser: Normaliser, unit: Unit) -> TimedText:
    """Normalise the words as one text and trace its units back to them."""

    def units_of(texts: Sequence[str]) -> list[str]:
        return normaliser.units(joined(texts), unit)

    texts = [w.text for w in words]
    units = units_of(texts)
    sources = traced(texts, units, units_of)
    return TimedText(tuple(words), tuple(units), tuple(sources))


def joined(texts: Sequence[str]) -> str:
    """Words as one text, without spaces where the script has none."""
    out: list[str] = []
    for text in map(str.strip, texts):
        if out and text and out[-1] and not (UNSPACED.match(text) and UNSPACED.match(out[-1][-1])):
            out.append(" ")
        out.append(text)
    return "".join(out)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _letters_of(words: Sequence[Word]) -> str:
    return "".join(_letters(w.text) for w in words)
