"""Each symbol of a text beside what a recogniser heard where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from app.domain.calls import Span
from app.eval.text.align import Window
from app.eval.text.compare import Comparison, compare
from app.eval.text.normalise import normaliser
from app.eval.text.symbol_finder import Found, find_symbols
from app.eval.text.symbol_readings import MAX_CHARACTERS, canonical, readings
from app.eval.text.symbol_sets import SymbolSet
from app.eval.text.timed import SourceWord, joined

MAX_STRETCH = 8
"""Inserted units on either side that may belong to a symbol (`USB` in letters)."""

AROUND = 80
"""Characters shown on either side of a symbol, so that a person knows where to listen."""

_ASCII = re.compile(r"[0-9a-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A symbol that was looked at.

    Attributes:
        key: segment's id and the symbol's number in it, from 0: by this a person's answer is kept.
        kind: `money`, `date`, ...; see `symbol_finder.KINDS`.
        text: as written.
        before, after: what is written around it in its segment, cut to `AROUND` characters.
        heard: what the recogniser wrote there.
        span: where to listen.
        passed: whether that is an accepted reading.
    """

    key: str
    kind: str
    text: str
    heard: str
    span: Span
    passed: bool
    before: str = ""
    after: str = ""


def tested_symbols(
    reference: Sequence[SourceWord], hypothesis: Sequence[SourceWord], symbols: SymbolSet
) -> list[Tested]:
    """Every symbol of the reference with what was heard of it; none in words without end.

    Raises:
        BadInput: the texts are so long that aligning them would take minutes.
    """
    found = compare(reference, hypothesis, normaliser(symbols.rules, symbols.language))
    text, starts = _laid_out(reference)
    numbers: Counter[str] = Counter()
    out: list[Tested] = []
    for symbol in find_symbols(text, symbols):
        first = bisect_right(starts, symbol.start) - 1
        end = bisect_right(starts, symbol.end - 1)
        if sum(len(w.text) for w in reference[first:end]) > MAX_CHARACTERS:
            continue  # nobody reads that out
        segment = reference[first].segment_id
        tested = _tested(found, symbol, (first, end), f"{segment}/{numbers[segment]}", symbols)
        before, after = _around(text, symbol)
        out.append(replace(tested, before=before, after=after))
        numbers[segment] += 1
    return out


def _around(text: str, symbol: Found) -> tuple[str, str]:
    """The rest of the symbol's line on either side; an ellipsis where it was cut."""
    before = text[: symbol.start].rpartition("\n")[2]
    after = text[symbol.end :].partition("\n")[0]
    return (
        before if len(before) <= AROUND else f"…{before[-AROUND:]}",
        after if len(after) <= AROUND else f"{after[:AROUND]}…",
    )


def _laid_out(words: Sequence[SourceWord]) -> tuple[str, list[int]]:
    """The words as one text, and where each begins in it. Segments are parted by a line feed."""
    pieces: list[str] = []
    for before, word in zip([None, *words], words, strict=False):
        gap = ""
        if before is not None:
            together = joined([before.text, word.text])
            spaced = len(together) > len(before.text.strip()) + len(word.text.strip())
            gap = "\n" if before.segment_id != word.segment_id else " " * spaced
        pieces += [gap, word.text.strip()]
    ends = [0, *accumulate(map(len, pieces))]
    return "".join(pieces), ends[1::2]


def _tested(
    found: Comparison, symbol: Found, words: tuple[int, int], key: str, symbols: SymbolSet
) -> Tested:
    accepted = readings(symbol, symbols)
    whole = canonical(joined([w.text for w in found.reference.words[slice(*words)]]), symbols)
    window, span = _place(found, *words)
    heard, passed = "", False
    for first, end in _stretches(window, found.hypothesis.units):
        written = found.hypothesis.surface(first, end)
        form = canonical(written, symbols)
        heard = heard or written
        if form and (form == whole or accepted.accept(form)):
            heard, passed = written, True
            break
    return Tested(
        key=key, kind=symbol.kind, text=symbol.text, heard=heard, span=span, passed=passed
    )


def _stretches(window: Window, units: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The window, wider by inserted neighbours, and narrower by edges that hold no symbol.

    Where characters are counted, what stands beside a symbol often falls into its window: a
    character of a script without digits or Latin letters may be left out there.
    """
    inside = [_ASCII.search(unit) is not None for unit in units[window.first : window.end]]
    left = inside.index(True) if True in inside else 0
    right = inside[::-1].index(True) if True in inside else 0
    before, after = (min(n, MAX_STRETCH) for n in (window.before, window.after))
    ways = (
        (a, b)
        for a in range(window.first - before, window.first + left + 1)
        for b in range(window.end - right, window.end + after + 1)
    )
    yield from sorted(ways, key=lambda w: abs(w[0] - window.first) + abs(w[1] - window.end))


def _place(found: Comparison, first: int, end: int) -> tuple[Window, Span]:
    """Where the reference words `first` to `end` lie in the hypothesis.

    A sign alone is no unit after normalising: then what was inserted at its place is looked at.
    """
    units = found.reference.units_of(first, end)
    if units[0] < units[1]:
        steps = found.alignment.steps(*units)
        return found.alignment.window(*units), found.listen(steps)
    at = sum(b <= first for _, b in found.reference.sources)
    window = found.alignment.gap(at)
    if window.before:
        return window, found.hypothesis.span(window.first - window.before, window.first)
    return window, found.reference.words[first].span
