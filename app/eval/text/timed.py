"""Text with times: from which words of a transcript, and so from which frames, each unit came.

Normalising looks at whole texts (`twenty one` is 21), so units are made of the whole text at once
and traced back: each word is normalised alone as well, and both lists are aligned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.domain.calls import Span
from app.domain.segments import Segment, Word
from app.eval.text.languages import UNSPACED
from app.eval.text.normalise import Normaliser, Unit

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


@dataclass(frozen=True, slots=True)
class TimedText:
    """A text in units, each traced back to the words that it came from.

    Attributes:
        words: the words in order of time.
        units: the normalised text.
        sources: for each unit, the half-open range of words that it came from.
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
        found = [k for k, (a, b) in enumerate(self.sources) if a < end and b > first]
        return (found[0], found[-1] + 1) if found else (0, 0)

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
    units = normaliser.units(joined([w.text for w in words]), unit)
    alone = cache(lambda text: tuple(normaliser.units(text, unit)))
    single = [(part, k) for k, word in enumerate(words) for part in alone(word.text)]
    if [part for part, _ in single] == units:
        sources = [(k, k + 1) for _, k in single]
    elif not single:
        sources = [(0, len(words))] * len(units)
    else:
        sources = _traced([part for part, _ in single], [k for _, k in single], units)
    return TimedText(tuple(words), tuple(units), tuple(sources))


def joined(texts: Sequence[str]) -> str:
    """Words as one text, without spaces where the script has none."""
    out: list[str] = []
    for text in map(str.strip, texts):
        if out and text and out[-1] and not (UNSPACED.match(text) and UNSPACED.match(out[-1][-1])):
            out.append(" ")
        out.append(text)
    return "".join(out)


def _traced(
    parts: Sequence[str], homes: Sequence[int], units: Sequence[str]
) -> list[tuple[int, int]]:
    """For each unit the words that it came from, given each word's own parts with their words.

    Where a stretch was rewritten, all of it stands for each unit of the stretch, unless both have
    as many pieces.
    """
    from rapidfuzz.distance.Levenshtein import editops

    sources: list[tuple[int, int]] = []
    part = unit = 0
    for block in editops(parts, units).as_matching_blocks():
        old, new = block.a - part, block.b - unit
        if old == new:
            sources += [(homes[k], homes[k] + 1) for k in range(part, block.a)]
        elif new:
            first = homes[min(part, len(homes) - 1)] if old else homes[max(part - 1, 0)]
            last = homes[block.a - 1] if old else first
            sources += [(first, last + 1)] * new
        part, unit = block.a + block.size, block.b + block.size
        sources += [(homes[k], homes[k] + 1) for k in range(block.a, part)]
    return sources


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _letters_of(words: Sequence[Word]) -> str:
    return "".join(_letters(w.text) for w in words)
